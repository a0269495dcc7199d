#include "actors/certificate_files.hpp"
#include "actors/transport/certificate_doubts.hpp"

namespace salond {
namespace {

constexpr std::time_t soon = 7 * 24 * 3600; // time enough to renew it by hand

std::string date_of(std::time_t when) {
  std::tm parts{};
  ::gmtime_r(&when, &parts);
  char text[sizeof "-2147483648-12-31"];
  return {text, std::strftime(text, sizeof text, "%F", &parts)};
}

/// Answers the text of a file. Adds a fault to `into` where it cannot be read.
std::string read_file(const char* name, const std::string& path, const config::surroundings& around,
                      checked_certificate& into) {
  const auto content = around.read(path);
  if (const auto* why = std::get_if<std::string>(&content)) {
    into.faults.push_back({name, path + " cannot be read: " + *why});
    return {};
  }
  const auto& file = std::get<file_content>(content);
  // A group may be allowed to read keys (root:ssl-cert, 0640); everyone never is.
  if (std::string_view{name} == "tls.key" && file.open_to_others)
    into.faults.push_back({name, path
                                     + " can be read by everyone on this machine; chmod o-r it, and have it made anew "
                                       "if strangers were here"});
  return file.bytes;
}

/// Whether OpenSSL's client takes this kind of key, while browsers and the libraries of some systems do not.
bool is_little_known(const std::string& kind) {
  return kind.compare(0, 2, "ED") == 0;
}

} // namespace

std::vector<config::complaint> warnings_about(const tls_credentials& found, const std::string& path, std::time_t now) {
  std::vector<config::complaint> warnings;
  const auto warn = [&](const std::string& text) { warnings.push_back({"tls.certificate", path + text}); };
  if (found.until() <= now)
    warn(" has expired on " + date_of(found.until()));
  else if (found.until() <= now + soon)
    warn(" expires on " + date_of(found.until()));
  if (found.from() > now)
    warn(" is not good before " + date_of(found.from()) + "; if that is past, this machine's clock is wrong");
  if (is_little_known(found.kind_of_key()))
    warn(" has a key of a kind that many clients do not know: " + found.kind_of_key());
  return warnings;
}

checked_certificate read_certificate(const config::tls& files, const config::surroundings& around, std::time_t now) {
  checked_certificate found;
  if (files.certificate.empty() || files.key.empty())
    return found;
  const auto certificate = read_file("tls.certificate", files.certificate, around, found);
  const auto key = read_file("tls.key", files.key, around, found);
  if (!found.faults.empty())
    return found;
  try {
    found.credentials = std::make_shared<const tls_credentials>(certificate, key);
    found.warnings = warnings_about(*found.credentials, files.certificate, now);
    for (const auto& doubt : doubts_about(certificate))
      found.warnings.push_back({"tls.certificate", files.certificate + doubt});
  } catch (const pki_error& error) {
    found.faults.push_back({"tls.certificate", files.certificate + " with " + files.key + ": " + error.what()});
  }
  return found;
}

} // namespace salond
