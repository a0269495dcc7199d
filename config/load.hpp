// From the text of the configuration file to settings, or to all that is wrong with it. Reads no file itself.
#pragma once
#include "config/config.hpp"
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace salond::config {

/// Something wrong, or to be told: where it stands (`limits.connections`, `listen[1]`, `--db`), and what to do.
struct complaint {
  std::string where;
  std::string fault;

  /// `where: what`, in one line and without controls.
  std::string to_string() const;
  friend bool operator==(const complaint& a, const complaint& b) { return a.where == b.where && a.fault == b.fault; }
};

/// Where values come from that are no defaults, by their names: "command line", "file /etc/salond/salond.json", …
using value_sources = std::map<std::string, std::string>;

/// A value that is in force.
struct effective_value {
  std::string name;  ///< `limits.connections`
  std::string value; ///< as JSON; never a password
  std::string from;  ///< as value_sources has it, or "default"
};

/// All of them.
std::vector<effective_value> effective_values(const settings& values, const value_sources& sources);

/// What a configuration file says. `values` may be used only when there are no faults.
struct loaded {
  settings values; ///< `state` and the path of `db` are empty where the file names none
  std::string db_password_file;
  std::vector<std::string> named; ///< the values that the file gives: `listen`, `limits.connections`
  std::vector<complaint> faults;
  std::vector<complaint> warnings;
};

/// Reads a configuration: JSON with `//` comments. Finds all faults, not only the first.
loaded load(std::string_view text);

/// What is allowed and yet unwise in these settings.
std::vector<complaint> warnings_about(const settings& values);

/// Reads `tcp://HOST:PORT`, `tls://HOST:PORT`, the same with `[IPV6]`, or `unix:PATH`, each with or without the name of
/// a dialect before it: `text+tcp://HOST:PORT`. Nothing: `why` says what to write instead. Which dialects there are is
/// not known here.
std::optional<endpoint> parse_endpoint(std::string_view text, std::string& why);

/// True for `tcp://` on anything but a loopback address: what is said there can be read on the way.
bool is_clear_to_others(const endpoint& where);

/// Reads the address of the admin port, `HOST:PORT` or `none`; `why` says what is wrong, where something is, and else
/// is empty.
admin_endpoint parse_admin(std::string_view text, std::string& why);

/// The inverse of parse_admin().
std::string to_string(const admin_endpoint& where);

/// Reads where other nodes reach this one: `HOST:PORT`, of an address that they can dial. Nothing: `why` says what to
/// write instead.
std::optional<endpoint> parse_cluster(std::string_view text, std::string& why);

/// A node's name out of the host's.
std::string node_name_of(std::string_view host);

/// Reads `sqlite:PATH` or `mysql://USER@HOST[:PORT]/NAME[?socket=PATH&tls=ca:FILE]`, percent-encoded where needed.
/// Nothing: `why` says what to write instead; it never repeats the text, which may hold a password.
std::optional<database> parse_database(std::string_view text, std::string& why);

/// The database as parse_database() reads it, without the password.
std::string to_string(const database& which);

/// The settings as a file that load() reads, without the password.
std::string to_json(const settings& values);

} // namespace salond::config
