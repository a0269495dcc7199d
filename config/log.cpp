#include "config/log.hpp"
#include "config/line_writer.hpp"
#include "protocol/words/names.hpp"
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
constexpr size_t max_value = 1024;
/// What would end a value in quotes, or look like an escape.
constexpr std::string_view escaped_besides = "\"\\";

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

/// Bare only if it is one plain word; everything else, the empty text too, in quotes.
void append_value(std::string& out, std::string_view text) {
  const bool plain =
      !text.empty() && text.size() <= max_value
      && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@+,[]%")
             == std::string_view::npos;
  if (plain) {
    out += text;
    return;
  }
  out += '"';
  out += escaped(text.substr(0, max_value), escaped_besides);
  out += text.size() > max_value ? "...\"" : "\"";
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

std::string whole_line(level of_line, std::string_view fact, fields more) {
  std::string line = is_journal() ? priority(of_line) : "";
  line += how_written.load() == format::json ? json_line(of_line, fact, more, now_as_text())
                                             : text_line(of_line, fact, more);
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

void start(const config::log& settings) {
  least = settings.least;
  how_written = settings.style;
}

bool enabled(level of_line) {
  return of_line >= least.load(std::memory_order_relaxed);
}

std::string text_line(level of_line, std::string_view fact, fields more) {
  std::string out = name_of(of_line);
  out += ' ';
  out += escaped(fact, escaped_besides);
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

std::string json_line(level of_line, std::string_view fact, fields more, std::string_view time) {
  nlohmann::ordered_json line{{"time", time}, {"level", name_of(of_line)}, {"what", fact}};
  for (const auto& each : more) {
    nlohmann::ordered_json value;
    if (const auto* text = std::get_if<std::string_view>(&each.value))
      value = std::string(text->substr(0, max_value)) + (text->size() > max_value ? "..." : "");
    else
      std::visit([&](auto plain) { value = plain; }, each.value);
    line.emplace(std::string(each.key), std::move(value)); // a field cannot replace what is there
  }
  // ASCII alone: a terminal that shows it sees no character that moves it
  return line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

void write(level of_line, std::string_view fact, fields more) {
  if (enabled(of_line))
    output().put(whole_line(of_line, fact, more));
}

void tell(std::string_view text) {
  std::string lines;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines += escaped(text.substr(0, end)) + '\n';
    text.remove_prefix(end + 1);
  }
  output().put(lines + escaped(text) + '\n');
}

bool flush(std::chrono::milliseconds within) {
  return output().flush(within);
}

} // namespace salond::log
