// A private message was spelled and kept for each connection of whom it was for. 400 connections logged in as one user,
// read nothing, and one of them wrote to itself: in 75 s the server took 2.3 GB.
// Right: what several connections are told is spelled once for all who take it alike, and they share its bytes, be they
// the members of a salon or the connections of one person.
#include "actors/fan_out/online_users.hpp"
#include "tests/support/witness.hpp"
#include <deque>
#include <gmock/gmock.h>

namespace salond {
namespace {

using support::witness;

class KeptOnce : public testing::Test {
protected:
  /// 400 connections of one user; half of them take what they are told in another spelling.
  KeptOnce() {
    for (int n = 0; n < 400; ++n) {
      auto& who = crowd.emplace_back(n % 2 == 0 ? line : other);
      who.number = connection_id{n + 1};
      users.arrive(who, zoe_id);
      users.begin(who, {});
      who.backlog.begin("zoë", {}, {}, {});
    }
  }
  void expect_shared() {
    EXPECT_EQ(line.spelled, 1u);
    EXPECT_EQ(other.spelled, 1u);
    for (auto& who : crowd)
      ASSERT_EQ(who.last, crowd[static_cast<size_t>(who.number.value - 1) % 2].last);
  }

  const user_id zoe_id{7}, paul_id{8};
  support::text_spelling line, other;
  std::deque<witness> crowd;
  online_users users;
};

TEST_F(KeptOnce, IsAPrivateMessageForManyConnectionsOfOnePerson) {
  users.tell_privately(zoe_id, zoe_id, crowd.front().number, {private_id{1}, "zoë", std::string(8000, 'x'), {}});
  expect_shared();
}

TEST_F(KeptOnce, IsAPrivateMessageForItsAuthorsOtherConnections) {
  users.tell_privately(paul_id, zoe_id, connection_id{4711}, {private_id{1}, "zoë", std::string(8000, 'x'), {}});
  expect_shared();
}

TEST_F(KeptOnce, IsWhatElseOnePersonIsTold) {
  users.tell(zoe_id, event::request_refused{"Général"});
  expect_shared();
}

} // namespace
} // namespace salond
