#include "tests/cluster/findings.hpp"
#include <algorithm>
#include <cstdio>

namespace salond::faults {

std::optional<int64_t> message::known_us() const {
  auto first = answered_us;
  for (const auto& one : seen)
    first = std::min(first.value_or(one.at_us), one.at_us);
  return first;
}

history::history(const std::vector<event>& record) {
  std::map<std::string, std::map<int64_t, std::string>> by_place;
  for (const auto& one : record) {
    if (one.what != kind::stored && one.what != kind::kept)
      end_us = std::max(end_us, one.at_us);
    if (one.what == kind::post || one.what == kind::private_) {
      auto& made = messages[one.text];
      made.is_private = one.what == kind::private_;
      made.author = one.client;
      made.where = one.where;
      made.connection = one.connection;
      made.sent_us = one.at_us;
    }
    if (one.what == kind::stored)
      by_place[one.where][one.number] = one.text;
  }
  for (auto& [salon, rows_of_it] : by_place)
    for (auto& [number, text] : rows_of_it) {
      place_of[text] = rows[salon].size();
      rows[salon].push_back(text);
    }
  for (const auto& one : record)
    take(one);
}

void history::take(const event& one) {
  if (one.what == kind::kicked || one.what == kind::unkicked)
    kicks.push_back(one);
  else if (one.what != kind::down && one.what != kind::up && one.what != kind::stored && one.what != kind::kept)
    take_connection(one);
  take_text(one);
}

void history::take_connection(const event& one) {
  auto& its = connections[one.connection];
  if (one.what == kind::in) {
    its.client = one.client;
    its.node = one.node;
    its.asked_us = one.number;
    its.in_us = one.at_us;
  }
  if (one.what == kind::out) {
    its.out_us = one.at_us;
    its.end = one.text;
  }
  its.events.push_back(&one);
}

void history::take_text(const event& one) {
  switch (one.what) {
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
  const auto found = messages.find(one.text);
  if (found == messages.end())
    return strange.push_back(one);
  auto& its = found->second;
  if (one.what == kind::refused)
    its.refused_us = one.at_us;
  else if (one.what == kind::stored || one.what == kind::kept)
    its.rows.push_back(one.number);
  else if (one.what != kind::sent)
    its.seen.push_back({one.connection, one.at_us, one.what != kind::past});
  if (one.what == kind::sent || (one.what == kind::shown && one.connection == its.connection))
    its.answered_us = std::min(its.answered_us.value_or(one.at_us), one.at_us);
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
