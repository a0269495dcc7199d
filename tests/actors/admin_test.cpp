// The admin actor as its operators meet it, without the network between: who may do what, calls and their bounds.
#include "actors/admin/admin.hpp"
#include "tests/support/node_fixture.hpp"
#include "tests/support/process.hpp"

namespace salond {
namespace {

using testing::HasSubstr;
using words = std::vector<std::string>;

/// A node whose operators are whom the test says.
class Admin : public NodeTest {
protected:
  void SetUp() override {
    operators = [this](const caf::strong_actor_ptr&) -> std::optional<peer> {
      if (!who)
        return std::nullopt;
      peer from;
      from.certificate.who = *who;
      from.address = "192.0.2.1";
      return from;
    };
  }

  template <class Message>
  admin_answer say(caf::scoped_actor& self, Message message) {
    admin_answer answer;
    self->request(caf::actor_cast<admin_actor>(actors_now().admin), support::deadline, std::move(message))
        .receive([&](const admin_answer& said) { answer = said; },
                 [&](const caf::error& why) { ADD_FAILURE() << to_string(why); });
    return answer;
  }
  /// The verdict of a command, and its whole text.
  std::pair<admin_verdict, std::string> command(const words& said) {
    caf::scoped_actor self{*system, true};
    auto answer = say(self, admin_request{1, said});
    auto text = answer.text;
    while (static_cast<admin_verdict>(answer.verdict) == admin_verdict::part) {
      answer = say(self, admin_more{1});
      text += answer.text;
    }
    return {static_cast<admin_verdict>(answer.verdict), text};
  }

  std::optional<identity> who = identity{peer_kind::administrator, "root"};
};

TEST_F(Admin, HasAFunctionForEveryCommand) {
  const auto functions = all_admin_commands();

  for (const auto& row : operator_commands())
    EXPECT_EQ(functions.count(row.name), 1u) << row.name;
  EXPECT_EQ(functions.size(), operator_commands().size());
}

TEST_F(Admin, RefusesWhoHasNoCertificate) {
  start();
  who.reset();

  EXPECT_EQ(command({"status"}).first, admin_verdict::not_allowed);
}

TEST_F(Admin, RefusesAModeratorWhatIsNotHis) {
  add_user("zoë");
  start();
  who = identity{peer_kind::moderator, "paul"}; // to whom no salon is given

  for (const auto& row : operator_commands()) {
    words said;
    const std::string name(row.name);
    for (size_t at = 0, end = 0; end != std::string::npos; at = end + 1) {
      end = name.find(' ', at);
      said.push_back(name.substr(at, end - at));
    }
    for (const auto& value : {"zoë", "Blabla", "x"}) // as many arguments as it takes
      if (std::holds_alternative<usage_fault>(understand(said)))
        said.emplace_back(value);
    if (std::holds_alternative<usage_fault>(understand(said)))
      continue; // takes a number; its right is tested with the table
    const auto allowed = row.name == "nodes" ? admin_verdict::refused : admin_verdict::done; // this server is none
    const auto expected = row.needs == right::operators ? allowed : admin_verdict::not_allowed;
    EXPECT_EQ(command(said).first, expected) << row.name;
  }
}

TEST_F(Admin, TellsWordsThatAreNoCommand) {
  start();

  EXPECT_EQ(command({"dance"}).first, admin_verdict::wrong_usage);
  EXPECT_EQ(command({}).first, admin_verdict::wrong_usage);
  EXPECT_EQ(command({std::string("\xff\x00", 2)}).first, admin_verdict::wrong_usage);
}

TEST_F(Admin, GivesALongAnswerInPieces) {
  start();
  auto zoe = add_user_and_log_in("zoë");
  const std::string text(4000, 'x');
  for (int i = 0; i < 30; ++i) {
    zoe.say("MSG (Général):" + text);
    zoe.line();
  }

  const auto [verdict, answer] = command({"history", "Général"});

  EXPECT_EQ(verdict, admin_verdict::done);
  EXPECT_GT(answer.size(), 2 * max_admin_text);
  EXPECT_EQ(json::parse(answer).size(), 30u);
}

TEST_F(Admin, KeepsACallToItsAsker) {
  start();
  guard->hold(access::reads);
  caf::scoped_actor mine{*system, true}, another{*system, true};
  auto open =
      mine->request(caf::actor_cast<admin_actor>(actors_now().admin), support::deadline, admin_request{7, {"bans"}});
  ASSERT_TRUE(support::eventually([&] { return guard->held(access::reads) == 1; }));

  const auto stolen = say(another, admin_more{7});
  guard->release(access::reads);
  open.receive([](const admin_answer& said) { EXPECT_EQ(said.text, "[]"); },
               [](const caf::error& why) { ADD_FAILURE() << to_string(why); });

  EXPECT_EQ(static_cast<admin_verdict>(stolen.verdict), admin_verdict::refused);
  EXPECT_EQ(static_cast<admin_verdict>(say(mine, admin_more{7}).verdict), admin_verdict::refused) << "it is over";
}

TEST_F(Admin, TakesInputFromItsAskerAlone) {
  start();
  caf::scoped_actor mine{*system, true}, another{*system, true};
  ASSERT_EQ(static_cast<admin_verdict>(say(mine, admin_request{7, {"password", "admin"}}).verdict),
            admin_verdict::input_wanted);

  const auto stolen = say(another, admin_input{7, "stolen", true});
  const auto twice = say(mine, admin_request{7, {"status"}});
  const auto unknown = say(mine, admin_more{8});

  EXPECT_EQ(static_cast<admin_verdict>(stolen.verdict), admin_verdict::refused);
  EXPECT_EQ(static_cast<admin_verdict>(twice.verdict), admin_verdict::refused);
  EXPECT_EQ(static_cast<admin_verdict>(unknown.verdict), admin_verdict::refused);
  EXPECT_EQ(static_cast<admin_verdict>(say(mine, admin_input{7, "mine", true}).verdict), admin_verdict::done);
}

TEST_F(Admin, BoundsTheCallsOfAnOperator) {
  start();
  caf::scoped_actor self{*system, true};
  for (uint32_t call = 1; call <= max_admin_calls; ++call)
    ASSERT_EQ(static_cast<admin_verdict>(say(self, admin_request{call, {"password", "admin"}}).verdict),
              admin_verdict::input_wanted);

  EXPECT_THAT(say(self, admin_request{99, {"status"}}).text, HasSubstr("too many"));
  who = identity{peer_kind::administrator, "another"};
  EXPECT_EQ(static_cast<admin_verdict>(say(self, admin_request{100, {"status"}}).verdict), admin_verdict::done);
}

TEST_F(Admin, IsStartedAgainWhenItFails) {
  start();
  const auto before = restarts();

  kill(actors.admin);

  ASSERT_TRUE(support::eventually([&] { return restarts() > before; }));
  EXPECT_EQ(command({"status"}).first, admin_verdict::done);
}

} // namespace
} // namespace salond
