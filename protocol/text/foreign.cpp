#include "protocol/text/foreign.hpp"
#include <algorithm>
#include <optional>

namespace salond::text {
namespace {

/// What stands behind the method of an HTTP request; nothing where none stands at the beginning.
std::optional<std::string_view> after_method(std::string_view bytes) {
  for (const std::string_view method :
       {"GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ", "PRI "})
    if (bytes.substr(0, method.size()) == method)
      return bytes.substr(method.size());
  return std::nullopt;
}

/// Whether a request ends as its line must: " HTTP/1.1".
bool ends_with_version(std::string_view request) {
  const auto version = request.substr(std::min(request.find(' '), request.size()));
  return version.size() == 9 && version.substr(0, 6) == " HTTP/" && version[7] == '.';
}

} // namespace

bool is_tls_hello(std::string_view bytes) {
  return bytes.substr(0, 2) == "\x16\x03";
}

bool is_http_beginning(std::string_view bytes) {
  const auto request = after_method(bytes);
  return request && request->substr(0, 1) == "/";
}

bool is_foreign(std::string_view frame) {
  if (frame == "\x16") // a pause ended it: of a hello that comes byte by byte it is the first one
    return true;
  const auto request = after_method(frame);
  return request
         && (ends_with_version(*request) || (is_http_beginning(frame) && frame.find(':') == std::string_view::npos));
}

} // namespace salond::text
