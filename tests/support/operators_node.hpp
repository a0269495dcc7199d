// A node in this process whose operators are whom the test says: their commands without the network between.
#pragma once
#include "actors/admin/admin.hpp"
#include "tests/support/node_fixture.hpp"
#include "tests/support/process.hpp"

namespace salond {

class OperatorsNode : public NodeTest {
protected:
  using words = std::vector<std::string>;

  void SetUp() override {
    operators = [this](const caf::strong_actor_ptr&) -> std::optional<peer> {
      peer from;
      from.certificate.who = who;
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
  /// The verdict of a command, and its whole text; `input` is what it is given where it wants some.
  std::pair<admin_verdict, std::string> command(const words& said, const std::string& input = {}) {
    caf::scoped_actor self{*system, true};
    auto answer = say(self, admin_request{1, said});
    std::string text;
    for (;;) {
      switch (static_cast<admin_verdict>(answer.verdict)) {
      case admin_verdict::part: text += answer.text; [[fallthrough]];
      case admin_verdict::progress: answer = say(self, admin_more{1}); break;
      case admin_verdict::input_wanted: answer = say(self, admin_input{1, input, true}); break;
      default: return {static_cast<admin_verdict>(answer.verdict), text + answer.text};
      }
    }
  }
  admin_verdict verdict_of(const words& said, const std::string& input = {}) { return command(said, input).first; }
  /// The audit log's lines of this kind, oldest first.
  std::vector<json> log_of(const std::string& action) {
    const auto before = std::exchange(who, identity{peer_kind::administrator, "reader"});
    std::vector<json> result;
    for (const auto& line : json::parse(command({"log", "1000"}).second))
      if (line["what"] == action)
        result.push_back(line);
    who = before;
    return result;
  }

  identity who{peer_kind::administrator, "root"};
};

} // namespace salond
