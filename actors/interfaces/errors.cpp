#include "actors/interfaces/errors.hpp"

namespace salond {
namespace {

constexpr auto category = caf::atom("salond");

} // namespace

caf::error make_error(fault why) {
  return {static_cast<uint8_t>(why), category};
}

fault fault_of(const caf::error& why) {
  return why.category() == category ? static_cast<fault>(why.code()) : fault::storage;
}

} // namespace salond
