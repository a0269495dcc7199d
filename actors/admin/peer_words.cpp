#include "actors/admin/peer_words.hpp"

namespace salond {
namespace {

/// The rows of as many values as an answer holds.
template <class T, class Row>
json rows_of(const std::vector<T>& values, Row row) {
  auto rows = json::array();
  size_t bytes = 0;
  for (const auto& value : values) {
    auto next = row(value);
    bytes += next.dump(-1, ' ', false, json::error_handler_t::replace).size() + 1;
    if (bytes > max_answer_bytes)
      return {{"rows", std::move(rows)}, {"cut", true}};
    rows.push_back(std::move(next));
  }
  return {{"rows", std::move(rows)}};
}

/// Old rows may hold bytes that are no UTF-8.
std::string text_of(const json& answer) {
  return answer.dump(-1, ' ', false, json::error_handler_t::replace);
}

json salons_as_json(const std::vector<surveyed_salon>& salons) {
  return rows_of(salons, [](const surveyed_salon& salon) {
    return json::array({salon.salon.value, salon.name, salon.hearers, salon.messages});
  });
}

template <class T>
T in(const json& answer, const char* name) {
  return answer.value(name, T{});
}

} // namespace

std::string in_words(const std::vector<session_listed>& sessions) {
  return text_of(rows_of(sessions, [](const session_listed& session) {
    return json::array(
        {session.user.value, session.with.value, session.username, session.address, to_ms(session.since)});
  }));
}

std::vector<session_listed> sessions_told(const json& answer) {
  std::vector<session_listed> all;
  for (const auto& row : answer.at("rows"))
    all.push_back({user_id{row.at(0).get<int64_t>()}, connection_id{row.at(1).get<int64_t>()},
                   row.at(2).get<std::string>(), row.at(3).get<std::string>(), from_ms(row.at(4).get<int64_t>())});
  return all;
}

std::string in_words(const std::vector<surveyed_salon>& salons) {
  return text_of(salons_as_json(salons));
}

std::vector<surveyed_salon> salons_told(const json& answer) {
  std::vector<surveyed_salon> all;
  for (const auto& row : answer.at("rows"))
    all.push_back({salon_id{row.at(0).get<int64_t>()}, row.at(1).get<std::string>(), row.at(2).get<size_t>(),
                   row.at(3).get<uint64_t>()});
  return all;
}

json in_json(const surveyed& traffic) {
  return {{"connections", traffic.connections},
          {"users", traffic.users},
          {"messages", traffic.messages},
          {"deliveries", traffic.deliveries},
          {"messages_per_second", traffic.messages_a_second},
          {"deliveries_per_second", traffic.deliveries_a_second},
          {"posts_in_flight", traffic.posts_in_flight},
          {"posts_parked", traffic.posts_parked}};
}

std::string in_words(const peer_report& report) {
  auto all = salons_as_json(report.traffic.salons);
  const auto& work = report.database.work;
  all.update(in_json(report.traffic));
  all.update(json{{"answers", report.database.answers},
                  {"trouble", report.database.trouble},
                  {"writes_waiting", work.writes},
                  {"reads_waiting", work.reads},
                  {"commits", work.groups},
                  {"commit_us_total", work.busy_us},
                  {"commit_us_longest", work.longest_us},
                  {"version", report.version},
                  {"uptime_seconds", report.uptime_seconds}});
  return text_of(all);
}

peer_report report_told(const json& answer) {
  peer_report all;
  all.traffic.salons = salons_told(answer);
  all.traffic.connections = in<size_t>(answer, "connections");
  all.traffic.users = in<size_t>(answer, "users");
  all.traffic.messages = in<uint64_t>(answer, "messages");
  all.traffic.deliveries = in<uint64_t>(answer, "deliveries");
  all.traffic.messages_a_second = in<double>(answer, "messages_per_second");
  all.traffic.deliveries_a_second = in<double>(answer, "deliveries_per_second");
  all.traffic.posts_in_flight = in<size_t>(answer, "posts_in_flight");
  all.traffic.posts_parked = in<size_t>(answer, "posts_parked");
  all.database.answers = in<bool>(answer, "answers");
  all.database.trouble = in<std::string>(answer, "trouble");
  all.database.work.writes = in<size_t>(answer, "writes_waiting");
  all.database.work.reads = in<size_t>(answer, "reads_waiting");
  all.database.work.groups = in<uint64_t>(answer, "commits");
  all.database.work.busy_us = in<uint64_t>(answer, "commit_us_total");
  all.database.work.longest_us = in<uint64_t>(answer, "commit_us_longest");
  all.version = in<std::string>(answer, "version");
  all.uptime_seconds = in<int64_t>(answer, "uptime_seconds");
  return all;
}

bool is_cut(const json& answer) {
  return answer.value("cut", false);
}

} // namespace salond
