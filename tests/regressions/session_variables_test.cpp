// A MariaDB with completion_type=RELEASE ended each of our connections at its first COMMIT: "Lost connection". Our
// statements relied on values that a server may have otherwise. Now each session sets them
// (persistence/mysql/session.cpp has the list and the reasons), and this runs the store on a server whose global values
// are hostile, one after the other and all at once. MySQL 9.6 took the function SHA1() away, so what a server calls
// deprecated is not used either.
#include "persistence/backup/tables.hpp"
#include "persistence/mysql/session.hpp"
#include "tests/support/mariadb_fixture.hpp"
#include "tests/support/stores.hpp"
#include <set>

namespace salond {

using support::noon;
using testing::ElementsAre;

namespace {

struct hostile {
  const char* name;
  const char* value;
};
constexpr hostile hostile_values[] = {
    {"autocommit", "0"},
    {"completion_type", "'RELEASE'"},
    {"completion_type", "'CHAIN'"},
    {"sql_mode", "'ANSI,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,ONLY_FULL_GROUP_BY,NO_AUTO_VALUE_ON_ZERO'"},
    {"sql_mode", "''"},
    {"time_zone", "'-09:30'"},
    {"wait_timeout", "1"},
    {"net_read_timeout", "1"},
    {"net_write_timeout", "1"},
    {"innodb_lock_wait_timeout", "1"},
    {"lock_wait_timeout", "1"},
    {"foreign_key_checks", "0"},
    {"unique_checks", "0"},
    {"sql_safe_updates", "1"},
    {"sql_select_limit", "1"},
    {"sql_big_selects", "0"},
    {"max_join_size", "1"},
    {"sql_auto_is_null", "1"},
    {"max_sort_length", "64"},
    {"sort_buffer_size", "32768"},
    {"group_concat_max_len", "4"},
    {"transaction_isolation", "'SERIALIZABLE'"},
    {"tx_isolation", "'SERIALIZABLE'"},
    {"transaction_read_only", "1"},
    {"tx_read_only", "1"},
    {"character_set_server", "'latin1'"},
    {"collation_server", "'utf8mb4_unicode_ci'"},
    {"collation_connection", "'latin1_bin'"},
    {"character_set_client", "'latin1'"},
    {"default_storage_engine", "'MyISAM'"},
    {"innodb_default_row_format", "'redundant'"},
    {"innodb_strict_mode", "0"},
    {"innodb_file_per_table", "0"},
    {"innodb_compression_default", "1"},
    {"sql_quote_show_create", "0"},
    {"explicit_defaults_for_timestamp", "0"},
    {"auto_increment_increment", "10"},
    {"div_precision_increment", "0"},
    {"low_priority_updates", "1"},
    {"max_statement_time", "0.05"},
    {"idle_transaction_timeout", "1"},
    {"idle_readonly_transaction_timeout", "1"},
    {"idle_write_transaction_timeout", "1"},
    {"innodb_snapshot_isolation", "1"},
    {"old_mode", "'ZERO_DATE_TIME_CAST,NO_DUP_KEY_WARNINGS_WITH_IGNORE'"},
    {"alter_algorithm", "'INSTANT'"},
    {"tmp_disk_table_size", "1024"},
    {"system_versioning_alter_history", "'ERROR'"},
    {"sql_if_exists", "1"},
    {"query_cache_type", "1"},
    {"max_execution_time", "50"},
    {"information_schema_stats_expiry", "86400"},
    {"sql_require_primary_key", "1"},
    {"sql_generate_invisible_primary_key", "1"},
    {"restrict_fk_on_non_standard_key", "1"},
    {"session_track_transaction_info", "'STATE'"},
    {"init_connect", "'SET autocommit = 0, sql_select_limit = 2'"},
};

/// Whatever somebody does, and what is there then; the same for every server that behaves.
std::string life_of(persistence::store& db) {
  user_id zoe, paul;
  db.transact([&](const auto& db) {
    zoe = decisions::register_user(db, {"Zoé", "zoé", "h"})->user.id;
    paul = decisions::register_user(db, {"paul", "Paul", "h"})->user.id;
  });
  for (int64_t seq = 1; seq <= 20; ++seq)
    db.transact([&](const auto& db) {
      db.messages.append({salon_id{1}, seq % 2 ? zoe : paul, seq, support::hostile_text, noon});
    });
  db.transact([&](const auto& db) {
    decisions::store_private(db, zoe, "paul", "hello", noon);
    db.sessions.issue_token(zoe, std::string(32, 'x'), noon, support::after_noon(std::chrono::hours{1}));
    decisions::set_topic(db, salon_id{2}, std::string(3000, 't'), support::decided());
    decisions::create_salon(db, "Projet", policy::open, support::decided());
    decisions::kick(db, "zoé", support::after_noon(std::chrono::hours{1}), support::decided());
  });
  db.transact([&](const auto& db) { decisions::ban(db, "paul", support::decided()); });
  db.transact([&](const auto& db) { db.sessions.reset_presence(persistence::session_store::requests::end); });
  std::string result;
  const auto reader = db.reader();
  reader->read([&](const auto& db) {
    for (const auto& message : db.messages.history(salon_id{1}, 1000, 100))
      result += std::to_string(message.seq) + message.author + message.text + std::to_string(to_ms(message.at)) + "\n";
    // Not their numbers: which ones are given is the server's choice, with auto_increment_increment.
    for (const auto& salon : db.salons.all())
      result += salon.name + salon.topic + "\n";
    for (const auto& line : db.audit.tail(100))
      result += line.action + line.to + "\n";
    for (const auto& ban : db.bans.all(noon))
      result += ban.username + "\n";
  });
  reader->snapshot([&](const auto& db) {
    for (const auto& table : persistence::stored_tables())
      result += table.name + std::to_string(db.rows.after(table, {}, 1000).size()) + "\n";
  });
  return result;
}

} // namespace

class SessionsMariadb : public support::mariadb_fixture {
protected:
  /// Sets a global value; false where the server has none of that name, or not such a value.
  static bool set_globally(const hostile& to) {
    try {
      server().run("mysql", {std::string("SET GLOBAL ") + to.name + " = " + to.value});
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  }
  static void set_back(const char* name) {
    server().run("mysql", {std::string("SET GLOBAL ") + name + " = "
                           + (name == std::string_view("init_connect") ? "''" : "DEFAULT")});
  }
};

TEST_F(SessionsMariadb, AreTheSameWhateverTheServersGlobalValues) {
  const auto expected = life_of(*open(server().new_database()));
  int tried = 0;
  for (const auto& value : hostile_values) {
    SCOPED_TRACE(std::string(value.name) + " = " + value.value);
    const auto where = server().new_database();
    if (!set_globally(value))
      continue;
    ++tried;
    try {
      EXPECT_EQ(life_of(*open(where)), expected);
    } catch (const std::exception& why) {
      ADD_FAILURE() << why.what();
    }
    set_back(value.name);
  }
  EXPECT_GT(tried, 35);
}

TEST_F(SessionsMariadb, TakeAnOldDatabaseOverWithAllHostileValuesAtOnce) {
  const auto one = old_database(), other = old_database();
  open(one);
  std::vector<const char*> changed;
  for (const auto& value : hostile_values)
    if (std::string_view(value.name) != "sql_mode" && set_globally(value))
      changed.push_back(value.name);

  std::string failed;
  try {
    open(other);
  } catch (const std::exception& why) {
    failed = why.what();
  }
  for (const auto* name : changed)
    set_back(name);

  EXPECT_EQ(failed, "");
  EXPECT_EQ(support::lasting_content(server().as_root(other.name)),
            support::lasting_content(server().as_root(one.name)));
}

TEST_F(SessionsMariadb, SayWhyEachVariableIsSet) {
  for (const auto& list : {persistence::mysql::common_variables(5), persistence::mysql::own_variables(true),
                           persistence::mysql::own_variables(false)})
    for (const auto& variable : list)
      EXPECT_GT(std::string(variable.why).size(), 10u) << variable.name;
}

TEST_F(SessionsMariadb, UseNothingThatTheServerWillTakeAway) {
  std::set<std::string> statements;
  persistence::mysql::tuning tuning;
  tuning.before_statement = [&](const std::string& statement) { statements.insert(statement); };
  const auto old = old_database(), fresh = server().new_database();
  open(old, tuning);
  life_of(*open(fresh, tuning));

  constexpr int deprecated[] = {1287, 1681, 1831, 3129, 3135, 3719, 3778};
  const auto root = server().as_root(old.name);
  int prepared = 0;
  for (const auto& statement : statements) {
    std::string quoted;
    for (const auto c : statement)
      quoted += c == '\'' ? "''" : c == '\\' ? "\\\\" : std::string(1, c);
    support::rows warnings;
    try {
      warnings = support::warnings_of(root, {"SET SESSION sql_mode = ''", "PREPARE tried FROM '" + quoted + "'"});
    } catch (const std::runtime_error&) {
      continue; // of a table that is gone by now, or none that can be prepared
    }
    ++prepared;
    for (const auto& warning : warnings)
      for (const auto code : deprecated)
        EXPECT_NE(warning[1], std::to_string(code)) << statement << "\n" << warning[2];
  }
  EXPECT_GT(prepared, 80);
  EXPECT_GT(statements.size(), 100u);
}

} // namespace salond
