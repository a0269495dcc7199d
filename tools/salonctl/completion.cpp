#include "tools/salonctl/completion.hpp"
#include "protocol/words/operator_command.hpp"
#include "tools/salonctl/options.hpp"
#include <algorithm>
#include <sstream>
#include <string_view>

namespace salonctl {
namespace {

using salond::operator_command;

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> result;
  for (std::string word; in >> word;)
    result.push_back(std::move(word));
  return result;
}

/// The name of an argument or an option of a row without its brackets and dots: "[SALON...]" is SALON, "[--ids]" --ids.
std::string bare(std::string argument) {
  if (argument.front() == '[')
    argument = argument.substr(1, argument.size() - 2);
  if (argument.size() > 3 && argument.substr(argument.size() - 3) == "...")
    argument.resize(argument.size() - 3);
  return argument;
}

/// The words that a value can be, where these are known.
std::vector<std::string> values_of(std::string_view name) {
  if (name == "POLICY")
    return {"auto", "open", "approval"};
  if (name == "ROLE")
    return {"administrator", "moderator", "user"};
  return {};
}

void offer(candidates& out, const std::string& word, std::string_view begun) {
  if (begins_with(word, begun) && std::find(out.words.begin(), out.words.end(), word) == out.words.end())
    out.words.push_back(word);
}

/// `--name=` with what may follow it.
void offer_value(candidates& out, const std::string& option, std::string_view value_name, std::string_view begun) {
  if (!begins_with(begun, option)) {
    offer(out, option, begun);
    return;
  }
  for (const auto& value : values_of(value_name))
    offer(out, option + value, begun);
  out.files = value_name == "FILE" || value_name == "DIR";
  if (out.files)
    out.before_file = option;
}

/// An option as it is written in a row or in salonctl's own list: "--ids", "--policy=POLICY".
void offer_option(candidates& out, const std::string& option, std::string_view begun) {
  const auto equals = option.find('=');
  if (equals == std::string::npos)
    return offer(out, option, begun);
  offer_value(out, option.substr(0, equals + 1), std::string_view{option}.substr(equals + 1), begun);
}

/// Takes salonctl's own options off the front; the value of one that stands in a word of its own goes with it. Answers
/// the name of the value that the word at the cursor is, if it is one.
std::string_view skip_own_options(const std::vector<std::string>& words, size_t& place) {
  for (place = 0; place + 1 < words.size() && begins_with(words[place], "--"); ++place) {
    for (const std::string_view option : own_options()) {
      const auto equals = option.find('=');
      if (equals == std::string_view::npos || words[place] != option.substr(0, equals))
        continue;
      if (++place + 1 >= words.size())
        return option.substr(equals + 1);
      break;
    }
  }
  return {};
}

/// The row that the words before the cursor name, and how many of them do.
std::pair<const operator_command*, size_t> row_of(const std::vector<std::string>& words) {
  for (const size_t count : {size_t{2}, size_t{1}})
    for (const auto* row : all_commands())
      if (words_of(row->name).size() == count && words.size() > count
          && std::equal(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count), words_of(row->name).begin()))
        return {row, count};
  return {nullptr, 0};
}

void offer_arguments(candidates& out, const operator_command& row, const std::vector<std::string>& words,
                     size_t named) {
  const auto& begun = words.back();
  const auto given = std::count_if(words.begin() + static_cast<std::ptrdiff_t>(named), words.end() - 1,
                                   [](const auto& word) { return !begins_with(word, "--"); });
  std::ptrdiff_t place = 0;
  for (const auto& argument : words_of(row.arguments)) {
    const auto name = bare(argument);
    if (begins_with(name, "--")) {
      if (begins_with(begun, "-"))
        offer_option(out, name, begun);
    } else if (place++ == given) {
      for (const auto& value : values_of(name))
        offer(out, value, begun);
      out.files = out.files || name == "FILE";
    }
  }
}

void offer_commands(candidates& out, const std::vector<std::string>& words) {
  for (const auto* row : all_commands()) {
    const auto name = words_of(row->name);
    if (name.size() >= words.size() && std::equal(words.begin(), words.end() - 1, name.begin()))
      offer(out, name[words.size() - 1], words.back());
  }
}

} // namespace

candidates complete(const std::vector<std::string>& words) {
  candidates out;
  if (words.empty())
    return out;
  size_t first = 0;
  if (const auto value = skip_own_options(words, first); !value.empty()) {
    out.files = value == "FILE" || value == "DIR";
    return out;
  }
  std::vector<std::string> said(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
  const auto& begun = said.back();
  if (said.size() == 1 && begins_with(begun, "-"))
    for (const auto* option : own_options())
      offer_option(out, option, begun);
  if (said.size() > 1 && said[0] == "help")
    said.erase(said.begin());
  else if (const auto [row, named] = row_of(said); row)
    offer_arguments(out, *row, said, named);
  offer_commands(out, said);
  return out;
}

std::string completion_text(const std::vector<std::string>& words) {
  const auto found = complete(words);
  std::string text;
  for (const auto& word : found.words)
    text += word + "\n";
  if (found.files)
    text += ":files " + found.before_file + "\n";
  return text;
}

} // namespace salonctl
