#include "actors/cluster/links.hpp"
#include <algorithm>
#include <utility>

namespace salond::cluster {
namespace {

using namespace std::chrono_literals;

constexpr auto ping_every = 1s;
constexpr auto replaced = "a newer connection took its place";

std::string spelled(const frame_body& body) {
  std::string bytes;
  append_frame(bytes, {0, body});
  return bytes;
}

} // namespace

links::links(caf::io::network::default_multiplexer& loop, std::shared_ptr<transport_context> shared, std::string name,
             link_events events)
    : loop_(loop), context_(std::move(shared)), name_(std::move(name)), events_(std::move(events)), lookup_(loop),
      alive_(std::make_shared<links*>(this)), chance_(std::random_device{}()) {
  port_rules rules;
  rules.kinds = {peer_kind::node};
  any_node_ = std::make_shared<const port_rules>(std::move(rules));
}

links::~links() {
  close("it ends");
}

void links::begin(node_id self) {
  self_ = self;
  while (!peers_.empty())
    remove(peers_.begin()->first, "it is another run now");
}

links::peer* links::find(node_id which) {
  const auto found = peers_.find(which);
  return found == peers_.end() ? nullptr : &found->second;
}

void links::know(const std::vector<link_peer>& peers) {
  std::vector<node_id> over;
  for (const auto& [run, known] : peers_)
    if (std::none_of(peers.begin(), peers.end(), [id = run](const auto& peer) { return peer.run == id; }))
      over.push_back(run);
  for (const auto which : over)
    remove(which, "it is no node of this cluster any more");
  for (const auto& row : peers) {
    if (row.run == self_ || self_.value == 0)
      continue;
    if (auto* known = find(row.run))
      known->is = row;
    else
      peers_.emplace(row.run, peer{row, {self_, row.run, name_ < row.name}});
  }
}

/// Who is gone is told so: it may be cut off from the store.
void links::remove(node_id which, const std::string& why) {
  auto* whom = find(which);
  end(*whom, why, events_.knows_gone(which) ? spelled(gone{which}) : "");
  peers_.erase(which);
}

void links::tick() {
  const auto now = events_.now();
  for (const auto& door : doors_)
    door->go_on_if_possible();
  if (now - swept_ >= context_->limits.sweep) {
    swept_ = now;
    context_->connections.sweep(context_->tls.get().get());
  }
  const auto pings = now - pinged_ >= ping_every;
  if (pings)
    pinged_ = now;
  for (const auto run : runs()) // what is called may end and remove others
    look_after(run, pings);
}

void links::look_after(node_id run, bool pings) {
  auto* whom = find(run);
  if (!whom)
    return;
  const auto now = events_.now();
  if (whom->link.up() && (pings || whom->link.silent(now))) {
    if (const auto* why = whom->link.ping_now(events_.beats(), now))
      return end(*whom, why);
    return write_soon(*whom);
  }
  if (whom->link.dials() && !whom->socket && !whom->looking_up && now >= whom->next_dial)
    dial(*whom);
}

std::vector<node_id> links::runs() const {
  std::vector<node_id> all;
  for (const auto& [run, whom] : peers_)
    all.push_back(run);
  return all;
}

// --- what comes ---

void links::known(link_socket& who) {
  auto* whom = find(who.peer());
  if (whom && whom->socket == &who)
    whom->link.greet();
}

void links::heard(link_socket& who) {
  const socket_ptr alive{&who};
  using outcome = frame_reader::outcome;
  for (auto next = who.frames().next(); next != outcome::incomplete; next = who.frames().next()) {
    auto* whom = find(who.peer());
    const auto counts = whom && whom->socket == &who;
    if (next == outcome::broken && counts)
      return end(*whom, "no frame: " + who.frames().why());
    if (next == outcome::broken || (next == outcome::unknown && !counts))
      return who.drop("no hello");
    if (next == outcome::unknown)
      whom->link.hear_unknown(who.frames().number());
    else if (counts)
      hear(*whom, who.frames().taken());
    else
      hear_first(who, who.frames().taken());
    if (who.is_left())
      return;
  }
}

/// The first frame of a connection that was accepted.
void links::hear_first(link_socket& who, const frame& said_first) {
  if (std::holds_alternative<farewell>(said_first.body)) // it only tried whether this node is reached
    return who.leave({});
  const auto* said = std::get_if<hello>(&said_first.body);
  if (!said) {
    context_->connections.refused("no hello");
    return who.leave({});
  }
  auto why = why_not(who, *said);
  auto* whom = find(said->from);
  if (why.empty())
    if (const auto* refusal = whom->link.welcome_of(*said, events_.now()))
      why = refusal;
  if (why.empty())
    return take_over(*whom, who, *said);
  context_->connections.refused(why);
  const auto over = self_.value != 0 && said->to == self_ && events_.knows_gone(said->from);
  who.leave((over ? spelled(gone{said->from}) : std::string{}) + spelled(farewell{why}));
}

/// Why that hello is refused; empty: it is not, and its run is one of the peers.
std::string links::why_not(link_socket& who, const hello& said) {
  if (self_.value == 0)
    return "this is no node of the cluster yet";
  if (auto why = why_not_spoken(said.speaks, said.program); !why.empty())
    return why;
  if (said.to != self_)
    return "this is another run of the node";
  if (events_.knows_gone(said.from))
    return "that run is gone";
  const auto* whom = find(said.from);
  if (!whom) {
    events_.unknown(said.from);
    return "that run is not known here yet";
  }
  if (who.certificate().who.name != whom->is.name)
    return "its certificate is that of " + who.certificate().who.name;
  return {};
}

/// A new session: what was listed in the one before is over, and its connection ends unheard.
void links::take_over(peer& whom, link_socket& who, const hello& said) {
  const auto run = said.from;
  const auto old = std::exchange(whom.socket, socket_ptr{&who});
  if (old)
    old->drop(replaced);
  if (std::exchange(whom.told_up, false))
    events_.down(run, replaced);
  who.let_in(run);
  if (auto* still = find(run); still && still->socket == &who)
    now_up(*still);
}

void links::now_up(peer& whom) {
  const auto run = whom.is.run;
  whom.trouble.clear();
  whom.told_up = true;
  log("link up", whom);
  write_soon(whom);
  const socket_ptr counts = whom.socket;
  events_.alive(run, std::nullopt);
  const auto* still = find(run); // whoever was told may have ended it
  if (still && still->told_up && still->socket == counts)
    events_.up(run);
}

void links::hear(peer& whom, frame& told) {
  using kind = peer_link::heard::meaning;
  const auto run = whom.is.run;
  const auto meant = whom.link.hear(told, events_.now());
  switch (meant.kind) {
  case kind::nothing: return;
  case kind::up: return let_in(whom);
  case kind::alive: return now_alive(whom, meant.beats);
  case kind::told: return events_.told(run, told.body);
  case kind::gone: return events_.gone(std::get<gone>(told.body).run);
  case kind::over: return end(whom, whom.link.why());
  }
}

/// Its connection may be over by that: then nobody is told that it is up.
void links::let_in(peer& whom) {
  const auto run = whom.is.run;
  const socket_ptr counts = whom.socket;
  counts->let_in(run);
  if (auto* still = find(run); still && still->socket == counts)
    now_up(*still);
}

/// A link that goes down as soon as it is up is dialled less and less often; this one is none.
void links::now_alive(peer& whom, bool beats) {
  whom.pause = 0ms;
  write_soon(whom); // the pong
  events_.alive(whom.is.run, beats);
}

void links::ended(link_socket& who, const dial_failure& why) {
  auto* whom = find(who.peer());
  if (whom && whom->socket == &who)
    end(*whom, why.text);
}

/// The connection, if there is one, is over; the peer is told why, behind `first`, if it hears it.
void links::end(peer& whom, const std::string& why, const std::string& first) {
  const auto run = whom.is.run;
  const auto was_up = std::exchange(whom.told_up, false);
  const auto socket = std::exchange(whom.socket, nullptr);
  whom.looking_up = false;
  whom.link.end();
  if (was_up) {
    whom.trouble = why;
    log("link down", whom, why);
    pause_dialling(whom);
  } else if (socket) {
    fail_to_dial(whom, why);
  }
  if (socket)
    socket->leave(first + spelled(farewell{why}));
  if (was_up)
    events_.down(run, why);
}

// --- what goes ---

std::string links::next_write(link_socket& who) {
  auto* whom = find(who.peer());
  return whom && whom->socket == &who ? whom->link.queue().take() : std::string{};
}

bool links::send(node_id to, frame_body body) {
  auto* whom = find(to);
  if (!whom)
    return false;
  switch (whom->link.send(std::move(body))) {
  case peer_link::sent::not_up: return false;
  case peer_link::sent::queued: write_soon(*whom); return true;
  case peer_link::sent::over: break;
  }
  end(*whom, whom->link.why());
  return false;
}

void links::tell_gone(node_id run) {
  for (auto& [id, whom] : peers_)
    if (whom.link.up()) {
      whom.link.queue().add_first(gone{run});
      write_soon(whom);
    }
}

void links::write_soon(peer& whom) {
  if (std::exchange(whom.dirty, true))
    return;
  dirty_.push_back(whom.is.run);
  if (dirty_.size() == 1)
    loop_.post([alive = alive_] {
      if (auto* self = *alive)
        self->flush();
    });
}

void links::flush() {
  for (const auto run : std::exchange(dirty_, {}))
    if (auto* whom = find(run)) {
      whom->dirty = false;
      if (whom->link.finish_turn() == peer_link::sent::over) {
        end(*whom, whom->link.why());
        continue;
      }
      if (const auto socket = whom->socket)
        socket->flush();
    }
}

void links::begin_anew(const std::string& why) {
  for (const auto run : runs())
    if (auto* whom = find(run); whom && whom->socket)
      end(*whom, why);
  for (auto& [run, whom] : peers_)
    whom.next_dial = {};
}

void links::close(const std::string& why) {
  if (!std::exchange(*alive_, nullptr))
    return;
  for (const auto& door : std::exchange(doors_, {}))
    door->close();
  while (!peers_.empty())
    remove(peers_.begin()->first, why);
  context_->connections.end_all({dial_fault::lost, why});
}

std::vector<link_state> links::list() const {
  std::vector<link_state> result;
  for (const auto& [run, whom] : peers_) {
    auto counts = whom.link.counts();
    if (whom.socket)
      counts.unsent_bytes += whom.socket->unsent();
    result.push_back({run, whom.is.name, whom.link.up(), counts, whom.link.up() ? std::string{} : whom.trouble});
  }
  return result;
}

void links::log(const char* text, const peer& about, const std::string& why) {
  context_->log({text, to_string(identity{peer_kind::node, about.is.name}),
                 about.socket ? about.socket->from() : about.is.host + ":" + std::to_string(about.is.port), why});
}

} // namespace salond::cluster
