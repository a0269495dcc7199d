// The log: one line a fact, to standard error. `level what key=value …`, as journald likes it, or one JSON object a
// line. Nothing that is logged can forge a line or a field: values are quoted and escaped. Never log a password, a hash
// or a text of a message.
#pragma once
#include "config/config.hpp"
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace salond::log {

using level = config::log::level;
using format = config::log::format;

/// One `key=value` of a line. Holds views: it lives no longer than the call that it is given to.
struct field {
  std::string_view key;
  std::variant<std::string_view, int64_t, uint64_t, bool> value;

  field(std::string_view name, std::string_view text) : key(name), value(text) {}
  field(std::string_view name, const std::string& text) : key(name), value(std::string_view{text}) {}
  field(std::string_view name, const char* text) : key(name), value(std::string_view{text}) {}
  template <class T, class = std::enable_if_t<std::is_integral_v<T>>>
  field(std::string_view name, T number) : key(name) {
    if constexpr (std::is_same_v<T, bool>)
      value = number;
    else if constexpr (std::is_signed_v<T>)
      value = static_cast<int64_t>(number);
    else
      value = static_cast<uint64_t>(number);
  }
};
using fields = std::initializer_list<field>;

/// Sets what is written and how, for the whole process. Before it is called: info, as text.
void start(const config::log& settings);

/// Whether a line of this level would be written: for values that cost something to make.
bool enabled(level of_line);

/// Writes a line, from any thread, and never waits for who reads it: a thread of its own does (line_writer). `fact` is
/// a sentence of ours, without data in it.
void write(level of_line, std::string_view fact, fields more = {});

/// Puts a sentence for whoever started the program among the lines, without controls: why a start ends, a password.
void tell(std::string_view text);

/// Waits until all is written or lost, but no longer than that. False: something still waits. For an end that runs no
/// exit handlers; std::exit and the return of main() see to it by themselves.
bool flush(std::chrono::milliseconds within = std::chrono::seconds{1});

inline void debug(std::string_view fact, fields more = {}) {
  if (enabled(level::debug))
    write(level::debug, fact, more);
}
inline void info(std::string_view fact, fields more = {}) {
  if (enabled(level::info))
    write(level::info, fact, more);
}
inline void warning(std::string_view fact, fields more = {}) {
  if (enabled(level::warning))
    write(level::warning, fact, more);
}
inline void error(std::string_view fact, fields more = {}) {
  if (enabled(level::error))
    write(level::error, fact, more);
}

/// The name of a level, as the configuration and each line spell it.
const char* name_of(level which);

/// The line that write() would write as text, without its line end.
std::string text_line(level of_line, std::string_view fact, fields more);
/// The same as a JSON object; `time` is ISO 8601.
std::string json_line(level of_line, std::string_view fact, fields more, std::string_view time);

} // namespace salond::log
