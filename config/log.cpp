#include "config/log.hpp"
#include "config/line_writer.hpp"
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace salond::log {

namespace {

/// What one value may take of a line; the rest is cut. With it a line stays far below what a pipe takes in one piece.
constexpr size_t longest_value = 1024;

// The one global of the program: a log that each layer had to be handed would be in every signature.
std::atomic<level> least{level::info};
std::atomic<format> how_written{format::text};

/// Whether standard error is the journal: then a line may begin with its priority.
bool is_journal() {
  static const bool answer = [] {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    if (!stream || fstat(STDERR_FILENO, &status) != 0)
      return false;
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == stream;
  }();
  return answer;
}

const char* priority(level of_line) {
  switch (of_line) {
  case level::debug: return "<7>";
  case level::info: return "<6>";
  case level::warning: return "<4>";
  case level::error: return "<3>";
  }
  return "";
}

/// The length of the valid UTF-8 sequence at the start of `text`; 0 when there is none. Sets its code point.
size_t sequence(std::string_view text, char32_t& point) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (length == 0 || length > text.size())
    return 0;
  point = length == 1 ? lead : lead & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0u) != 0x80u)
      return 0;
    point = (point << 6) | (next & 0x3Fu);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  return overlong || surrogate || point > 0x10FFFF ? 0 : length;
}

/// Characters that end a line or turn its direction somewhere, though they are no control characters of ASCII.
bool misleads(char32_t point) {
  return point < 0x20 || (point >= 0x7F && point <= 0x9F) || point == 0x200E || point == 0x200F
         || (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

void append_escaped(std::string& out, std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    char32_t point = 0;
    const auto length = sequence(text.substr(i), point);
    char code[16];
    if (length == 0)
      std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(text[i])));
    else if (misleads(point))
      std::snprintf(code, sizeof code, point < 0x80 ? "\\x%02x" : "\\u%04x", static_cast<unsigned>(point));
    else
      code[0] = 0;
    if (code[0])
      out += code;
    else if (point == '"' || point == '\\')
      (out += '\\') += text[i];
    else
      out.append(text, i, length);
    i += length == 0 ? 1 : length;
  }
}

/// Bare only if it is one plain word; everything else, the empty text too, in quotes.
void append_value(std::string& out, std::string_view text) {
  const bool plain =
      !text.empty() && text.size() <= longest_value
      && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@+,[]%")
             == std::string_view::npos;
  if (plain) {
    out += text;
    return;
  }
  out += '"';
  append_escaped(out, text.substr(0, longest_value));
  out += text.size() > longest_value ? "...\"" : "\"";
}

std::string now_as_text() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[48];
  const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(ms % 1000));
  return text;
}

std::string whole_line(level of_line, std::string_view what, fields more) {
  std::string line = is_journal() ? priority(of_line) : "";
  line += how_written.load() == format::json ? json_line(of_line, what, more, now_as_text())
                                             : text_line(of_line, what, more);
  return line += '\n';
}

std::string line_about_losses(uint64_t count) {
  return whole_line(level::warning, "lines of the log are lost: nobody took them", {{"count", count}});
}

line_writer& output() {
  static auto* const writer = [] {
    std::atexit([] { flush(); });
    return new line_writer(STDERR_FILENO, line_about_losses); // outlives every thread that may log
  }();
  return *writer;
}

} // namespace

const char* name_of(level which) {
  switch (which) {
  case level::debug: return "debug";
  case level::info: return "info";
  case level::warning: return "warning";
  case level::error: return "error";
  }
  return "";
}

void start(const config::log& how) {
  least = how.least;
  how_written = how.how;
}

bool enabled(level of_line) {
  return of_line >= least.load(std::memory_order_relaxed);
}

std::string text_line(level of_line, std::string_view what, fields more) {
  std::string out = name_of(of_line);
  out += ' ';
  append_escaped(out, what);
  for (const auto& each : more) {
    ((out += ' ') += each.key) += '=';
    if (const auto* text = std::get_if<std::string_view>(&each.value))
      append_value(out, *text);
    else if (const auto* yes = std::get_if<bool>(&each.value))
      out += *yes ? "true" : "false";
    else if (const auto* number = std::get_if<int64_t>(&each.value))
      out += std::to_string(*number);
    else
      out += std::to_string(std::get<uint64_t>(each.value));
  }
  return out;
}

std::string json_line(level of_line, std::string_view what, fields more, std::string_view time) {
  nlohmann::ordered_json line{{"time", time}, {"level", name_of(of_line)}, {"what", what}};
  for (const auto& each : more) {
    nlohmann::ordered_json value;
    if (const auto* text = std::get_if<std::string_view>(&each.value))
      value = std::string(text->substr(0, longest_value)) + (text->size() > longest_value ? "..." : "");
    else
      std::visit([&](auto plain) { value = plain; }, each.value);
    line.emplace(std::string(each.key), std::move(value)); // a field cannot replace what is there
  }
  // ASCII alone: a terminal that shows it sees no character that moves it
  return line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

void write(level of_line, std::string_view what, fields more) {
  if (enabled(of_line))
    output().put(whole_line(of_line, what, more));
}

void tell(std::string_view text) {
  output().put(std::string(text) + '\n');
}

bool flush(std::chrono::milliseconds within) {
  return output().flush(within);
}

} // namespace salond::log
