// Two ends and the wire between them: actor systems with our transport, over real sockets of this machine.
#pragma once
#include "actors/transport/transport.hpp"
#include "tests/actors/transport/raw_peer.hpp"
#include "tests/support/loopback.hpp"
#include <atomic>
#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace transport_tests {

/// What an operator asks.
struct question {
  std::string text;
};
/// Asks to be told things from now on.
struct listen {
  uint32_t count = 0;
  std::string text; ///< what is told, so often
};
/// What a listener is told.
struct told {
  std::string text;
};
/// A message that no operator may send.
struct secret {
  std::string text;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, question& x) {
  return f(caf::meta::type_name("question"), x.text);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, listen& x) {
  return f(caf::meta::type_name("listen"), x.count, x.text);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, told& x) {
  return f(caf::meta::type_name("told"), x.text);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, secret& x) {
  return f(caf::meta::type_name("secret"), x.text);
}

/// Answers a question with who asked it, from where, and the question.
using admin_actor =
    caf::typed_actor<caf::replies_to<question>::with<std::string>, caf::reacts_to<listen>, caf::reacts_to<secret>>;
/// Whoever asked to be told things.
using listener_actor = caf::typed_actor<caf::reacts_to<told>>;
using other_actor = caf::typed_actor<caf::replies_to<secret>::with<std::string>>;

} // namespace transport_tests

CAF_BEGIN_TYPE_ID_BLOCK(transport_tests, first_custom_type_id)
CAF_ADD_TYPE_ID(transport_tests, (transport_tests::question))
CAF_ADD_TYPE_ID(transport_tests, (transport_tests::listen))
CAF_ADD_TYPE_ID(transport_tests, (transport_tests::told))
CAF_ADD_TYPE_ID(transport_tests, (transport_tests::secret))
CAF_END_TYPE_ID_BLOCK(transport_tests)

namespace transport_tests {

using namespace std::chrono_literals; // NOLINT: tests are read more than they are included
using salond::bundle;
using salond::identity;
using salond::peer_kind;
using salond::validity;

using salond::support::comes_true;
using salond::support::open_descriptors;

struct test_config : caf::actor_system_config {
  explicit test_config(std::chrono::milliseconds heartbeat);
};

/// One process, as it were.
struct end {
  explicit end(const bundle& own, salond::transport_limits limits = {}, std::set<std::string> revoked = {},
               std::chrono::milliseconds heartbeat = 0ms); ///< none: CAF's brokers leak with them, at times

  /// True when a line with this in it has been logged.
  bool logged(const std::string& part);

  test_config config;
  std::mutex guard;
  std::vector<std::string> lines;
  caf::actor_system system{config};
  salond::transport net;
};

/// What the server's actors have seen.
struct sightings {
  std::atomic<int> questions{0}, secrets{0}, strangers{0};
};

class Transport : public testing::Test {
protected:
  void TearDown() override { stop(); }

  bundle issue(peer_kind kind, const std::string& name, const validity& when = {}) const;
  static std::string serial(const bundle& x);

  /// Starts the server with an admin actor for operators, and another actor for nobody.
  void serve(salond::transport_limits limits = {}, std::set<std::string> revoked = {});
  void stop();

  /// Who may be the server, for dial().
  static salond::port_rules a_server();

  /// Connects `tool` to the server.
  std::variant<admin_actor, salond::dial_failure> dial(end& tool) const;
  /// The same, when it must work.
  admin_actor reach(end& tool) const;
  /// Asks and gives the answer, or "error: …".
  static std::string ask(end& tool, const admin_actor& whom, const std::string& text,
                         std::chrono::milliseconds patience = 5s);
  /// How a dial that must fail ends: "KIND text".
  std::string failure_of(const bundle& own) const;

  /// A peer whose handshakes of TLS and BASP are done, by hand. `host`: what its node id is made of.
  support::raw_peer insider(const bundle& own, char host);
  std::string node_of(char host) const;

  std::chrono::milliseconds heartbeat{0}; ///< of the server; set before serve()
  salond::key_pair authority = salond::make_authority();
  bundle server_bundle = issue(peer_kind::node, "salond");
  bundle zoe = issue(peer_kind::administrator, "zoe");
  std::unique_ptr<end> server;
  sightings seen;
  admin_actor admin;
  other_actor other;
  uint16_t port = 0;
  std::string server_node; ///< as on the wire; insider() finds it out
};

} // namespace transport_tests
