#include "tests/cluster/findings.hpp"
#include <algorithm>
#include <cstdio>

namespace salond::faults {

std::optional<int64_t> message::known_us() const {
  auto first = answered_us;
  for (const auto& each : seen)
    first = std::min(first.value_or(each.at_us), each.at_us);
  return first;
}

history::history(const std::vector<event>& record) {
  std::map<std::string, std::map<int64_t, std::string>> by_place;
  for (const auto& each : record) {
    if (each.type != kind::stored && each.type != kind::kept)
      end_us = std::max(end_us, each.at_us);
    if (each.type == kind::post || each.type == kind::private_) {
      auto& made = messages[each.text];
      made.is_private = each.type == kind::private_;
      made.author = each.client;
      made.where = each.where;
      made.connection = each.connection;
      made.sent_us = each.at_us;
    }
    if (each.type == kind::stored)
      by_place[each.where][each.number] = each.text;
  }
  for (auto& [salon, rows_of_it] : by_place)
    for (auto& [number, text] : rows_of_it) {
      place_of[text] = rows[salon].size();
      rows[salon].push_back(text);
    }
  for (const auto& each : record)
    take(each);
}

void history::take(const event& event) {
  if (event.type == kind::kicked || event.type == kind::unkicked)
    kicks.push_back(event);
  else if (event.type != kind::down && event.type != kind::up && event.type != kind::stored && event.type != kind::kept)
    take_connection(event);
  take_text(event);
}

void history::take_connection(const event& event) {
  auto& its = connections[event.connection];
  if (event.type == kind::in) {
    its.client = event.client;
    its.node = event.node;
    its.asked_us = event.number;
    its.in_us = event.at_us;
  }
  if (event.type == kind::out) {
    its.out_us = event.at_us;
    its.end = event.text;
  }
  its.events.push_back(&event);
}

void history::take_text(const event& event) {
  switch (event.type) {
  case kind::in:
  case kind::joined:
  case kind::left:
  case kind::post:
  case kind::private_:
  case kind::out:
  case kind::kicked:
  case kind::unkicked:
  case kind::down:
  case kind::up: return;
  case kind::sent:
  case kind::refused:
  case kind::shown:
  case kind::past:
  case kind::told:
  case kind::stored:
  case kind::kept: break;
  }
  const auto found = messages.find(event.text);
  if (found == messages.end())
    return strange.push_back(event);
  auto& its = found->second;
  if (event.type == kind::refused)
    its.refused_us = event.at_us;
  else if (event.type == kind::stored || event.type == kind::kept)
    its.rows.push_back(event.number);
  else if (event.type != kind::sent)
    its.seen.push_back({event.connection, event.at_us, event.type != kind::past});
  if (event.type == kind::sent || (event.type == kind::shown && event.connection == its.connection))
    its.answered_us = std::min(its.answered_us.value_or(event.at_us), event.at_us);
}

void findings::add(broken promise, const std::string& text) {
  constexpr size_t most = 1000;
  if (all.size() < most)
    all.push_back({promise, text});
}

std::string findings::who(int64_t connection) const {
  const auto found = known.connections.find(connection);
  const auto name = found == known.connections.end() ? "somebody" : found->second.client + " on " + found->second.node;
  return name + ", connection " + std::to_string(connection);
}

std::string seconds_of(int64_t us) {
  char spelled[32];
  std::snprintf(spelled, sizeof spelled, "%.3f s", static_cast<double>(us) / 1e6);
  return spelled;
}

int64_t us_of(double seconds) {
  return static_cast<int64_t>(seconds * 1e6);
}

} // namespace salond::faults
