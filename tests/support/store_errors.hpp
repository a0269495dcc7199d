// How work on a store fails.
#pragma once
#include "persistence/store.hpp"
#include <optional>

namespace salond::support {

/// What `work` fails with; nothing where it succeeds.
template <class Work>
std::optional<persistence::store_error::kind> kind_of(const Work& work) {
  try {
    work();
  } catch (const persistence::store_error& why) {
    return why.what_kind();
  }
  return std::nullopt;
}

} // namespace salond::support
