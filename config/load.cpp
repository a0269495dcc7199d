#include "config/load.hpp"
#include "protocol/words/names.hpp"
#include "protocol/words/retention_days.hpp"
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <variant>

namespace salond::config {

namespace {

using json = nlohmann::json;
using ordered_json = nlohmann::ordered_json;

/// A whole number of the configuration: its name, where it is kept, what it may be.
struct number {
  std::string_view section, name;
  std::variant<uint32_t*, std::chrono::milliseconds*> target;
  uint32_t least, most;

  void set(uint32_t value) const {
    if (const auto* plain = std::get_if<uint32_t*>(&target))
      **plain = value;
    else
      *std::get<std::chrono::milliseconds*>(target) = std::chrono::milliseconds{value};
  }
  uint32_t get() const {
    if (const auto* plain = std::get_if<uint32_t*>(&target))
      return **plain;
    return static_cast<uint32_t>(std::get<std::chrono::milliseconds*>(target)->count());
  }
};

constexpr uint32_t any = std::numeric_limits<uint32_t>::max();

std::vector<number> numbers(settings& s) {
  return {
      // 8 KiB is the least that Argon2 can do; 4 GiB the most that one login may cost
      {"passwords", "memory_kib", &s.passwords.memory_kib, 8, 4194304},
      {"passwords", "passes", &s.passwords.passes, 1, 1000},
      {"passwords", "threads", &s.passwords.threads, 1, 256},
      {"passwords", "queue", &s.passwords.queue, 1, 1000000},
      {"limits", "connections", &s.limits.connections, 0, any},
      {"limits", "connections_per_address", &s.limits.connections_per_address, 0, any},
      {"limits", "login_seconds", &s.limits.login_seconds, 0, 86400},
      {"limits", "frame_bytes", &s.limits.frame_bytes, 0, any},
      {"limits", "unread_bytes", &s.limits.unread_bytes, 0, any},
      {"limits", "unsent_bytes", &s.limits.unsent_bytes, 0, any},
      {"limits", "posts_in_flight", &s.limits.posts_in_flight, 0, any},
      {"limits", "posts_in_flight_per_salon", &s.limits.posts_in_flight_per_salon, 0, any},
      {"rate", "messages_per_second", &s.rate.messages_per_second, 0, 1000000},
      {"rate", "burst", &s.rate.burst, 0, 1000000},
      {"rate", "logins_per_minute_per_address", &s.rate.logins_per_minute_per_address, 0, 1000000},
      {"rate", "requests_per_second", &s.rate.requests_per_second, 0, 1000000},
      {"rate", "request_burst", &s.rate.request_burst, 0, 1000000},
      {"rate", "requests_per_second_per_address", &s.rate.requests_per_second_per_address, 0, 1000000},
      {"registration", "per_hour_per_address", &s.registration.per_hour_per_address, 0, 1000000},
      {"registration", "per_hour", &s.registration.per_hour, 0, 100000000},
      {"retention", "salons_days", &s.retention.salons_days, 0, max_retention_days},
      {"retention", "private_days", &s.retention.private_days, 0, max_retention_days},
      {"text", "raw_after_ms", &s.text.raw_after, 1, 60000},
      {"text", "raw_gap_ms", &s.text.raw_gap, 0, 60000},
      {"text", "pace_ms", &s.text.pace, 0, 60000},
      {"stop", "seconds", &s.stop.seconds, 1, 3600},
  };
}

struct level_name {
  std::string_view name;
  log::level value;
};
constexpr level_name level_names[] = {{"debug", log::level::debug},
                                      {"info", log::level::info},
                                      {"warning", log::level::warning},
                                      {"error", log::level::error}};

struct policy_name {
  std::string_view name;
  registration::policy value;
};
constexpr policy_name policy_names[] = {{"open", registration::policy::open},
                                        {"approval", registration::policy::approval},
                                        {"closed", registration::policy::closed}};

/// What holds values of its own.
bool is_section(std::string_view name) {
  static constexpr std::string_view all[] = {"admin",        "cluster",  "passwords", "limits", "rate",
                                             "registration", "requests", "text",      "stop",   "log",
                                             "tls",          "unix",     "retention"};
  return std::find(std::begin(all), std::end(all), name) != std::end(all);
}

std::string path_of(std::string_view section, std::string_view name) {
  return section.empty() ? std::string(name) : std::string(section) + "." + std::string(name);
}

/// Reads one document; gathers faults on the way.
class reader {
public:
  explicit reader(loaded& into) : into_(into), numbers_(numbers(into.values)) {}

  void document(const json& doc) {
    if (!doc.is_object())
      return fault("", "the configuration must be one object: { … }");
    for (const auto& [name, value] : doc.items())
      top(name, value);
    const auto& tls = into_.values.tls;
    if (tls.certificate.empty() != tls.key.empty())
      fault(tls.key.empty() ? "tls.certificate" : "tls.key",
            std::string("needs ") + (tls.key.empty() ? "tls.key" : "tls.certificate") + " beside it, a PEM file too");
  }

  void fault(std::string where, std::string cure) { into_.faults.push_back({std::move(where), std::move(cure)}); }

private:
  void top(const std::string& name, const json& value) {
    if (!is_section(name))
      into_.named.push_back(name);
    if (name == "listen")
      return listen(value);
    if (name == "listen_clear_anywhere")
      return yes_or_no(name, value, into_.values.listen_clear_anywhere);
    if (name == "db")
      return db(value);
    if (name == "db_password_file")
      return string(name, value, into_.db_password_file);
    if (name == "state")
      return string(name, value, into_.values.state);
    if (!is_section(name))
      return unknown(name);
    if (!value.is_object())
      return fault(name, "must be an object: { … }");
    for (const auto& [key, inner] : value.items())
      member(name, key, inner);
  }

  void member(const std::string& section, const std::string& name, const json& value) {
    into_.named.push_back(path_of(section, name));
    if (section == "admin" && name == "listen")
      return admin(value);
    if (section == "cluster" && name == "listen")
      return cluster(value);
    if (section == "cluster" && (name == "node" || name == "join"))
      return string(path_of(section, name), value,
                    name == "node" ? into_.values.cluster.node : into_.values.cluster.join);
    if (section == "tls" && (name == "certificate" || name == "key"))
      return string(path_of(section, name), value, name == "key" ? into_.values.tls.key : into_.values.tls.certificate);
    if (section == "unix" && name == "mode")
      return socket_mode(value);
    if (section == "unix" && name == "group")
      return string(path_of(section, name), value, into_.values.unix_socket.group);
    if (section == "log" && name == "level")
      return log_level(value);
    if (section == "log" && name == "format")
      return log_format(value);
    if (section == "registration" && name == "policy")
      return registration_policy(value);
    if (section == "retention" && name == "hours")
      return hours(value);
    if (section == "requests" && name == "keep_offline")
      return yes_or_no(path_of(section, name), value, into_.values.requests.keep_offline);
    for (const auto& each : numbers_)
      if (each.section == section && each.name == name)
        return whole_number(each, value);
    unknown(path_of(section, name));
  }

  void unknown(const std::string& path) { fault(path, "is no name that salond knows; correct it or remove it"); }

  void string(const std::string& path, const json& value, std::string& target) {
    if (!value.is_string())
      return fault(path, "must be a text in quotes");
    target = value.get<std::string>();
    if (target.empty())
      fault(path, "must not be empty; remove it for the default");
    else if (target.find('\0') != std::string::npos)
      fault(path, "must not hold a NUL character");
  }

  void whole_number(const number& which, const json& value) {
    const auto path = path_of(which.section, which.name);
    const auto range = std::to_string(which.least) + " to " + std::to_string(which.most);
    if (!value.is_number_integer())
      return fault(path, "must be a whole number from " + range);
    const bool fits =
        value.is_number_unsigned() && value.get<uint64_t>() >= which.least && value.get<uint64_t>() <= which.most;
    if (!fits)
      return fault(path, "must be from " + range + ", is " + value.dump());
    which.set(static_cast<uint32_t>(value.get<uint64_t>()));
  }

  void listen(const json& value) {
    if (!value.is_array() || value.empty())
      return fault("listen", "must be a list of at least one address, as [\"tcp://127.0.0.1:5000\"]");
    into_.values.listen.clear();
    for (size_t i = 0; i < value.size(); ++i) {
      const auto path = "listen[" + std::to_string(i) + "]";
      if (!value[i].is_string()) {
        fault(path, "must be a text in quotes, as \"tcp://127.0.0.1:5000\"");
        continue;
      }
      std::string why;
      if (auto parsed = parse_endpoint(value[i].get<std::string>(), why))
        into_.values.listen.push_back(*parsed);
      else
        fault(path, why);
    }
  }

  void admin(const json& value) {
    if (!value.is_string())
      return fault("admin.listen", "must be a text in quotes, as \"127.0.0.1:5001\", or \"none\"");
    std::string why;
    into_.values.admin = parse_admin(value.get<std::string>(), why);
    if (!why.empty())
      fault("admin.listen", why);
  }

  void cluster(const json& value) {
    if (!value.is_string())
      return fault("cluster.listen", "must be a text in quotes, as \"192.0.2.1:5002\"");
    std::string why;
    into_.values.cluster.listen = parse_cluster(value.get<std::string>(), why);
    if (!into_.values.cluster.listen)
      fault("cluster.listen", why);
  }

  void db(const json& value) {
    if (!value.is_string())
      return fault("db", "must be a text in quotes, as \"sqlite:PATH\"");
    std::string why;
    if (auto parsed = parse_database(value.get<std::string>(), why))
      into_.values.db = *parsed;
    else
      fault("db", why);
  }

  void registration_policy(const json& value) {
    for (const auto& [name, policy] : policy_names)
      if (value == name) {
        into_.values.registration.mode = policy;
        return;
      }
    fault("registration.policy", "must be \"open\", \"approval\" or \"closed\"");
  }

  void yes_or_no(const std::string& path, const json& value, bool& target) {
    if (!value.is_boolean())
      return fault(path, "must be true or false");
    target = value.get<bool>();
  }

  void socket_mode(const json& value) {
    const auto text = value.is_string() ? value.get<std::string>() : std::string{};
    uint32_t mode = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || mode > 0777)
      return fault("unix.mode", "must be a mode in quotes, as \"0660\": octal, from \"0\" to \"0777\"");
    into_.values.unix_socket.mode = mode;
  }

  void log_level(const json& value) {
    for (const auto& [name, level] : level_names)
      if (value == name) {
        into_.values.log.least = level;
        return;
      }
    fault("log.level", "must be \"debug\", \"info\", \"warning\" or \"error\"");
  }

  void hours(const json& value) {
    const auto text = value.is_string() ? value.get<std::string>() : "none";
    into_.values.retention.hours = day_hours::parse(text);
    if (!into_.values.retention.hours && !text.empty())
      fault("retention.hours", "must be \"\" (any hour) or two times of the machine's clock from 00:00 to 23:59 that "
                               "differ, as \"02:00-05:00\"");
  }

  void log_format(const json& value) {
    if (value == "text")
      into_.values.log.style = log::format::text;
    else if (value == "json")
      into_.values.log.style = log::format::json;
    else
      fault("log.format", "must be \"text\" or \"json\"");
  }

  loaded& into_;
  std::vector<number> numbers_;
};

std::string octal(uint32_t mode) {
  char text[16];
  std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode));
  return text;
}

/// Values stand in values more often than in any configuration.
struct too_deep {};

/// Sees each key go by while the parser runs: a parsed document holds only the last of two that are alike. Throws
/// too_deep: each level costs memory, here and in the parser.
class duplicates {
public:
  bool operator()(int depth, json::parse_event_t event, const json& parsed, reader& faults) {
    constexpr int deepest = 8; // a value has two
    const bool begins = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (begins && depth >= deepest)
      throw too_deep{};
    if (event == json::parse_event_t::object_start) {
      path_.push_back(open_.empty() ? "" : path_of(path_.back(), told(key_)));
      open_.emplace_back();
    } else if (event == json::parse_event_t::object_end) {
      path_.pop_back();
      open_.pop_back();
    } else if (event == json::parse_event_t::key) {
      key_ = parsed.get<std::string>();
      if (!open_.back().insert(key_).second)
        faults.fault(path_of(path_.back(), told(key_)), "stands twice; remove one");
    }
    return true;
  }

private:
  /// As much of a name as tells which one it is: a path is told for each name that stands twice in it.
  static std::string told(const std::string& key) {
    constexpr size_t longest = 100;
    return key.size() <= longest ? key : key.substr(0, longest) + "…";
  }

  std::vector<std::set<std::string>> open_;
  std::vector<std::string> path_;
  std::string key_;
};

/// The parser's message without its own error number, and without the piece of the file that it quotes: that might be
/// a password.
std::string syntax_fault(std::string message) {
  if (const auto bracket = message.find("] "); bracket != std::string::npos)
    message.erase(0, bracket + 2);
  const auto quoted = message.find("; last read: '");
  if (quoted != std::string::npos) {
    const auto expected = message.rfind("; expected");
    message.erase(quoted, expected != std::string::npos && expected > quoted ? expected - quoted : std::string::npos);
  }
  return message;
}

} // namespace

std::string complaint::to_string() const {
  return escaped(where.empty() ? fault : where + ": " + fault); // a key, a path or an address may hold anything
}

loaded load(std::string_view text) {
  loaded result;
  reader read{result};
  duplicates twice;
  const auto on_event = [&](int depth, json::parse_event_t event, json& parsed) {
    return twice(depth, event, parsed, read);
  };
  try {
    read.document(json::parse(text, on_event, true, true));
  } catch (const too_deep&) {
    read.fault("", "lists or objects stand in each other more than eight deep, and no value does; nothing was read");
  } catch (const json::exception& wrong) {
    read.fault("", syntax_fault(wrong.what()));
  }
  result.warnings = warnings_about(result.values);
  return result;
}

std::vector<complaint> warnings_about(const settings& values) {
  std::vector<complaint> out;
  if (values.passwords.memory_kib < 19456)
    out.push_back({"passwords.memory_kib", "less than 19456 KiB makes stolen hashes cheap to guess; for tests only"});
  if (values.passwords.passes < 2)
    out.push_back({"passwords.passes", "less than 2 makes stolen hashes cheap to guess; for tests only"});
  constexpr uint64_t second_of_work_kib = 2 << 20; // memory times passes
  if (uint64_t{values.passwords.memory_kib} * values.passwords.passes > second_of_work_kib)
    out.push_back({"passwords.memory_kib",
                   "times passwords.passes is more than 2 GiB: each login takes seconds, and a few "
                   "at once keep everybody else waiting"});
  const auto unread = values.limits.unread_bytes, frame = values.limits.frame_bytes;
  if (unread != 0 && (frame == 0 || unread < frame))
    out.push_back({"limits.unread_bytes", "is less than limits.frame_bytes, which it should at least be"});
  constexpr uint32_t max_login = 1600; // two names of 64 characters and a password of 1,024 bytes
  if (frame != 0 && frame < max_login)
    out.push_back({"limits.frame_bytes",
                   "less than 1600 is too little for the longest names and passwords, and far less "
                   "lets nobody log in or say anything"});
  return out;
}

std::vector<effective_value> effective_values(const settings& values, const value_sources& sources) {
  std::vector<effective_value> result;
  const auto add = [&](const std::string& name, const ordered_json& value) {
    const auto found = sources.find(name);
    result.push_back({name, value.dump(), found == sources.end() ? "default" : found->second});
  };
  const auto all = ordered_json::parse(to_json(values));
  for (const auto& [name, value] : all.items()) {
    if (!value.is_object()) {
      add(name, value);
      continue;
    }
    for (const auto& [inner, held] : value.items())
      add(path_of(name, inner), held);
  }
  if (const auto* mysql = std::get_if<mysql_database>(&values.db); mysql && !mysql->password.empty())
    add("db_password", "hidden");
  return result;
}

std::string to_json(const settings& values) {
  auto copy = values;
  ordered_json doc;
  doc["listen"] = ordered_json::array();
  for (const auto& each : values.listen)
    doc["listen"].push_back(each.to_string());
  doc["listen_clear_anywhere"] = values.listen_clear_anywhere;
  doc["admin"]["listen"] = to_string(values.admin);
  doc["unix"]["mode"] = octal(values.unix_socket.mode);
  if (!values.unix_socket.group.empty())
    doc["unix"]["group"] = values.unix_socket.group;
  if (!values.tls.certificate.empty())
    doc["tls"]["certificate"] = values.tls.certificate;
  if (!values.tls.key.empty())
    doc["tls"]["key"] = values.tls.key;
  doc["db"] = to_string(values.db);
  if (values.cluster.listen)
    doc["cluster"]["listen"] = to_string(admin_endpoint{values.cluster.listen});
  if (!values.cluster.node.empty())
    doc["cluster"]["node"] = values.cluster.node;
  if (!values.cluster.join.empty())
    doc["cluster"]["join"] = values.cluster.join;
  doc["state"] = values.state;
  for (const auto& each : numbers(copy))
    doc[std::string(each.section)][std::string(each.name)] = each.get();
  for (const auto& [name, policy] : policy_names)
    if (policy == values.registration.mode)
      doc["registration"]["policy"] = name;
  doc["requests"]["keep_offline"] = values.requests.keep_offline;
  doc["retention"]["hours"] = values.retention.hours ? values.retention.hours->to_string() : "";
  for (const auto& [name, level] : level_names)
    if (level == values.log.least)
      doc["log"]["level"] = name;
  doc["log"]["format"] = values.log.style == log::format::json ? "json" : "text";
  return doc.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

} // namespace salond::config
