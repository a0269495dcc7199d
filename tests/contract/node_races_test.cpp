// Two nodes that decide by what the other one is changing: each pair of transactions, in every order of the first one's
// statements and the second one's, comes out as if one had come after the other.
#include "tests/support/nodes_fixture.hpp"

namespace salond {

using persistence::store_error;
using support::eventually;
using support::test_node;
using namespace std::chrono_literals;

namespace {

constexpr salon_id general{1}, marketing{5};

} // namespace

class NodeRaces : public support::nodes_fixture {
protected:
  void SetUp() override {
    nodes_fixture::SetUp();
    if (IsSkipped() || HasFatalFailure())
      return;
    paris.emplace(node("paris"));
    lyon.emplace(node("lyon"));
  }

  using work = std::function<void(persistence::store&)>;

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

  user_id add_user(const std::string& name, role what = role::user) {
    return paris->write([&] { return paris->db->register_user({name, name, "$argon2id$hash", what}); })->user.id;
  }

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
    return held;
  }

  static void run(test_node& at, const work& what, std::atomic<bool>& over) {
    try {
      at.db->transact([&] { what(*at.db); });
    } catch (const store_error& why) {
      ADD_FAILURE() << why.what();
    }
    over = true;
  }
};

TEST_F(NodeRaces, ATokenIsUsedOnce) {
  const std::string token(32, 't');
  const auto zoe = add_user("zoë");
  bool used[2];
  const auto use = [&](int who) {
    return [&, who](int) -> work {
      return [&, who](persistence::store& db) { // as a connection begins its session
        used[who] = bool(db.find_token(token, support::noon));
        if (used[who] && db.open_session(zoe, support::noon))
          db.end_token(token);
      };
    };
  };
  in_every_order(
      [&](int) {
        paris->db->transact([&] { paris->db->issue_token(zoe, token, support::noon, support::after_noon(24h)); });
      },
      use(0), use(1), [&](int) { EXPECT_NE(used[0], used[1]); });
}

TEST_F(NodeRaces, ANameIsTakenOnce) {
  bool made[2];
  const auto take = [&](int who) {
    return [&, who](int place) -> work {
      return [&, who, name = "name" + std::to_string(place)](persistence::store& db) {
        made[who] = bool(db.register_user({name, name + (who ? "x" : "y"), "h"}));
      };
    };
  };
  in_every_order([](int) {}, take(0), take(1), [&](int) { EXPECT_NE(made[0], made[1]); });
}

TEST_F(NodeRaces, ABannedNameIsNobodys) {
  bool banned = false, made = false;
  in_every_order([](int) {},
                 [&](int place) -> work {
                   return [&, name = "name" + std::to_string(place)](persistence::store& db) {
                     banned = bool(db.ban_name(name, support::decided()));
                   };
                 },
                 [&](int place) -> work {
                   return [&, name = "name" + std::to_string(place)](persistence::store& db) {
                     made = bool(db.register_user({name, name, "h"}));
                   };
                 },
                 [&](int) { EXPECT_NE(banned, made); });
}

TEST_F(NodeRaces, ARegistrationIsAcceptedOnce) {
  bool made[2];
  const auto accept = [&](int who) {
    return [&, who](int place) -> work {
      return [&, who, name = "name" + std::to_string(place)](persistence::store& db) {
        made[who] = bool(db.accept_registration(name, support::decided()));
      };
    };
  };
  in_every_order(
      [&](int place) {
        const auto name = "name" + std::to_string(place);
        paris->db->transact([&] { paris->db->request_registration({name, name, "h"}, support::noon); });
      },
      accept(0), accept(1),
      [&](int) {
        EXPECT_NE(made[0], made[1]);
        EXPECT_TRUE(paris->db->registrations().empty());
      });
}

TEST_F(NodeRaces, ARequestIsAcceptedOnce) {
  const auto zoe = add_user("zoë");
  bool done[2];
  const auto accept = [&](int who) {
    return [&, who](int) -> work {
      return
          [&, who](persistence::store& db) { done[who] = bool(db.accept_request(marketing, zoe, support::decided())); };
    };
  };
  in_every_order(
      [&](int) {
        paris->db->transact([&] {
          paris->db->remove_member(marketing, zoe);
          paris->db->add_request(marketing, zoe, support::noon);
        });
      },
      accept(0), accept(1), [&](int) { EXPECT_NE(done[0], done[1]); });
}

TEST_F(NodeRaces, AMemberThatBothMakeIsOneMember) {
  const auto zoe = add_user("zoë");
  const auto admit = [&](int) -> work {
    return [&](persistence::store& db) { EXPECT_TRUE(db.admit(marketing, "zoë", support::decided())); };
  };
  in_every_order([&](int) { paris->db->transact([&] { paris->db->remove_member(marketing, zoe); }); }, admit, admit,
                 [&](int) { EXPECT_EQ(paris->db->members(marketing).size(), 1u); });
}

TEST_F(NodeRaces, OneAdministratorRemains) {
  add_user("zoë", role::administrator);
  add_user("paul", role::administrator);
  const auto demote = [&](const std::string& whom) {
    return [&, whom](int) -> work {
      return [&, whom](persistence::store& db) { db.set_role(whom, role::user, {}, support::decided()); };
    };
  };
  in_every_order(
      [&](int) {
        paris->db->transact([&] {
          for (const auto* name : {"zoë", "paul"})
            paris->db->set_role(name, role::administrator, {}, support::decided());
        });
      },
      demote("zoë"), demote("paul"),
      [&](int) { EXPECT_EQ(value("SELECT COUNT(*) FROM clients WHERE role = 'administrator'"), "1"); });
}

TEST_F(NodeRaces, APrivateMessageFindsItsTargetWhereverHeLogsIn) {
  const auto zoe = add_user("zoë"), paul = add_user("paul");
  size_t waiting = 0;
  std::vector<int64_t> runs;
  in_every_order(
      [&](int) {
        paris->db->transact([&] {
          paris->db->close_sessions({zoe}, persistence::store::requests::end, support::noon);
          waiting = 0;
        });
        server().run(where.name, {"DELETE FROM private_messages"});
      },
      [&](int) -> work {
        return [&](persistence::store& db) { waiting = db.open_session(zoe, support::noon)->waiting.size(); };
      },
      [&](int) -> work {
        return [&](persistence::store& db) { runs = db.store_private(paul, "zoë", "bonjour", support::noon)->runs; };
      },
      [&](int) { EXPECT_EQ(runs, waiting == 1 ? std::vector<int64_t>{} : std::vector<int64_t>{paris->in.run}); });
}

TEST_F(NodeRaces, WhoLeavesBothLastIsNotConnected) {
  const auto zoe = add_user("zoë");
  const auto leave = [&](int) -> work {
    return [&](persistence::store& db) { db.close_sessions({zoe}, persistence::store::requests::end, support::noon); };
  };
  in_every_order(
      [&](int) {
        for (auto* at : {&*paris, &*lyon})
          at->write([&] { return at->db->open_session(zoe, support::noon); });
        paris->write([&] { return paris->db->add_request(marketing, zoe, support::noon); });
      },
      leave, leave,
      [&](int) {
        EXPECT_FALSE(paris->db->profile("zoë")->connected);
        EXPECT_TRUE(paris->db->join_requests().empty());
      });
}

TEST_F(NodeRaces, AnOrderNumberOfADeletedAuthorIsNotUsedAgain) {
  int64_t seq = 0;
  user_id author{};
  bool stored = false;
  in_every_order([&](int place) { author = add_user("name" + std::to_string(place)); },
                 [&](int place) -> work {
                   return [&, name = "name" + std::to_string(place)](persistence::store& db) {
                     db.ban(name, support::decided());
                   };
                 },
                 [&](int) -> work {
                   return [&](persistence::store& db) {
                     stored = bool(db.append({general, author, seq + 1, "text", support::noon}));
                   };
                 },
                 [&](int) {
                   seq += stored ? 1 : 0;
                   EXPECT_EQ(paris->db->salons().at(0).last_seq, seq);
                   EXPECT_EQ(value("SELECT COUNT(*) FROM messages"), "0");
                 });
}

TEST_F(NodeRaces, OfAGroupTheTextsOfOthersAreStoredWhereAnAuthorIsGone) {
  const auto zoe = add_user("zoë"), paul = add_user("paul");
  const auto post = [&](user_id author, int64_t seq) {
    return bool(lyon->db->append({general, author, seq, "text", support::noon}));
  };
  lyon->db->transact([&] { // both are known to it now
    post(zoe, 1);
    post(paul, 2);
  });
  paris->db->transact([&] { paris->db->ban("zoë", support::decided()); });

  bool hers = true, his = false;
  lyon->db->transact([&] {
    hers = post(zoe, 3);
    his = post(paul, 4);
  });

  EXPECT_FALSE(hers);
  EXPECT_TRUE(his);
  EXPECT_EQ(value("SELECT COUNT(*) FROM messages"), "2");
}

} // namespace salond
