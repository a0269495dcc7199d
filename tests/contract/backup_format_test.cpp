// The text of a backup: what is written is read, and nothing else is.
#include "persistence/backup/files.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"
#include <fstream>
#include <gmock/gmock.h>
#include <limits>
#include <sstream>
#include <sys/stat.h>

namespace salond::persistence {
namespace {

using testing::HasSubstr;

/// Each value that a column can hold, so that a damage of any kind of it is tried.
table_row row_of(const stored_table& table, int64_t number) {
  table_row result;
  for (const auto& column : table.columns) {
    if (column.may_be_null && number % 2 == 0)
      result.emplace_back(nullptr);
    else if (column.type == table_column::kind::number)
      result.emplace_back(number);
    else if (column.type == table_column::kind::bytes)
      result.emplace_back(std::string("\xFF\0\x80 key", 7) + std::to_string(number));
    else
      result.emplace_back("l'été \"x\"\\ \n\t\x01 🦊 " + std::to_string(number));
  }
  return result;
}

std::string written(int64_t rows = 2) {
  std::string text;
  backup_writer writer([&](const std::string& line) { text += line; }, "0.1.0", 1'800'000'000'123);
  for (const auto& table : stored_tables()) {
    writer.table(table.counts ? 1000 : 0);
    for (int64_t at = 1; at <= rows; ++at)
      writer.row(row_of(table, at));
  }
  writer.end();
  return text;
}

struct read {
  backup_facts facts;
  std::vector<table_row> rows;
};

read read_text(const std::string& text) {
  read result;
  size_t at = 0;
  result.facts = read_backup(
      [&](std::string& line) {
        const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
        line = at < text.size() ? text.substr(at, end - at) : "";
        at = std::max(at, end);
        return !line.empty();
      },
      [&](const stored_table&, table_row&& row) { result.rows.push_back(std::move(row)); });
  return result;
}

std::string refusal(const std::string& text) {
  try {
    read_text(text);
    return "";
  } catch (const backup_error& why) {
    return why.what();
  }
}

std::string replaced(std::string text, const std::string& part, const std::string& by) {
  return text.replace(text.find(part), part.size(), by);
}

TEST(BackupFormat, IsReadAsItWasWritten) {
  const auto found = read_text(written(3));

  EXPECT_EQ(found.facts.version, "0.1.0");
  EXPECT_EQ(found.facts.made_ms, 1'800'000'000'123);
  EXPECT_EQ(found.facts.all_rows(), 3 * stored_tables().size());
  ASSERT_EQ(found.rows.size(), 3 * stored_tables().size());
  for (size_t at = 0; at < found.rows.size(); ++at)
    EXPECT_EQ(found.rows[at], row_of(stored_tables()[at / 3], static_cast<int64_t>(at % 3) + 1));
  for (size_t at = 0; at < stored_tables().size(); ++at)
    EXPECT_EQ(found.facts.next_numbers[at], stored_tables()[at].counts ? 1000 : 0);
}

TEST(BackupFormat, KeepsTheGreatestNumbersAndEveryByte) {
  std::string all_bytes;
  for (int c = 0; c < 256; ++c)
    all_bytes += static_cast<char>(c);
  std::string text;
  backup_writer writer([&](const std::string& line) { text += line; }, "", 0);
  for (const auto& table : stored_tables()) {
    writer.table(0);
    table_row row;
    for (const auto& column : table.columns)
      row.push_back(column.type == table_column::kind::number ? field{std::numeric_limits<int64_t>::min()}
                                                              : field{all_bytes});
    writer.row(row);
  }
  writer.end();

  const auto first = read_text(text).rows.front();
  EXPECT_EQ(first[0], field{std::numeric_limits<int64_t>::min()});
  EXPECT_EQ(first[1], field{all_bytes});
}

TEST(BackupFormat, RefusesEveryChangedByte) {
  const auto text = written();
  for (size_t at = 0; at < text.size(); ++at)
    for (const char bits : {'\x01', '\x20', '\x80'}) {
      auto changed = text;
      changed[at] = static_cast<char>(changed[at] ^ bits);
      ASSERT_NE(refusal(changed), "") << "byte " << at << " of " << text.size();
    }
}

TEST(BackupFormat, RefusesEveryCut) {
  const auto text = written();
  for (size_t size = 0; size < text.size(); ++size)
    ASSERT_NE(refusal(text.substr(0, size)), "") << size << " of " << text.size();
}

TEST(BackupFormat, RefusesLinesThatAreMissingDoubledOrBehindTheEnd) {
  const auto text = written();
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line + "\n");
  const auto joined = [](const std::vector<std::string>& all) {
    std::string result;
    for (const auto& each : all)
      result += each;
    return result;
  };
  for (size_t at = 0; at < lines.size(); ++at) {
    auto fewer = lines, more = lines;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at));
    more.insert(more.begin() + static_cast<std::ptrdiff_t>(at), lines[at]);
    EXPECT_NE(refusal(joined(fewer)), "") << "without line " << at;
    EXPECT_NE(refusal(joined(more)), "") << "twice line " << at;
  }
  EXPECT_THAT(refusal(text + "\n"), HasSubstr("follows its end"));
  EXPECT_THAT(refusal(text + text), HasSubstr("follows its end"));
}

TEST(BackupFormat, SaysWhatAFileIsThatCannotBeRestored) {
  const auto text = written();

  EXPECT_THAT(refusal(""), HasSubstr("cut off"));
  EXPECT_THAT(refusal(std::string(3000, '\0')), HasSubstr("no backup of salond"));
  EXPECT_THAT(refusal("PRAGMA foreign_keys=OFF;\n"), HasSubstr("no backup of salond"));
  EXPECT_THAT(refusal("[]\n"), HasSubstr("no backup of salond"));
  EXPECT_THAT(refusal(std::string(100000, '[') + "\n"), HasSubstr("no backup of salond"));
  // What such a header holds was written again, for which each level needed a call: the server ended by a signal.
  const auto deep = std::string(100000, '[') + std::string(100000, ']');
  EXPECT_THAT(refusal(replaced(text, "\"made_ms\"", "\"more\":" + deep + ",\"made_ms\"")),
              HasSubstr("no backup of salond"));
  EXPECT_THAT(refusal(replaced(text, "[1,", "[" + deep + ",")), HasSubstr("line 3 is damaged"));
  EXPECT_THAT(refusal(replaced(text, "\"next\"", "\"more\":" + deep + ",\"next\"")), HasSubstr("is damaged"));
  EXPECT_THAT(refusal(replaced(text, "\"salond_backup\":1", "\"salond_backup\":2")), HasSubstr("in format 2"));
  const auto schema = "\"schema\":" + std::to_string(stored_schema);
  EXPECT_THAT(refusal(replaced(text, schema, "\"schema\":" + std::to_string(stored_schema + 1))),
              HasSubstr("from schema " + std::to_string(stored_schema + 1) + ", and this one knows up to"));
  EXPECT_THAT(refusal(replaced(text, schema, "\"schema\":12")),
              HasSubstr("from schema 12, and this one reads backups"));
  EXPECT_THAT(refusal(replaced(text, schema, "\"schema\":13")), HasSubstr("other columns"));
  EXPECT_THAT(refusal(replaced(text, "\"alias_key\"", "\"other_key\"")), HasSubstr("other columns"));
  EXPECT_THAT(refusal(replaced(text, "[1,", "[\"1\",")), HasSubstr("line 3 is damaged"));
  EXPECT_THAT(refusal(replaced(text, "[1,", "[99999999999999999999,")), HasSubstr("line 3 is damaged"));
  EXPECT_THAT(refusal(replaced(text, "[1,", "[11,")), HasSubstr("not as it was written"));
}

// As the salond of schema 13 wrote them: columns and tables that came later are not in it.
TEST(BackupFormat, OfAnOlderSchemaIsReadWithWhatItLacks) {
  constexpr int64_t older = 13;
  std::string text, counts;
  running_sum sum;
  const auto line = [&](const std::string& value) {
    text += value + "\n";
    sum.add(value + "\n");
  };
  const auto append = [](std::string& list, const std::string& value) { list += (list.empty() ? "" : ",") + value; };
  const auto quoted = [](const std::string& name) { return '"' + name + '"'; };
  line(R"({"salond_backup":1,"schema":13,"salond":"0.1.0","made_ms":1})");
  size_t later = 0, rows = 0;
  for (const auto& table : stored_tables()) {
    if (table.since > older)
      continue;
    std::string columns, row;
    for (const auto& column : table.columns) {
      if (column.since > older) {
        ++later;
        continue;
      }
      append(columns, quoted(column.name));
      append(row, column.type == table_column::kind::number ? "7" : quoted("x"));
    }
    line("{\"table\":" + quoted(table.name) + ",\"columns\":[" + columns + "],\"next\":" + (table.counts ? "8" : "0")
         + "}");
    line("[" + row + "]");
    append(counts, quoted(table.name) + ":1");
    ++rows;
  }
  text += "{\"rows\":{" + counts + "},\"sha256\":" + quoted(sum.end()) + "}\n";

  const auto found = read_text(text);

  EXPECT_GT(later, 0u);
  EXPECT_EQ(found.facts.schema, older);
  EXPECT_EQ(found.facts.next_numbers.size(), stored_tables().size());
  EXPECT_EQ(found.rows.size(), rows);
  size_t at = 0;
  for (const auto& table : stored_tables()) {
    if (table.since > older)
      continue;
    const auto& row = found.rows.at(at++);
    ASSERT_EQ(row.size(), table.columns.size()) << table.name;
    for (size_t place = 0; place < row.size(); ++place)
      if (table.columns[place].since > older)
        EXPECT_TRUE(row[place] == field{nullptr} || row[place] == field{int64_t{0}}
                    || row[place] == field{std::string{}})
            << table.columns[place].name;
      else
        EXPECT_TRUE(row[place] == field{int64_t{7}} || row[place] == field{std::string("x")});
  }
  EXPECT_THAT(refusal(replaced(text, "[7,", "[7,7,")), HasSubstr("is damaged"));
}

TEST(BackupNames, AreOneFileInTheirFolder) {
  for (const auto* good : {"monday", "2026-11-26_22.30", "A", "x..y"})
    EXPECT_TRUE(is_backup_name(good)) << good;
  for (const auto* bad : {"", ".", "..", ".hidden", "a/b", "/etc/passwd", "a b", "été", "a\n", "../x", "a\\b", "*"})
    EXPECT_FALSE(is_backup_name(bad)) << bad;
  EXPECT_TRUE(is_backup_name(std::string(100, 'x')));
  EXPECT_FALSE(is_backup_name(std::string(101, 'x')));
}

/// The names of the backups of a folder, as `backup --keep` counts them.
std::vector<std::string> counted(const std::string& folder, moment now) {
  std::vector<std::string> names;
  for (const auto& each : backups_in(folder, now))
    names.push_back(each.name);
  return names;
}

// Those of a clock that was ahead, and what was cut off, were the newest for ever: whole ones went in their place.
TEST(BackupsInAFolder, AreThoseThatAreWholeAndThoseOfATimeToComeAreTheLast) {
  const support::temporary_folder folder;
  const auto now = from_ms(1'800'000'000'123);
  const auto put = [&](const std::string& name, const std::string& made, const std::string& text) {
    std::ofstream(folder / name) << replaced(text, "\"made_ms\":1800000000123", "\"made_ms\":" + made);
  };
  const auto whole = written();
  put("yesterday", "1799900000000", whole);
  put("today", "1800000000123", whole);
  put("step", "1800000059000", whole);
  put("ahead", "1800000200000", whole);
  put("damaged", "9999999999999999", whole);
  put("never", "-9223372036854775808", whole);
  put("cut", "1800000000122", whole.substr(0, whole.size() - 1));
  put("header", "1800000000122", whole.substr(0, whole.find('\n') + 1));
  put("half", "1800000000122", whole.substr(0, whole.rfind('\n', whole.size() - 2) + 1));

  EXPECT_THAT(counted(folder.path().string(), now),
              testing::ElementsAre("step", "today", "yesterday", "damaged", "ahead"));
}

// Two commands at once each deleted the other's file: both said done, and the folder was empty.
TEST(BackupsInAFolder, OfTwoThatAreMadeAtOnceOneAtLeastStays) {
  const std::vector<found_backup> all{{"d", from_ms(4)}, {"c", from_ms(3)}, {"b", from_ms(2)}, {"a", from_ms(1)}};

  EXPECT_THAT(backups_to_delete(all, "d", 1), testing::ElementsAre("c", "b", "a"));
  EXPECT_THAT(backups_to_delete(all, "c", 1), testing::ElementsAre("b", "a"));
  EXPECT_THAT(backups_to_delete(all, "d", 3), testing::ElementsAre("a"));
  EXPECT_THAT(backups_to_delete(all, "c", 3), testing::ElementsAre("a"));
  EXPECT_THAT(backups_to_delete(all, "a", 2), testing::IsEmpty()) << "the clock went back: it stays itself";
  EXPECT_THAT(backups_to_delete(all, "d", 4), testing::IsEmpty());
  EXPECT_THAT(backups_to_delete(all, "is gone", 1), testing::IsEmpty());
}

class NewBackup : public testing::Test {
protected:
  std::string at(const std::string& name) { return std::filesystem::path(folder / "backups") / name; }
  std::string made_in() { return folder / "backups"; }
  static unsigned mode_of(const std::string& path) {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 ? found.st_mode & 0777 : 0;
  }
  support::temporary_folder folder;
};

TEST_F(NewBackup, AppearsWholeAndForItsOwnerAlone) {
  new_backup file(made_in(), "one");
  file.write(std::string(1'000'000, 'x'));
  file.write("end");
  EXPECT_FALSE(std::filesystem::exists(at("one")));

  EXPECT_EQ(file.keep(), 1'000'003u);

  EXPECT_EQ(std::filesystem::file_size(at("one")), 1'000'003u);
  EXPECT_EQ(mode_of(at("one")), 0600u);
  EXPECT_EQ(mode_of(made_in()), 0700u);
  EXPECT_THROW(new_backup(made_in(), "one"), backup_error);
}

TEST_F(NewBackup, LeavesNothingWhenItIsNotKept) {
  { new_backup(made_in(), "one").write("text"); }
  EXPECT_TRUE(std::filesystem::is_empty(made_in()));

  std::ofstream(at(".one.new")) << "of a server that was ended";
  new_backup again(made_in(), "one");
  again.write("text");
  again.keep();
  EXPECT_EQ(support::read_file(at("one")), "text");
}

TEST_F(NewBackup, ReplacesNoFileThatCameMeanwhile) {
  new_backup file(made_in(), "one");
  std::ofstream(at("one")) << "somebody's";

  EXPECT_THROW(file.keep(), backup_error);
  EXPECT_EQ(support::read_file(at("one")), "somebody's");
}

TEST_F(NewBackup, NarrowsItsFolderAndFollowsNoLink) {
  std::filesystem::create_directory(made_in());
  std::filesystem::permissions(made_in(), std::filesystem::perms{0755});
  { new_backup file(made_in(), "one"); }
  EXPECT_EQ(mode_of(made_in()), 0700u);

  std::filesystem::remove_all(made_in());
  std::filesystem::create_directory_symlink("/tmp", made_in());
  EXPECT_THROW(new_backup(made_in(), "one"), backup_error);
}

} // namespace
} // namespace salond::persistence
