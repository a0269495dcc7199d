#include "tools/bench/counts.hpp"

namespace salond::bench {
namespace {

void add_links(counts& to, const running_server& server) {
  for (size_t i = 0; i < server.nodes(); ++i)
    for (const auto& row : server.ask(i, {"nodes"}))
      for (const auto& link : row.at("links")) {
        to.frames += link.at("frames_out").get<double>();
        to.texts += link.at("messages_out").get<double>();
      }
}

void add_database(counts& to, const private_mariadb& database) {
  auto all = database.counters();
  to.statements += all["Questions"];
  to.syncs += all["Innodb_data_fsyncs"];
  to.rows_read += all["Rows_read"];
  to.rows_written += all["Handler_write"] + all["Handler_update"] + all["Handler_delete"];
  to.bytes += all["Bytes_sent"] + all["Bytes_received"];
}

} // namespace

counts database_counts(const stage& where) {
  counts result;
  if (where.on.database())
    add_database(result, *where.on.database());
  return result;
}

counts counts_of(const stage& where) {
  auto result = database_counts(where);
  if (where.server.nodes() > 1)
    add_links(result, where.server);
  return result;
}

counts operator-(counts now, const counts& before) {
  now.frames -= before.frames;
  now.texts -= before.texts;
  now.statements -= before.statements;
  now.syncs -= before.syncs;
  now.rows_read -= before.rows_read;
  now.rows_written -= before.rows_written;
  now.bytes -= before.bytes;
  return now;
}

void add(result_line& to, const counts& found, double many, const std::string& unit) {
  if (many <= 0)
    return;
  const std::pair<const char*, double> all[] = {{"frames", found.frames},         {"crossings", found.texts},
                                                {"statements", found.statements}, {"syncs", found.syncs},
                                                {"rows_read", found.rows_read},   {"rows_written", found.rows_written},
                                                {"database_bytes", found.bytes}};
  for (const auto& [name, value] : all)
    to[std::string{name} + "_a_" + unit] = rounded(value / many);
}

} // namespace salond::bench
