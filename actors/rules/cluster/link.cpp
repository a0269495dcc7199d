#include "actors/rules/cluster/link.hpp"
#include <algorithm>

namespace salond::rules::cluster {

heading link::dial() {
  end();
  ++session_;
  return control();
}

bool link::hear_hello(const heading& what, instant now) {
  if (dials_ || what.from != peer_ || what.to != self_ || what.session <= session_)
    return false;
  begin(what.session, now);
  return true;
}

bool link::hear_welcome(const heading& what, instant now) {
  if (!dials_ || up_ || !ours(what))
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

bool link::takes(const heading& what) {
  if (!up_ || !ours(what) || what.number <= heard_up_to_)
    return false;
  if (what.number != heard_up_to_ + 1) {
    if (std::find(beyond_.begin(), beyond_.end(), what.number) != beyond_.end())
      return false;
    beyond_.push_back(what.number);
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

link::ping link::hear_ping(const heading& what, int64_t sent, instant now) {
  if (!up_ || !ours(what))
    return ping::stale;
  heard_ = now;
  return heard_up_to_ >= sent ? ping::fine : ping::missing;
}

bool link::hear_farewell(const heading& what) {
  if (!up_ || !ours(what))
    return false;
  end();
  return true;
}

void link::end() {
  up_ = false;
  beyond_.clear();
}

} // namespace salond::rules::cluster
