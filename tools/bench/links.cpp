// What a frame between two nodes costs: two nodes in this process, TLS over loopback, one tells the other so many posts
// of 100 bytes. links_bench [FRAMES] [BYTES] [A TURN]
#include "actors/cluster/links_actor.hpp"
#include "actors/on_io_thread.hpp"
#include "actors/transport/transport_context.hpp"
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <future>
#include <thread>

namespace {

using namespace salond;
using namespace std::chrono_literals;
using cluster::node_id;

struct node_config : caf::actor_system_config {
  node_config() {
    load<caf::io::middleman>();
    set("scheduler.max-threads", size_t{1});
    set("middleman.workers", size_t{0});
    set("middleman.attach-utility-actors", true);
  }
};

/// One node: a loop and a port of its own.
struct node {
  node(const std::string& called, node_id as, const key_pair& authority) : name(called), run(as) {
    shared = std::make_shared<transport_context>(transport_limits{}, nullptr, "refused");
    shared->tls.replace(make_tls_settings(issue({peer_kind::node, name}, authority), {}));
    cluster::link_events on;
    on.up = [this](node_id) { up = true; };
    on.down = [this](node_id, const std::string& why) {
      up = false;
      std::fprintf(stderr, "down: %s\n", why.c_str());
    };
    on.alive = [](node_id, std::optional<bool>) {};
    on.told = [this](node_id, cluster::frame_body& body) { heard += static_cast<int64_t>(texts_in(body)); };
    on.gone = on.unknown = [](node_id) {};
    on.knows_gone = [](node_id) { return false; };
    on.beats = [] { return true; };
    all = std::make_shared<cluster::links>(loop(), shared, name, on);
    const auto at = listen_at_all(addresses_of("127.0.0.1", 0));
    port = at.at(0).address.port();
    actor = spawn_on_io_thread(system, links, all, at);
    caf::anon_send(actor, begin_links{run});
  }
  caf::io::network::default_multiplexer& loop() {
    return dynamic_cast<caf::io::network::default_multiplexer&>(system.middleman().backend());
  }
  cluster::link_peer address() const { return {run, name, "127.0.0.1", port}; }

  std::string name;
  node_id run;
  node_config config;
  caf::actor_system system{config};
  std::shared_ptr<transport_context> shared;
  std::shared_ptr<cluster::links> all;
  links_actor actor;
  uint16_t port = 0;
  std::atomic<bool> up{false};
  std::atomic<int64_t> heard{0};
};

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void wait_for(const std::function<bool()>& fact) {
  while (!fact())
    std::this_thread::sleep_for(100us);
}

/// Tells so many in one turn of the loop, and waits for that.
void tell(node& from, node_id to, int64_t count, const cluster::post& post) {
  std::promise<void> done;
  from.loop().post([&] {
    for (int64_t i = 0; i < count; ++i)
      from.all->send(to, post);
    done.set_value();
  });
  done.get_future().wait();
}

} // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int at, int64_t otherwise) { return argc > at ? std::atoll(argv[at]) : otherwise; };
  const int64_t frames = argument(1, 500'000), bytes = argument(2, 100), a_turn = argument(3, 100);
  const auto authority = make_authority();
  node a{"a", {1}, authority}, b{"b", {2}, authority};
  for (auto* end : {&a, &b})
    caf::anon_send(end->actor, know_peers{{a.address(), b.address()}});
  wait_for([&] { return a.up && b.up; });
  const cluster::post post{{1}, {1}, {1}, {}, {1}, std::string(static_cast<size_t>(bytes), 'x')};
  const auto cpu = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  for (int64_t sent = 0; sent < frames; sent += a_turn) {
    tell(a, {2}, a_turn, post);
    wait_for([&] { return sent - b.heard < 20'000; });
  }
  wait_for([&] { return b.heard >= frames; });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("%lld frames of %lld bytes, %lld a turn: %.0f a second, %.2f us of CPU a frame (both ends)\n",
              static_cast<long long>(frames), static_cast<long long>(bytes), static_cast<long long>(a_turn),
              static_cast<double>(frames) / took.count(), 1e6 * (cpu_seconds() - cpu) / static_cast<double>(frames));
  std::fflush(stdout);
  std::_Exit(0); // taking the systems apart is not what is measured
}
