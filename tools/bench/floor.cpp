// The floor: the least that a server can do to hand lines on over TCP, spoken to in the text protocol. One thread,
// epoll, no rights, no limits, nothing stored. All that one turn of the loop has for a client goes out in one write.
// Prints `ready tcp://127.0.0.1:PORT`. `u<i>` is in Général and in `salon<i/10+1>`.
#include "tools/bench/prefill.hpp"
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

struct peer {
  int socket = -1;
  std::string name, in, out;
  bool queued = false, blocked = false;
};

class server {
public:
  server() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {}
  bool open();
  [[noreturn]] void run();

private:
  void watch(peer& who, int operation, uint32_t events) const;
  void accept_all();
  void read(peer& who);
  void take_line(peer& who, std::string_view line);
  void log_in(peer& who, std::string_view line);
  void queue(peer& who, std::string_view text);
  void flush(peer& who);
  void drop(peer& who);

  int epoll_, listener_;
  std::map<peer*, std::unique_ptr<peer>> peers_;
  std::map<std::string, peer*, std::less<>> names_;
  std::map<std::string, std::vector<peer*>, std::less<>> salons_;
  std::vector<peer*> queued_, dropped_;
};

bool server::open() {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  auto* address = reinterpret_cast<sockaddr*>(&at);
  if (::bind(listener_, address, size) != 0 || ::listen(listener_, 4096) != 0
      || ::getsockname(listener_, address, &size) != 0)
    return false;
  epoll_event event{};
  event.events = EPOLLIN;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event);
  std::printf("ready tcp://127.0.0.1:%d\n", ntohs(at.sin_port));
  return std::fflush(stdout) == 0;
}

void server::watch(peer& who, int operation, uint32_t events) const {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &who;
  ::epoll_ctl(epoll_, operation, who.socket, &event);
}

void server::accept_all() {
  const int on = 1;
  for (int socket; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto made = std::make_unique<peer>();
    made->socket = socket;
    watch(*made, EPOLL_CTL_ADD, EPOLLIN);
    peers_[made.get()] = std::move(made);
  }
}

void server::drop(peer& who) {
  if (who.socket < 0)
    return;
  ::close(who.socket);
  who.socket = -1;
  names_.erase(who.name);
  dropped_.push_back(&who);
}

void server::queue(peer& who, std::string_view text) {
  who.out += text;
  if (!std::exchange(who.queued, true))
    queued_.push_back(&who);
}

void server::flush(peer& who) {
  if (who.socket < 0 || who.out.empty())
    return;
  const auto sent = ::send(who.socket, who.out.data(), who.out.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN)
    return drop(who);
  if (sent > 0)
    who.out.erase(0, static_cast<size_t>(sent));
  if (who.out.size() > (64u << 20))
    return drop(who);
  if (who.blocked == who.out.empty()) {
    who.blocked = !who.out.empty();
    watch(who, EPOLL_CTL_MOD, EPOLLIN | (who.blocked ? EPOLLOUT : 0u));
  }
}

void server::log_in(peer& who, std::string_view line) {
  if (line.substr(0, 7) == "RESUME:")
    line.remove_prefix(7);
  who.name = line.substr(0, line.find(':'));
  names_[who.name] = &who;
  const auto number = std::strtoul(who.name.c_str() + 1, nullptr, 10);
  salons_["Général"].push_back(&who);
  salons_["salon" + std::to_string(number / salond::bench::salon_size + 1)].push_back(&who);
  queue(who, "CONNECTED\n[]\n[]\n");
}

void server::take_line(peer& who, std::string_view line) {
  if (who.name.empty())
    return log_in(who, line);
  if (line.substr(0, 5) == "MSG (") {
    const auto end = line.find("):");
    const auto salon = line.substr(5, end - 5);
    const auto found = salons_.find(salon);
    if (end == std::string_view::npos || found == salons_.end())
      return;
    const auto text =
        who.name + " dans le salon " + std::string{salon} + ": " + std::string{line.substr(end + 2)} + "\n";
    for (auto* hearer : found->second)
      queue(*hearer, text);
  } else if (line.substr(0, 8) == "PRIVATE:") {
    const auto end = line.find(':', 8);
    const auto found = names_.find(line.substr(8, end - 8));
    if (end != std::string_view::npos && found != names_.end())
      queue(*found->second, who.name + " (privé): " + std::string{line.substr(end + 1)} + "\n");
  } else if (line == "TOKEN") {
    queue(who, "TOKEN:" + who.name + ":3600\n");
  }
}

void server::read(peer& who) {
  static std::array<char, 1 << 18> bytes;
  const auto got = ::recv(who.socket, bytes.data(), bytes.size(), 0);
  if (got < 0 && errno == EAGAIN)
    return;
  if (got <= 0)
    return drop(who);
  who.in.append(bytes.data(), static_cast<size_t>(got));
  size_t taken = 0;
  for (size_t end; (end = who.in.find('\n', taken)) != std::string::npos; taken = end + 1)
    take_line(who, std::string_view{who.in}.substr(taken, end - taken));
  who.in.erase(0, taken);
}

void server::run() {
  std::array<epoll_event, 512> events;
  for (;;) {
    const auto count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<size_t>(i)];
      auto* who = static_cast<peer*>(event.data.ptr);
      if (!who) {
        accept_all();
        continue;
      }
      if (event.events & EPOLLOUT)
        flush(*who);
      if (who->socket >= 0 && (event.events & ~EPOLLOUT))
        read(*who);
    }
    for (auto* who : queued_) {
      who->queued = false;
      if (!who->blocked)
        flush(*who);
    }
    queued_.clear();
    if (dropped_.empty())
      continue;
    for (auto& [name, hearers] : salons_) {
      size_t kept = 0;
      for (auto* hearer : hearers)
        if (hearer->socket >= 0)
          hearers[kept++] = hearer;
      hearers.resize(kept);
    }
    for (auto* who : dropped_)
      peers_.erase(who);
    dropped_.clear();
  }
}

} // namespace

int main() {
  std::signal(SIGPIPE, SIG_IGN);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  server floor;
  if (!floor.open()) {
    std::perror("floor");
    return 1;
  }
  floor.run();
}
