#include "tests/actors/links/links_fixture.hpp"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace links_tests {

frame_body text(const std::string& content) {
  return cluster::private_message{{1}, {1}, {1}, content, {}};
}

node_config::node_config() {
  salond::support::set_up_io(*this);
}

node::node(std::string called, node_id as, const bundle& own, transport_limits limits)
    : name(std::move(called)), run(as) {
  const auto log = [this](const transport_fact& fact) {
    const std::lock_guard lock{guard_};
    lines_.push_back(std::string(fact.text) + " who=" + fact.who + " why=" + fact.why + ";");
  };
  shared = std::make_shared<transport_context>(limits, log, "cluster connections refused");
  shared->tls.replace(make_tls_settings(own, {}));
  all = std::make_shared<cluster::links>(loop(), shared, name, events());
  const auto at = listen_at_all(addresses_of("127.0.0.1", 0));
  port = at.at(0).address.port();
  actor_ = spawn_on_io_thread(system_, links, all, at);
  caf::anon_send(actor_, begin_links{run});
}

node::~node() {
  caf::scoped_actor self{system_, true};
  self->request(actor_, 10s, end_links{"it stops"})
      .receive([](const links_ended&) {}, [](const caf::error&) { ADD_FAILURE() << "the links do not end"; });
  shared->log.silence();
  on_loop([this] { all.reset(); });
  actor_ = nullptr;
}

cluster::link_events node::events() {
  cluster::link_events on;
  on.up = [this](node_id peer) {
    const std::lock_guard lock{guard_};
    happened_ += "up " + std::to_string(peer.value) + "; ";
  };
  on.down = [this](node_id peer, const std::string& why) {
    const std::lock_guard lock{guard_};
    happened_ += "down " + std::to_string(peer.value) + ' ' + why + "; ";
  };
  on.alive = [this](node_id, std::optional<bool>) { ++alive; };
  on.told = [this](node_id, frame_body& body) {
    ++frames;
    if (!keeps_texts)
      return;
    const std::lock_guard lock{guard_};
    told_.push_back(std::get<cluster::private_message>(body).text);
  };
  on.gone = [this](node_id which) { told_gone = which.value; };
  on.unknown = [this](node_id which) { unknown_run = which.value; };
  on.knows_gone = [this](node_id which) { return which.value == gone_run; };
  on.beats = [this] { return beats.load(); };
  return on;
}

caf::io::network::default_multiplexer& node::loop() {
  return dynamic_cast<caf::io::network::default_multiplexer&>(system_.middleman().backend());
}

void node::know(std::vector<link_peer> peers) {
  caf::anon_send(actor_, know_peers{std::move(peers)});
}

bool node::send(node_id to, frame_body body) {
  return on_loop([&] { return all->send(to, std::move(body)); });
}

cluster::link_state node::link(node_id with) {
  caf::scoped_actor self{system_, true};
  cluster::link_state found;
  self->request(actor_, 10s, list_links{})
      .receive(
          [&](const links_listed& now) {
            for (const auto& link : now.links)
              if (link.peer == with)
                found = link;
          },
          [](const caf::error&) { ADD_FAILURE() << "the links do not answer"; });
  return found;
}

std::vector<std::string> node::told() const {
  const std::lock_guard lock{guard_};
  return told_;
}

std::string node::happened() const {
  const std::lock_guard lock{guard_};
  return happened_;
}

size_t node::times_logged(const std::string& part) const {
  const std::lock_guard lock{guard_};
  return static_cast<size_t>(
      std::count_if(lines_.begin(), lines_.end(), [&](const auto& line) { return line.find(part) != line.npos; }));
}

bool node::logged(const std::string& part) const {
  return times_logged(part) != 0;
}

void Links::introduce(const std::vector<node*>& all) {
  std::vector<link_peer> rows;
  for (const auto* each : all)
    rows.push_back(each->address());
  for (auto* each : all)
    each->know(rows);
}

bool Links::all_up(const std::vector<node*>& all) {
  return comes_true([&] {
    for (auto* each : all)
      for (auto* other : all)
        if (each != other && !each->up(other->run))
          return false;
    return true;
  });
}

// --- the wire ---

namespace {

sockaddr_in loopback(uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return where;
}

} // namespace

wire::wire(uint16_t to) : to_(to), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  auto here = loopback(0);
  socklen_t size = sizeof here;
  EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&here), sizeof here), 0);
  EXPECT_EQ(::listen(listener_, 64), 0);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size);
  port_ = ntohs(here.sin_port);
  thread_ = std::thread([this] { serve(); });
}

wire::~wire() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
  for (const auto& pair : pairs_)
    for (const auto fd : {pair.dialling, pair.dialled})
      if (fd >= 0)
        ::close(fd);
}

void wire::serve() {
  while (!stopping_) {
    if (const auto asked = asked_.exchange(0); asked != 0)
      for (auto& pair : pairs_) {
        pair.held = true;
        if (asked == 2 && pair.dialling >= 0)
          ::close(std::exchange(pair.dialling, -1));
      }
    std::vector<pollfd> all{{listener_, POLLIN, 0}};
    for (const auto& pair : pairs_)
      for (const auto fd : {pair.dialling, pair.dialled})
        all.push_back({pair.held ? -1 : fd, POLLIN, 0});
    ::poll(all.data(), all.size(), 5);
    for (size_t i = 0; i < pairs_.size(); ++i) {
      auto& one = pairs_[i];
      if (all[2 * i + 1].revents != 0)
        pass(one, one.dialling, one.dialled);
      if (!one.held && all[2 * i + 2].revents != 0)
        pass(one, one.dialled, one.dialling);
    }
    if (all[0].revents != 0)
      accept();
  }
}

void wire::accept() {
  const int dialling = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  const int dialled = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto there = loopback(to_);
  if (::connect(dialled, reinterpret_cast<const sockaddr*>(&there), sizeof there) != 0) {
    ::close(dialling);
    ::close(dialled);
    return;
  }
  ++connections_;
  pairs_.push_back({dialling, dialled, holds_new});
}

void wire::pass(pair& both, int from, int to) {
  char buffer[65536];
  const auto count = ::recv(from, buffer, sizeof buffer, MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN)
    return;
  for (ssize_t sent = 0; sent < count;) {
    const auto next = ::send(to, buffer + sent, static_cast<size_t>(count - sent), MSG_NOSIGNAL);
    if (next <= 0)
      break;
    sent += next;
  }
  if (count > 0)
    return;
  ::close(std::exchange(both.dialling, -1));
  ::close(std::exchange(both.dialled, -1));
  both.held = true;
}

} // namespace links_tests
