// A SQLite store of a test, and its file as other programs see it.
#pragma once
#include "persistence/sqlite/open.hpp"
#include "tests/support/temporary_folder.hpp"
#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

namespace salond {

class SqliteStore : public testing::Test {
protected:
  std::unique_ptr<persistence::store> open() { return persistence::open_sqlite({path}); }

  /// How opening fails; an empty text when it does not.
  std::string refusal(persistence::store_error::kind expected = persistence::store_error::kind::setup) {
    try {
      open();
    } catch (const persistence::store_error& why) {
      EXPECT_EQ(why.what_kind(), expected) << why.what();
      return why.what();
    }
    return "";
  }

  /// The first column of the answer, a line each, as another program sees the file.
  std::string sql(const std::string& text) {
    sqlite3* handle = nullptr;
    EXPECT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
    std::string answer;
    char* error = nullptr;
    const auto add_row = [](void* lines, int, char** values, char**) {
      *static_cast<std::string*>(lines) += std::string(values[0] ? values[0] : "NULL") + "\n";
      return 0;
    };
    sqlite3_exec(handle, text.c_str(), add_row, &answer, &error);
    if (error)
      answer = std::string("error: ") + error;
    sqlite3_free(error);
    sqlite3_close(handle);
    return answer;
  }

  std::vector<std::string> files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

  static mode_t mode_of(const std::string& file) {
    struct stat found {};
    EXPECT_EQ(stat(file.c_str(), &found), 0) << file;
    return found.st_mode & 07777;
  }

  support::temporary_folder folder;
  std::string path = folder / "l'été; x.db";
};

} // namespace salond
