#include "actors/transport/bundle_file.hpp"
#include <string_view>

namespace salond {
namespace {

constexpr std::string_view before_address = "server: ";

bool has_server(const std::string& bundle) {
  return bundle.compare(0, before_address.size(), before_address) == 0;
}

} // namespace

std::string with_server(const std::string& bundle, const std::string& address) {
  const auto end = has_server(bundle) ? bundle.find('\n') : std::string::npos;
  return std::string(before_address) + address + '\n' + (end == std::string::npos ? bundle : bundle.substr(end + 1));
}

std::string server_of(const std::string& bundle) {
  if (!has_server(bundle))
    return {};
  auto line = bundle.substr(before_address.size(), bundle.find('\n') - before_address.size());
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) // it went through somebody's mail
    line.pop_back();
  return line;
}

} // namespace salond
