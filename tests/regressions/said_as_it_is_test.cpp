// What an operator is told is so.
// - A guard that proved something else: `status` said "database answers: yes" of a database that was dead, as long as
//   nobody wrote, and `kill` was refused since its line in the audit log could not be stored: a server whose disk was
//   full could not be stopped. Now `status` asks the database something, and `kill` stops without it.
#include "tests/support/operators_node.hpp"

namespace salond {
namespace {

class SaidAsItIs : public OperatorsNode {
protected:
  bool database_answers() { return json::parse(command({"status"}).second)["database"]["answers"].get<bool>(); }
};

TEST_F(SaidAsItIs, ADatabaseThatAnswersNoQuestionDoesNotAnswer) {
  start();
  EXPECT_TRUE(database_answers());

  guard->hold(what::reads);
  EXPECT_FALSE(database_answers()) << "nobody writes, and nobody is answered";
  guard->release(what::reads);

  EXPECT_TRUE(support::eventually([&] { return database_answers(); }));
}

TEST_F(SaidAsItIs, AServerWhoseDiskIsFullCanBeStopped) {
  start();
  guard->fail_writes(persistence::store_error::kind::unavailable, 1);

  EXPECT_EQ(verdict_of({"kill", "0"}), admin_verdict::done);
  EXPECT_EQ(end_status(), 0);
}

TEST_F(SaidAsItIs, AServerWhoseDatabaseHangsCanBeStopped) {
  settings.stop.seconds = 1;
  start();
  guard->hold(what::writes);

  EXPECT_EQ(verdict_of({"kill", "0"}), admin_verdict::done);
  guard->release(what::writes);
  end_status();
}

} // namespace
} // namespace salond
