#include "persistence/mysql/session.hpp"

namespace salond::persistence::mysql {

namespace {
constexpr const char* no_limit = "18446744073709551615";
} // namespace

std::vector<session_variable> common_variables(int64_t lock_wait_seconds) {
  const auto seconds = std::to_string(lock_wait_seconds);
  return {
      {"autocommit", "1", "a read must not begin a transaction that nobody ends; a writer turns it off itself"},
      {"completion_type", "0", "COMMIT must neither begin the next transaction nor end the connection"},
      {"sql_mode", "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE'",
       "a text that does not fit is an error and is not cut; quotes and operators mean what they do by default"},
      {"time_zone", "'+00:00'", "UNIX_TIMESTAMP() and FROM_UNIXTIME() of a TIMESTAMP column"},
      {"wait_timeout", "2147483", "a quiet server keeps its connections; the greatest value that all take"},
      {"net_read_timeout", "60", "the server must not lose patience before we do"},
      {"net_write_timeout", "60", "as net_read_timeout"},
      {"innodb_lock_wait_timeout", seconds, "shorter than our read time-out: then the server says it, and not silence"},
      {"lock_wait_timeout", seconds, "the same for locks of tables, as LOCK TABLES and ALTER hold them"},
      {"foreign_key_checks", "1", "a deleted account takes along what hangs on it"},
      {"unique_checks", "1", "no two users of one name, no message twice"},
      {"sql_safe_updates", "0", "updates and deletes without a key in their condition, as at a start"},
      {"sql_select_limit", no_limit, "no list is cut in silence"},
      {"max_join_size", no_limit, "no question is refused for its size"},
      {"sql_big_selects", "1", "as max_join_size, which sets it back"},
      {"sql_auto_is_null", "0", "`id IS NULL` must not mean the row inserted last"},
      {"max_sort_length", "8192", "names' keys have up to 2048 bytes, all of which decide their order"},
      {"sql_quote_show_create", "1", "in what SHOW CREATE TABLE tells, names are told from words"},
      {"sort_buffer_size", "2097152", "rows with long texts are sorted; below some size the server refuses (1038)"},
  };
}

std::vector<session_variable> own_variables(bool mariadb) {
  if (mariadb)
    return {
        {"max_statement_time", "0", "a take-over's ALTER may take minutes"},
        {"idle_transaction_timeout", "0", "a connection must not end while its transaction thinks"},
        {"idle_readonly_transaction_timeout", "0", "as idle_transaction_timeout; a backup reads in one transaction"},
        {"idle_write_transaction_timeout", "0", "as idle_transaction_timeout"},
        {"innodb_snapshot_isolation", "0", "on by default since 11.6: a row changed meanwhile would be error 1020"},
        {"tmp_disk_table_size", no_limit, "no question is refused for its temporary table (1114)"},
        {"max_session_mem_used", "9223372036854775807", "no question is refused for its memory (1290)"},
        {"innodb_strict_mode", "1", "a definition that does not hold is refused, and not changed in silence"},
        {"innodb_compression_default", "0", "with innodb_file_per_table=OFF no table could be made (140)"},
        {"old_mode", "''", "no behaviour of older versions"},
        {"alter_algorithm", "'DEFAULT'", "INSTANT or NOCOPY would refuse changes of the tables (1845, 1846)"},
    };
  return {
      {"max_execution_time", "0", "a backup's SELECT may take long"},
      {"information_schema_stats_expiry", "0", "else AUTO_INCREMENT is answered as it was a day ago"},
  };
}

} // namespace salond::persistence::mysql
