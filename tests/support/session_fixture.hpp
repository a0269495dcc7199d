// A session and the way to where a test begins.
#pragma once
#include "tests/support/effects_text.hpp"
#include <gtest/gtest.h>

namespace salond {

class SessionTest : public testing::Test {
protected:
  using lines = support::lines;

  static user stored_user(role its_role = role::user) {
    return {user_id{7}, "l'été \"x\"", "alias", "$argon2id$old", its_role};
  }

  template <class Command>
  lines hear(Command said) {
    return support::lines_of(session.hear(command::any{std::move(said)}));
  }
  lines hear(misspoken said) { return support::lines_of(session.hear(said)); }
  lines hear(input_ended said) { return support::lines_of(session.hear(said)); }

  lines found(outcome<user> who) { return answered(rules::answer::found{std::move(who)}); }
  lines verified(std::optional<size_t> which, std::string better = {}) {
    return answered(rules::answer::verified{done{}, which, std::move(better)});
  }
  lines not_verified(fault why) { return answered(rules::answer::verified{why, std::nullopt, {}}); }
  lines hashed(outcome<std::string> hash) { return answered(rules::answer::hashed{std::move(hash)}); }
  lines arrived(outcome<event::logged_in> welcome) { return answered(rules::answer::arrived{std::move(welcome), {}}); }
  lines posted() { return answered(rules::answer::posted{}); }
  lines settled(outcome<done> result = done{}) { return answered(rules::answer::settled{result}); }
  lines told(event::any event) { return answered(rules::answer::settled{done{}, std::move(event)}); }
  lines answered(rules::answer::any answer) { return support::lines_of(session.answered(std::move(answer))); }

  /// As after a right login.
  void log_in(role as = role::user) {
    session.hear(command::any{command::log_in{"l'ÉTÉ \"x\"", "secret"}});
    session.answered(rules::answer::found{stored_user(as)});
    session.answered(rules::answer::verified{done{}, size_t{0}, {}});
    session.answered(rules::answer::arrived{event::logged_in{"l'été \"x\"", {}}, {}});
    ASSERT_FALSE(session.anonymous());
    ASSERT_FALSE(session.waiting());
  }

  rules::session session{3};
};

} // namespace salond
