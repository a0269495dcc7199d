// Two nodes that decide by what the other one is changing: each pair of transactions, in every order of the first one's
// statements and the second one's, comes out as if one had come after the other.
#pragma once
#include "tests/support/nodes_fixture.hpp"

namespace salond {

using persistence::store_error;
using support::eventually;
using support::test_node;

class NodeRaces : public support::nodes_fixture {
protected:
  void begin() override {
    paris.emplace(node("paris"));
    lyon.emplace(node("lyon"));
  }

  using work = persistence::write_work;

  /// Runs both transactions on a state that `prepare` makes, the first held before each of its statements in turn, the
  /// second meanwhile as far as it comes; then asks `check`, which is given how often it was asked.
  void in_every_order(const std::function<void(int)>& prepare, const std::function<work(int)>& first,
                      const std::function<work(int)>& second, const std::function<void(int)>& check) {
    for (int place = 0;; ++place) {
      prepare(place);
      if (!race(first(place), second(place), place))
        return;
      check(place);
      ASSERT_FALSE(HasFailure()) << "held before statement " << place;
    }
  }

  user_id add_user(const std::string& name, role as = role::user) { return paris->add_user(name, as).id; }

  std::optional<test_node> paris, lyon;

private:
  /// False: the first has no such statement.
  bool race(const work& first, const work& second, int place) {
    std::atomic<bool> first_over{false}, second_over{false};
    paris->held->hold([place, seen = 0](const std::string&) mutable { return seen++ == place; });
    std::thread one([&] { run(*paris, first, first_over); });
    const bool held = paris->held->wait([&] { return first_over.load(); });
    std::thread other([&] { run(*lyon, second, second_over); });
    EXPECT_TRUE(eventually([&] { return second_over || somebody_waits(); }));
    paris->held->let_go();
    one.join();
    other.join();
    paris->do_late_work();
    lyon->do_late_work();
    return held;
  }

  static void run(test_node& at, const work& job, std::atomic<bool>& over) {
    try {
      at.db->transact(job);
    } catch (const store_error& why) {
      ADD_FAILURE() << why.what();
    }
    over = true;
  }
};

} // namespace salond
