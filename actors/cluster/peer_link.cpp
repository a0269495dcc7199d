#include "actors/cluster/peer_link.hpp"
#include <utility>

namespace salond::cluster {
namespace {

// Texts of a peer that go into the log: no longer than this.
constexpr size_t max_said = 300;
// Posts that go as one frame.
constexpr size_t max_held = 1000;

bool overflows(link_queue::outcome outcome) {
  return outcome != link_queue::outcome::queued;
}

} // namespace

link_counts peer_link::counts() const {
  auto now = counts_;
  now.unsent_bytes = queue_.bytes() + held_bytes_;
  if (!up())
    now.round_trip_ms.reset();
  return now;
}

/// The session is that of the connection, so a frame need not name it.
heading peer_link::heading_of(int64_t number) const {
  auto head = rule_.control();
  std::swap(head.from, head.to);
  head.number = number;
  return head;
}

void peer_link::greet() {
  const auto head = rule_.dial();
  drop_all();
  queue_.add_first(hello{head.from, head.to, head.session, {}, SALOND_VERSION});
}

const char* peer_link::welcome_of(const hello& said, instant now) {
  if (dials())
    return "this node dials the other, and not the reverse";
  if (!rule_.hear_hello({said.from, said.to, said.session, 0}, now))
    return "an older session";
  drop_all();
  counts_.round_trip_ms.reset();
  awaits_pong_ = false;
  queue_.add_first(welcome{said.session, {}, SALOND_VERSION});
  return nullptr;
}

peer_link::sent peer_link::send(frame_body body) {
  if (!up())
    return sent::not_up;
  if (auto* next = std::get_if<post>(&body)) {
    held_bytes_ += next->text.size();
    held_.all.push_back(std::move(*next));
    return held_bytes_ < link_queue::write_bytes && held_.all.size() < max_held ? sent::queued : finish_turn();
  }
  const auto before = finish_turn();
  return before == sent::queued ? add(std::move(body)) : before;
}

peer_link::sent peer_link::finish_turn() {
  held_bytes_ = 0;
  auto some = std::exchange(held_, {});
  if (some.all.empty())
    return sent::queued;
  if (some.all.size() == 1)
    return add(std::move(some.all.front()));
  return add(std::move(some));
}

peer_link::sent peer_link::add(frame_body body) {
  const auto texts = texts_in(body);
  const auto asks = std::holds_alternative<attach>(body);
  const auto outcome = queue_.add({rule_.next().number, std::move(body)});
  if (outcome != link_queue::outcome::queued) {
    ++counts_.drops;
    why_ = outcome == link_queue::outcome::overflow ? "it takes less than it is sent: what waited was dropped"
                                                    : "a frame that is too long was dropped";
    end();
    return sent::over;
  }
  ++counts_.frames_out;
  counts_.messages_out += texts;
  counts_.catch_ups += asks ? 1 : 0;
  return sent::queued;
}

peer_link::heard peer_link::hear(const frame& incoming, instant now) {
  using kind = heard::meaning;
  if (const auto* said = std::get_if<welcome>(&incoming.body))
    return hear_welcome(*said, now);
  if (const auto* said = std::get_if<farewell>(&incoming.body)) {
    rule_.hear_farewell(heading_of(0));
    return over(said->why.substr(0, max_said));
  }
  if (std::holds_alternative<gone>(incoming.body))
    return {kind::gone, false};
  if (const auto* said = std::get_if<ping>(&incoming.body))
    return hear_ping(*said, now);
  if (const auto* said = std::get_if<pong>(&incoming.body)) {
    if (up() && said->token == token_ && std::exchange(awaits_pong_, false))
      counts_.round_trip_ms = std::chrono::duration<double, std::milli>(now - asked_).count();
    return {};
  }
  if (std::holds_alternative<hello>(incoming.body))
    return over("a second hello");
  return rule_.takes(heading_of(incoming.number)) ? heard{kind::told, false} : heard{};
}

void peer_link::hear_unknown(int64_t number) {
  if (number != 0)
    rule_.takes(heading_of(number));
}

peer_link::heard peer_link::hear_welcome(const welcome& said, instant now) {
  if (auto why = why_not_spoken(said.speaks, said.program); !why.empty())
    return over(std::move(why));
  auto head = heading_of(0);
  head.session = said.session;
  if (!rule_.hear_welcome(head, now))
    return over("a welcome of another session");
  return {heard::meaning::up, false};
}

peer_link::heard peer_link::hear_ping(const ping& said, instant now) {
  switch (rule_.hear_ping(heading_of(0), said.sent, now)) {
  case rules::cluster::link::ping::stale: return {};
  case rules::cluster::link::ping::missing: return over("a frame is missing");
  case rules::cluster::link::ping::fine: break;
  }
  if (overflows(queue_.add_first(pong{said.token})))
    return over("it does not read its answers");
  return {heard::meaning::alive, said.beats};
}

const char* peer_link::ping_now(bool beats, instant now) {
  if (silent(now))
    return "silent";
  const auto measures = !std::exchange(awaits_pong_, true);
  if (measures) {
    asked_ = now;
    ++token_;
  }
  const ping beat{queue_.written(), beats, measures ? token_ : 0};
  return overflows(queue_.add_first(beat)) ? "it does not read its pings" : nullptr;
}

peer_link::heard peer_link::over(std::string why) {
  why_ = std::move(why);
  end();
  return {heard::meaning::over, false};
}

void peer_link::end() {
  rule_.end();
  drop_all();
  awaits_pong_ = false;
}

void peer_link::drop_all() {
  queue_.clear();
  held_ = {};
  held_bytes_ = 0;
}

std::string why_not_spoken(const spoken_versions& theirs, const std::string& program, const spoken_versions& ours) {
  const auto it = "it is salond " + program.substr(0, max_said) + ", this is " SALOND_VERSION "; ";
  if (theirs.newest < ours.oldest)
    return it + "it is too old to be of one cluster with this: upgrade it";
  if (theirs.oldest > ours.newest)
    return it + "it is too new to be of one cluster with this: upgrade this one";
  return {};
}

} // namespace salond::cluster
