#include "actors/transport/bindings.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

using std::chrono::seconds;
const bindings::time_point noon{};

caf::node_id node(uint8_t n) {
  caf::node_id::default_data::host_id_type host{};
  host.fill(n);
  return caf::make_node_id(n, host);
}

peer person(const std::string& name, peer_kind kind = peer_kind::administrator) {
  return {{{kind, name}, "0A", 0, 0}, "127.0.0.1"};
}

} // namespace

TEST(Bindings, KnowsWhoALiveNodeIs) {
  bindings all;

  EXPECT_FALSE(all.who(node(1)));
  ASSERT_TRUE(all.bind(node(1), person("zoe"), 9, noon));

  ASSERT_TRUE(all.who(node(1)));
  EXPECT_EQ(all.who(node(1))->who().name, "zoe");
  EXPECT_EQ(all.who(node(1))->address, "127.0.0.1");
  EXPECT_FALSE(all.who(node(2)));
}

TEST(Bindings, ForgetsANodeWithItsLastConnection) {
  bindings all;
  ASSERT_TRUE(all.bind(node(1), person("zoe"), 9, noon));
  ASSERT_TRUE(all.bind(node(1), person("zoe"), 9, noon));

  all.unbind(node(1), noon);
  EXPECT_TRUE(all.who(node(1)));
  all.unbind(node(1), noon);
  EXPECT_FALSE(all.who(node(1)));
}

TEST(Bindings, RefusesANodeIdOfAnotherPersonUntilAMinuteAfter) {
  bindings all;
  ASSERT_TRUE(all.bind(node(1), person("zoe"), 9, noon));
  EXPECT_FALSE(all.bind(node(1), person("paul"), 9, noon));
  EXPECT_FALSE(all.bind(node(1), person("zoe", peer_kind::moderator), 9, noon));

  all.unbind(node(1), noon);

  EXPECT_FALSE(all.bind(node(1), person("paul"), 9, noon + seconds{60}));
  EXPECT_TRUE(all.bind(node(1), person("paul"), 9, noon + seconds{61}));
}

TEST(Bindings, CountsTheMinuteFromTheLastConnection) {
  bindings all;
  ASSERT_TRUE(all.bind(node(1), person("zoe"), 9, noon));
  all.unbind(node(1), noon);
  ASSERT_TRUE(all.bind(node(1), person("zoe"), 9, noon + seconds{30}));
  all.unbind(node(1), noon + seconds{50});

  EXPECT_FALSE(all.bind(node(1), person("paul"), 9, noon + seconds{100}));
  EXPECT_TRUE(all.bind(node(1), person("paul"), 9, noon + seconds{111}));
}

TEST(Bindings, KeepsALiveNodeHoweverOldItsFirstConnectionIs) {
  bindings all;
  ASSERT_TRUE(all.bind(node(1), person("zoe"), 9, noon));
  all.unbind(node(1), noon);
  ASSERT_TRUE(all.bind(node(1), person("zoe"), 9, noon + seconds{1}));

  ASSERT_TRUE(all.bind(node(2), person("paul"), 9, noon + seconds{1000}));

  EXPECT_TRUE(all.who(node(1)));
}

TEST(Bindings, BoundsTheConnectionsOfAPersonOverAllTheirNodes) {
  bindings all;
  ASSERT_TRUE(all.bind(node(1), person("zoe"), 2, noon));
  ASSERT_TRUE(all.bind(node(2), person("zoe"), 2, noon));

  EXPECT_FALSE(all.bind(node(3), person("zoe"), 2, noon));
  EXPECT_FALSE(all.bind(node(1), person("zoe"), 2, noon));
  EXPECT_TRUE(all.bind(node(4), person("paul"), 2, noon));

  all.unbind(node(1), noon);
  EXPECT_TRUE(all.bind(node(3), person("zoe"), 2, noon));
}

} // namespace salond
