// What strangers, operators and nodes that are mistaken say at the cluster's port.
#include "tests/actors/links/links_fixture.hpp"
#include "tests/actors/transport/raw_peer.hpp"

namespace links_tests {
namespace {

using ::support::raw_peer;

std::string spelled(const frame_body& body, int64_t number = 0) {
  std::string bytes;
  EXPECT_TRUE(cluster::append_frame(bytes, {number, body}));
  return bytes;
}

cluster::hello hello_of(int64_t from, int64_t to, int64_t session) {
  return {{from}, {to}, session, {}, "0.1.0"};
}

class LinkAttacks : public Links {
protected:
  void SetUp() override { b->know({{{1}, "a", "127.0.0.1", 1}}); }

  /// Connects with that certificate, says it, and has to be cut off. What was answered.
  std::string closed_after(const bundle& own, const std::string& said) {
    raw_peer raw_peer{b->port};
    raw_peer.shake_hands(&own);
    raw_peer.send(said);
    EXPECT_TRUE(raw_peer.closed()) << said.substr(0, 30);
    return raw_peer.received();
  }
  /// Why the farewell says that it is.
  std::string farewell_after(const bundle& own, const std::string& said) {
    cluster::frame_reader reader;
    reader.feed(closed_after(own, said));
    while (reader.next() == cluster::frame_reader::outcome::taken)
      if (const auto* last = std::get_if<cluster::farewell>(&reader.taken().body))
        return last->why;
    return "no farewell";
  }
  /// A peer that is let in as run 1, by hand.
  std::unique_ptr<raw_peer> insider(const bundle& own, int64_t session) {
    auto one = std::make_unique<raw_peer>(b->port);
    EXPECT_TRUE(one->shake_hands(&own));
    EXPECT_TRUE(one->send(spelled(hello_of(1, 2, session))));
    const auto welcome = spelled(cluster::welcome{session, {}, SALOND_VERSION});
    EXPECT_EQ(one->take(welcome.size()), welcome);
    return one;
  }
  bool refused(const std::string& why) {
    return comes_true([&] { return b->logged("cluster connections refused who= why=" + why); });
  }
  std::unique_ptr<node> b = start("b", 2);
  bundle a_own = issue("a");
};

} // namespace

TEST_F(LinkAttacks, StrangersAreClosedUnansweredOrInTime) {
  raw_peer http{b->port};
  http.send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(http.closed());
  EXPECT_EQ(http.received(), "");
  EXPECT_TRUE(refused("not TLS"));

  raw_peer mute{b->port};
  EXPECT_TRUE(mute.closed());
  EXPECT_TRUE(refused("silent"));

  raw_peer half{b->port};
  half.say_hello();
  EXPECT_TRUE(half.closed());
  EXPECT_TRUE(refused("no TLS handshake in time"));

  raw_peer garbage{b->port};
  garbage.send("\x16" + std::string(5000, '\x16'));
  EXPECT_TRUE(garbage.closed());
}

TEST_F(LinkAttacks, WrongCertificatesAreRefused) {
  const auto other = make_authority();
  raw_peer none{b->port};
  none.shake_hands(nullptr);
  EXPECT_TRUE(none.closed());
  for (const auto kind : {peer_kind::administrator, peer_kind::moderator, peer_kind::chat})
    closed_after(issue("a", kind), spelled(hello_of(1, 2, 1)));
  closed_after(salond::issue({peer_kind::node, "a"}, other), spelled(hello_of(1, 2, 1)));
  const validity past{-std::chrono::hours{48}, -std::chrono::hours{24}};
  closed_after(salond::issue({peer_kind::node, "a"}, authority, past), spelled(hello_of(1, 2, 1)));

  EXPECT_EQ(b->happened(), "");
  EXPECT_FALSE(b->up({1}));
  EXPECT_EQ(b->shared->counters.opened, 0u);
}

TEST_F(LinkAttacks, ANodeWithoutAHelloIsClosed) {
  raw_peer mute{b->port};
  ASSERT_TRUE(mute.shake_hands(&a_own));
  EXPECT_TRUE(mute.closed());
  EXPECT_TRUE(refused("no hello in time"));
  closed_after(a_own, "GET / HTTP/1.1\r\n\r\n");
  closed_after(a_own, std::string("\0\0\0\2\x7f\0", 6)); // a kind of frame that is not known
  closed_after(a_own, spelled(cluster::ping{}));
  closed_after(a_own, spelled(cluster::news{1}, 1));
  EXPECT_TRUE(refused("no hello"));
}

TEST_F(LinkAttacks, AHelloThatIsNotMeantIsRefusedWithAReason) {
  EXPECT_EQ(farewell_after(a_own, spelled(hello_of(1, 9, 1))), "this is another run of the node");
  EXPECT_EQ(farewell_after(a_own, spelled(hello_of(7, 2, 1))), "that run is not known here yet");
  EXPECT_EQ(farewell_after(issue("c"), spelled(hello_of(1, 2, 1))), "its certificate is that of c");
  auto later = hello_of(1, 2, 1);
  later.speaks = {7, 9};
  EXPECT_THAT(farewell_after(a_own, spelled(later)), testing::HasSubstr("too new"));
  b->know({{{1}, "a", "127.0.0.1", 1}, {{5}, "z", "127.0.0.1", 1}});
  EXPECT_EQ(farewell_after(issue("z"), spelled(hello_of(5, 2, 1))), "this node dials the other, and not the reverse");
  EXPECT_EQ(b->happened(), "");
}

TEST_F(LinkAttacks, FramesOfNoSenseEndTheLinkWithOneLine) {
  int64_t session = 0;
  for (const auto& [said, why] : std::vector<std::pair<std::string, std::string>>{
           {std::string("\xff\xff\xff\xff", 4), "no frame: a frame that is too long"},
           {std::string("\0\0\0\3\x10\1\2", 7), "no frame: it is cut"},
           {spelled(cluster::attach{{0}, 1}, 1), "no frame: what no node would say"},
           {spelled(hello_of(1, 2, 99)), "a second hello"},
           {spelled(cluster::welcome{1, {}, ""}), "a welcome of another session"},
           {spelled(cluster::ping{5, true, 1}), "a frame is missing"}}) {
    const auto peer = insider(a_own, ++session);
    const auto before = b->times_logged("link down");

    peer->send(said);

    EXPECT_TRUE(peer->closed()) << why;
    EXPECT_TRUE(comes_true([&, why = why] { return b->logged("link down who=node/a why=" + why); })) << why;
    EXPECT_EQ(b->times_logged("link down"), before + 1) << why;
  }
  EXPECT_EQ(b->frames, 0);
}

TEST_F(LinkAttacks, UnknownKindsAndDoubledFramesAreLeftOut) {
  const auto peer = insider(a_own, 1);

  peer->send(std::string("\0\0\0\2\x7f\1", 6));
  for (int twice = 0; twice < 2; ++twice)
    peer->send(spelled(text("once"), 2));
  peer->send(spelled(cluster::ping{2, true, 1}));

  EXPECT_TRUE(comes_true([&] { return b->alive >= 2; }));
  EXPECT_EQ(b->told(), std::vector<std::string>{"once"});
  EXPECT_EQ(b->happened(), "up 1; ");
}

TEST_F(LinkAttacks, AnOlderSessionDoesNotTakeThePlaceOfANewerOne) {
  const auto peer = insider(a_own, 5);

  EXPECT_EQ(farewell_after(a_own, spelled(hello_of(1, 2, 5))), "an older session");

  EXPECT_TRUE(b->up({1}));
  peer->send(spelled(text("still"), 1));
  EXPECT_TRUE(comes_true([&] { return b->told().size() == 1; }));
}

TEST_F(LinkAttacks, ANewerSessionTakesThePlaceAndTheOldOneIsUnheard) {
  const auto old = insider(a_own, 5);
  const auto peer = insider(a_own, 6);

  EXPECT_TRUE(old->closed());
  old->send(spelled(text("old"), 1));
  peer->send(spelled(text("new"), 1));

  EXPECT_TRUE(comes_true([&] { return b->told() == std::vector<std::string>{"new"}; }));
}

// It makes us answer and reads nothing.
TEST_F(LinkAttacks, AFloodOfPingsFromWhoDoesNotReadCostsABound) {
  const auto peer = insider(a_own, 1);
  std::string pings;
  for (int i = 0; i < 2000; ++i)
    pings += spelled(cluster::ping{0, true, i + 1});

  for (int i = 0; i < 2000 && b->up({1}); ++i) {
    if (!peer->send(pings))
      break;
    EXPECT_LE(b->link({1}).counts.unsent_bytes, 1u << 20);
  }

  EXPECT_TRUE(comes_true([&] { return !b->up({1}); }));
}

TEST_F(LinkAttacks, ACrowdOfStrangersDoesNotKeepOutANode) {
  std::vector<std::unique_ptr<raw_peer>> crowd;
  for (int i = 0; i < 300; ++i)
    crowd.push_back(std::make_unique<raw_peer>(b->port));

  const auto peer = insider(a_own, 1);

  EXPECT_TRUE(b->up({1}));
}

} // namespace links_tests
