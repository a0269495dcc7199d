#include "persistence/mysql/accepted.hpp"
#include <algorithm>
#include <map>

namespace salond::persistence::mysql {
namespace {

struct table_option {
  std::string name, value;
  bool of_engine = false; ///< in quotes: MariaDB's for what an engine calls it
};

/// The options of a table as SHOW CREATE TABLE tells them: NAME=VALUE, `NAME`='VALUE', NAME `VALUE`, some of them in
/// comments that only some servers read. information_schema has less than that.
class options_reader {
public:
  explicit options_reader(std::string_view text) : text_(text) {}

  std::optional<table_option> next() {
    pass_marks();
    if (at_ >= text_.size())
      return std::nullopt;
    table_option option;
    option.of_engine = text_[at_] == '`';
    option.name = option.of_engine ? quoted() : until("=`*");
    while (!option.name.empty() && option.name.back() == ' ')
      option.name.pop_back();
    if (at_ < text_.size() && text_[at_] == '=')
      ++at_;
    option.value = at_ < text_.size() && (text_[at_] == '`' || text_[at_] == '\'') ? quoted() : until(" ");
    return option;
  }

private:
  /// Blanks and the marks of comments, with the version that one may be for.
  void pass_marks() {
    while (at_ < text_.size() && std::string_view(" /*!").find(text_[at_]) != std::string_view::npos) {
      const bool of_version = text_[at_++] == '!';
      while (of_version && at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9')
        ++at_;
    }
  }
  std::string until(std::string_view ends) {
    const auto from = at_;
    at_ = std::min(text_.find_first_of(ends, from), text_.size());
    return std::string(text_.substr(from, at_ - from));
  }
  std::string quoted() {
    const char mark = text_[at_++];
    std::string value;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == mark && (at_ + 1 == text_.size() || text_[at_ + 1] != mark))
        break;
      if (at_ + 1 < text_.size() && (text_[at_] == mark || (text_[at_] == '\\' && mark == '\'')))
        ++at_; // of two marks the second, or what stands behind a backslash
      value += text_[at_];
    }
    at_ = std::min(at_ + 1, text_.size());
    return value;
  }

  std::string_view text_;
  size_t at_ = 0;
};

std::vector<table_option> options_of(connection& db, const std::string& table) {
  const auto shown = [&] {
    auto found = db.ask("SHOW CREATE TABLE " + table);
    return found.next() ? found.text(1) : std::string();
  }();
  const auto columns_end = shown.rfind("\n)");
  if (columns_end == std::string::npos)
    return {};
  const auto line = std::string_view(shown).substr(columns_end + 2);
  options_reader reader(line.substr(0, line.find('\n'))); // partitions have lines of their own
  std::vector<table_option> all;
  while (auto option = reader.next())
    all.push_back(std::move(*option));
  return all;
}

/// Those with which InnoDB makes and changes a table whatever the server's settings are, and those of other engines
/// that it takes no notice of.
bool is_accepted(const table_option& option) {
  static const std::set<std::string> whatever_they_say = {
      "ENGINE",     "AUTO_INCREMENT",   "DEFAULT CHARSET",   "COLLATE",
      "COMMENT",    "ROW_FORMAT",       "KEY_BLOCK_SIZE",    "MIN_ROWS",
      "MAX_ROWS",   "AVG_ROW_LENGTH",   "CHECKSUM",          "PAGE_CHECKSUM",
      "PACK_KEYS",  "STATS_PERSISTENT", "STATS_AUTO_RECALC", "STATS_SAMPLE_PAGES",
      "CONNECTION", "TRANSACTIONAL",    "DELAY_KEY_WRITE"};
  static const std::map<std::string, std::set<std::string>> with_values = {
      {"COMPRESSION", {"", "NONE", "none"}},
      {"ENCRYPTION", {"N", "n"}},
      {"TABLESPACE", {"innodb_system", "innodb_file_per_table"}}};
  if (option.of_engine)
    return false;
  const auto some = with_values.find(option.name);
  return whatever_they_say.count(option.name) != 0
         || (some != with_values.end() && some->second.count(option.value) != 0);
}

/// What ALTER TABLE says to take an option away; empty: it goes by itself when the table is copied. (Where it is
/// changed in place, InnoDB may leave it where it is.)
std::string without(const table_option& option) {
  static const std::map<std::string, const char*> all = {{"DATA DIRECTORY", ""},
                                                         {"INDEX DIRECTORY", ""},
                                                         {"COMPRESSION", "COMPRESSION='NONE'"},
                                                         {"ENCRYPTION", "ENCRYPTION='N'"},
                                                         {"TABLESPACE", "TABLESPACE=innodb_file_per_table"},
                                                         {"AUTOEXTEND_SIZE", "AUTOEXTEND_SIZE=0"},
                                                         {"SECONDARY_ENGINE", "SECONDARY_ENGINE=NULL"}};
  const auto found = all.find(option.name);
  if (found != all.end())
    return found->second;
  return (option.of_engine ? "`" + option.name + "`" : option.name) + "=DEFAULT";
}

} // namespace

void find_other_options(connection& db, const std::string& table, std::vector<std::string>& found) {
  const bool mariadb = db.server().rfind("MariaDB", 0) == 0;
  std::string names, changes;
  for (const auto& option : options_of(db, table)) {
    if (is_accepted(option))
      continue;
    names += (names.empty() ? "" : ", ") + option.name + "=" + option.value;
    if (const auto change = without(option); !change.empty())
      changes += change + ", ";
  }
  if (!names.empty())
    found.push_back("the table " + table + " has options with which it may not be changed (" + names
                    + "): SET SESSION sql_mode='NO_DIR_IN_CREATE" + (mariadb ? ",IGNORE_BAD_TABLE_OPTIONS" : "")
                    + "'; ALTER TABLE " + table + " " + changes
                    + "FORCE, ALGORITHM=COPY. Afterwards they can be set again");
}

} // namespace salond::persistence::mysql
