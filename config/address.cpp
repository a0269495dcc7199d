#include "config/load.hpp"
#include "protocol/words/names.hpp"
#include "protocol/words/peer_name.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <charconv>

namespace salond::config {

namespace {

constexpr const char* endpoint_form = "write tcp://HOST:PORT, tls://HOST:PORT, the same with [IPV6], or unix:PATH";
constexpr const char* database_form = "write sqlite:PATH or mysql://USER@HOST[:PORT]/NAME[?socket=PATH&tls=ca:FILE]";

/// What the address structure of a unix socket has room for (108 with the closing NUL).
constexpr size_t max_socket_path = 107;

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    return {};
  return port;
}

bool is_host(std::string_view text, bool in_brackets) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_'
           || (in_brackets && (c == ':' || c == '%'));
  });
}

struct host_port {
  std::string host;
  std::string_view port; ///< as written; empty: none
  bool colon = false;    ///< a colon stood there, and so a port must
};

/// Splits `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`.
std::optional<host_port> split_host(std::string_view text) {
  host_port out;
  if (begins_with(text, "[")) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || !is_host(text.substr(1, end - 1), true))
      return {};
    out.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!text.empty() && text[0] != ':')
      return {};
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    out.host = text.substr(0, colon);
    if (!out.host.empty() && !is_host(out.host, false))
      return {};
    text.remove_prefix(colon);
  }
  out.colon = !text.empty();
  out.port = out.colon ? text.substr(1) : text;
  return out;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    const auto digits = text.substr(i + 1, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2 || value == 0)
      return {};
    out += static_cast<char>(value);
    i += 2;
  }
  if (out.find('\0') != std::string::npos)
    return {};
  return out;
}

/// Encodes all but the characters that mean nothing in a URL; a path keeps its slashes.
std::string percent_encoded(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~' || c == '/') {
      out += c;
      continue;
    }
    ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
  }
  return out;
}

/// Takes the name of a dialect, if one stands before the scheme, off the text. False: it can be no dialect's name.
bool take_dialect(std::string_view& text, std::string& into) {
  const auto scheme = text.substr(0, text.find(':'));
  const auto plus = scheme.rfind('+');
  if (plus == std::string_view::npos)
    return true;
  into = scheme.substr(0, plus);
  text.remove_prefix(plus + 1);
  return !into.empty() && into.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

constexpr const char* no_password =
    "a password does not belong here, where others can read it; put it into the environment variable "
    "SALOND_DB_PASSWORD or into a file named by db_password_file";
constexpr const char* bad_percent = "holds a % that is not followed by two hexadecimal digits; write % itself as %25";

/// Reads `socket=PATH&tls=ca:FILE`. False: `why` is set.
bool read_query(std::string_view query, mysql_database& into, std::string& why) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    const auto key = pair.substr(0, equals);
    const auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (begins_with(key, "pass"))
      why = no_password;
    else if (key != "socket" && key != "tls")
      why = "after the ? only socket=PATH and tls=ca:FILE are known";
    else if (!value)
      why = bad_percent;
    else if (!(key == "socket" ? into.socket : into.ca_file).empty())
      why = std::string(key) + "= stands twice; remove one";
    else if (key == "socket" && value->empty())
      why = "socket= needs a path";
    else if (key == "tls" && (!begins_with(*value, "ca:") || value->size() == 3))
      why = "tls= must be ca:FILE, a file with the certificates to trust";
    if (!why.empty())
      return false;
    if (key == "socket")
      into.socket = *value;
    else
      into.ca_file = value->substr(3);
  }
  return true;
}

/// Reads what stands between `mysql://` and the name: `USER@HOST[:PORT]`. False: `why` is set.
bool read_authority(std::string_view authority, mysql_database& into, std::string& why) {
  const auto mark = authority.find('@');
  const auto user = percent_decoded(authority.substr(0, std::min(mark, authority.size())));
  if (mark == 0 || mark == std::string_view::npos)
    why = "the user is missing: mysql://USER@HOST/NAME";
  else if (!user)
    why = std::string("the user ") + bad_percent;
  if (!why.empty())
    return false;
  into.user = *user;
  const auto parts = split_host(authority.substr(mark + 1));
  const auto port = parts && parts->colon ? parse_port(parts->port) : std::optional<uint16_t>{into.port};
  if (!parts)
    why = "the host is no host name or address; an IPv6 address stands in brackets";
  else if (!port || *port == 0)
    why = "the port must be a number from 1 to 65535";
  if (!why.empty())
    return false;
  into.host = parts->host;
  into.port = *port;
  return true;
}

std::optional<database> parse_mysql(std::string_view rest, std::string& why) {
  // A password may hold anything, slashes too; so it is looked for before anything else is made of the text.
  const auto colon = rest.find(':'), mark = rest.find('@');
  if (colon < mark && mark != std::string_view::npos) {
    why = no_password;
    return {};
  }
  mysql_database out;
  const auto question = std::min(rest.find('?'), rest.size());
  const auto query = rest.substr(std::min(question + 1, rest.size()));
  rest = rest.substr(0, question);
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos || slash + 1 == rest.size()) {
    why = "the name of the database is missing: mysql://USER@HOST/NAME";
    return {};
  }
  const auto name = percent_decoded(rest.substr(slash + 1));
  if (!name) {
    why = std::string("the name of the database ") + bad_percent;
    return {};
  }
  out.name = *name;
  if (!read_authority(rest.substr(0, slash), out, why) || !read_query(query, out, why))
    return {};
  if (out.host.empty() && out.socket.empty()) {
    why = "the host is missing: mysql://USER@HOST/NAME";
    return {};
  }
  if (out.host.empty())
    out.host = "localhost";
  return out;
}

} // namespace

std::optional<endpoint> parse_endpoint(std::string_view text, std::string& why) {
  why.clear();
  endpoint out;
  if (text.find('\0') != std::string_view::npos) {
    why = "must not hold a NUL character";
    return {};
  }
  if (!take_dialect(text, out.dialect)) {
    why = "before the + stands the name of a dialect, in small letters and digits";
    return {};
  }
  if (begins_with(text, "unix:")) {
    out.type = endpoint::kind::unix_socket;
    out.path = text.substr(5);
    if (!out.path.empty() && out.path.size() <= max_socket_path)
      return out;
    why =
        out.path.empty() ? "the path is missing: unix:PATH" : "the path is longer than 107 bytes; choose a shorter one";
    return {};
  }
  const auto scheme = text.substr(0, 6);
  if (scheme == "tls://")
    out.type = endpoint::kind::tls;
  else if (scheme != "tcp://") {
    why = endpoint_form;
    return {};
  }
  const auto parts = split_host(text.substr(6));
  const auto port = parts ? parse_port(parts->port) : std::optional<uint16_t>{};
  if (parts && parts->host.empty())
    why = "the host is missing; write tls://0.0.0.0:PORT or tls://[::]:PORT for every address of this machine";
  else if (!parts)
    why = std::string("the host is no host name or address; ") + endpoint_form;
  else if (!port)
    why = "the port must be a number from 0 to 65535 (0: any free one)";
  if (!why.empty())
    return {};
  out.host = parts->host;
  out.port = *port;
  return out;
}

bool is_clear_to_others(const endpoint& where) {
  if (where.type != endpoint::kind::tcp || key_of(where.host) == "localhost")
    return false;
  in_addr four{};
  in6_addr six{};
  if (::inet_pton(AF_INET, where.host.c_str(), &four) == 1)
    return (ntohl(four.s_addr) >> 24) != 127;
  if (::inet_pton(AF_INET6, where.host.c_str(), &six) == 1)
    return !IN6_IS_ADDR_LOOPBACK(&six);
  return true; // a name may mean any address, another one tomorrow
}

admin_endpoint parse_admin(std::string_view text, std::string& why) {
  why.clear();
  if (text == "none")
    return {};
  auto parsed = parse_endpoint("tcp://" + std::string(text), why);
  if (!parsed)
    why = "write HOST:PORT, as 127.0.0.1:5001 (port 0: any free one), or none";
  return parsed;
}

std::string to_string(const admin_endpoint& where) {
  return where ? where->to_string().substr(std::string_view("tcp://").size()) : "none";
}

std::optional<endpoint> parse_cluster(std::string_view text, std::string& why) {
  auto parsed = parse_endpoint("tcp://" + std::string(text), why);
  if (!parsed)
    why = "write HOST:PORT, as 192.0.2.1:5002 (port 0: any free one)";
  else if (parsed->host == "0.0.0.0" || parsed->host == "::")
    why = "other nodes dial this address, so it must be one of this machine and not all of them, as 192.0.2.1:5002";
  else
    return parsed;
  return {};
}

std::string node_name_of(std::string_view host) {
  std::string name;
  for (const char c : host.substr(0, max_peer_name_bytes)) {
    const auto small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    name += peer_name_letters.find(small) == std::string_view::npos ? '-' : small;
  }
  return name.empty() ? "node" : name;
}

std::optional<database> parse_database(std::string_view text, std::string& why) {
  why.clear();
  if (text.find('\0') != std::string_view::npos) {
    why = "must not hold a NUL character";
    return {};
  }
  if (begins_with(text, "mysql://"))
    return parse_mysql(text.substr(8), why);
  if (text == "sqlite::memory:") {
    why = "names no file, so that nothing would be kept; write sqlite:PATH";
    return {};
  }
  if (begins_with(text, "sqlite:") && text.size() > 7)
    return sqlite_database{std::string(text.substr(7))};
  why = database_form;
  return {};
}

std::string to_string(const database& which) {
  if (const auto* file = std::get_if<sqlite_database>(&which))
    return "sqlite:" + file->path;
  const auto& server = std::get<mysql_database>(which);
  const bool colon = server.host.find(':') != std::string::npos;
  auto out = "mysql://" + percent_encoded(server.user) + "@" + (colon ? "[" + server.host + "]" : server.host);
  if (server.port != mysql_database{}.port)
    out += ":" + std::to_string(server.port);
  out += "/" + percent_encoded(server.name);
  if (!server.socket.empty())
    out += "?socket=" + percent_encoded(server.socket);
  if (!server.ca_file.empty())
    out += (server.socket.empty() ? "?tls=ca:" : "&tls=ca:") + percent_encoded(server.ca_file);
  return out;
}

} // namespace salond::config
