// Who is connected, how many of them there may be, and who has something to write.
#include "actors/fan_out/connection_registry.hpp"
#include "tests/support/witness.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

using support::witness;

class ConnectionRegistry : public testing::Test {
protected:
  void enter(witness& who, const std::string& peer) {
    who.peer = peer;
    connections.enter(who);
  }

  support::text_spelling plain;
  witness zoe{plain}, paul{plain}, max{plain};
  config::limits limits;
  connection_registry connections;
};

TEST_F(ConnectionRegistry, FindsConnectionsByTheirNumbersUntilTheyLeave) {
  enter(zoe, "192.0.2.1");
  enter(paul, "2001:db8:1:2::9");
  EXPECT_NE(zoe.number, paul.number);
  EXPECT_EQ(paul.network, "2001:db8:1:2::/64");
  EXPECT_EQ(connections.find(zoe.number), &zoe);
  EXPECT_EQ(connections.all().size(), 2u);

  EXPECT_TRUE(connections.leave(zoe));
  EXPECT_FALSE(connections.leave(zoe));
  EXPECT_EQ(connections.find(zoe.number), nullptr);
  EXPECT_EQ(connections.size(), 1u);
}

TEST_F(ConnectionRegistry, RefusesMoreThanTheLimitAndThenSaysNothing) {
  limits.connections = 1;
  EXPECT_FALSE(connections.refuses("192.0.2.1", limits));
  enter(zoe, "192.0.2.1");
  EXPECT_EQ(connections.refuses("192.0.2.9", limits), fault::too_many_connections);
  EXPECT_FALSE(connections.overrun(limits));
  limits.connections = 0; // no limit
  EXPECT_FALSE(connections.refuses("192.0.2.9", limits));

  std::vector<std::unique_ptr<witness>> crowd;
  for (size_t i = 0; i < connection_registry::max_refusals_at_once; ++i) {
    crowd.push_back(std::make_unique<witness>(plain));
    enter(*crowd.back(), "192.0.2.2");
  }
  EXPECT_FALSE(connections.overrun(limits));
  limits.connections = 1;
  EXPECT_TRUE(connections.overrun(limits));
  connections.leave(*crowd.front());
  EXPECT_FALSE(connections.overrun(limits));
}

TEST_F(ConnectionRegistry, CountsWhoIsNotLetIn) {
  zoe.refused = true;
  enter(zoe, "192.0.2.1");
  enter(paul, "192.0.2.1");
  EXPECT_EQ(connections.refused(), 1u);

  connections.leave(paul);
  connections.leave(zoe);
  connections.leave(zoe);

  EXPECT_EQ(connections.refused(), 0u);
}

TEST_F(ConnectionRegistry, GivesNoPlaceToWhoIsToldWhyHeIsNotLetIn) {
  limits.connections = 2;
  limits.connections_per_address = 1;
  zoe.refused = true;
  enter(zoe, "192.0.2.1");
  enter(paul, "192.0.2.2");
  EXPECT_FALSE(connections.refuses("192.0.2.1", limits));

  enter(max, "192.0.2.1");
  EXPECT_EQ(connections.refuses("192.0.2.3", limits), fault::too_many_connections);
  connections.leave(zoe);
  EXPECT_EQ(connections.refuses("192.0.2.3", limits), fault::too_many_connections) << "two are in";
  connections.leave(paul);
  EXPECT_EQ(connections.refuses("192.0.2.1", limits), fault::too_many_connections) << "one is in from there";
  EXPECT_FALSE(connections.refuses("192.0.2.3", limits));
}

TEST_F(ConnectionRegistry, CountsNetworksButNotClientsOfAUnixSocket) {
  limits.connections_per_address = 1;
  enter(zoe, "2001:db8:1:2::9");
  enter(paul, "local");
  EXPECT_EQ(connections.refuses("2001:db8:1:2::1", limits), fault::too_many_connections);
  EXPECT_FALSE(connections.refuses("2001:db8:1:3::1", limits));
  EXPECT_FALSE(connections.refuses("local", limits));

  connections.leave(zoe);
  EXPECT_FALSE(connections.refuses("2001:db8:1:2::1", limits));
}

TEST_F(ConnectionRegistry, HasEachWriteOnceATurnThoughAWriteEndsAnother) {
  pending_writes writes;
  EXPECT_TRUE(writes.add(zoe));
  EXPECT_FALSE(writes.add(zoe));
  writes.add(paul);
  writes.add(max);
  max.when_flushed = [&] {
    writes.remove(paul); // it ends
    writes.remove(paul);
    writes.add(max); // and has more to say
    max.when_flushed = nullptr;
  };
  writes.flush();

  EXPECT_EQ(zoe.flushed, 1);
  EXPECT_EQ(paul.flushed, 0);
  EXPECT_EQ(max.flushed, 2);
  EXPECT_TRUE(writes.add(zoe)); // anew
}

} // namespace
} // namespace salond
