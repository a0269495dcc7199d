#include "actors/rules/cluster/link.hpp"
#include <algorithm>

namespace salond::rules::cluster {

heading link::dial() {
  end();
  ++session_;
  return control();
}

bool link::hear_hello(const heading& head, instant now) {
  if (dials_ || head.from != peer_ || head.to != self_ || head.session <= session_)
    return false;
  begin(head.session, now);
  return true;
}

bool link::hear_welcome(const heading& head, instant now) {
  if (!dials_ || up_ || !ours(head))
    return false;
  begin(session_, now);
  return true;
}

void link::begin(int64_t session, instant now) {
  session_ = session;
  up_ = true;
  sent_ = heard_up_to_ = 0;
  beyond_.clear();
  heard_ = now;
}

bool link::takes(const heading& head) {
  if (!up_ || !ours(head) || head.number <= heard_up_to_)
    return false;
  if (head.number != heard_up_to_ + 1) {
    if (std::find(beyond_.begin(), beyond_.end(), head.number) != beyond_.end())
      return false;
    beyond_.push_back(head.number);
    return true;
  }
  ++heard_up_to_;
  const auto next = [this] { return std::find(beyond_.begin(), beyond_.end(), heard_up_to_ + 1); };
  for (auto found = next(); found != beyond_.end(); found = next()) { // few, if any: they last until the next ping
    beyond_.erase(found);
    ++heard_up_to_;
  }
  return true;
}

link::ping link::hear_ping(const heading& head, int64_t sent, instant now) {
  if (!up_ || !ours(head))
    return ping::stale;
  heard_ = now;
  return heard_up_to_ >= sent ? ping::fine : ping::missing;
}

bool link::hear_farewell(const heading& head) {
  if (!up_ || !ours(head))
    return false;
  end();
  return true;
}

void link::end() {
  up_ = false;
  beyond_.clear();
}

} // namespace salond::rules::cluster
