// Names, tokens, requests, presences, numbers and homes that two nodes change at once.
#include "persistence/contracts/retention.hpp"
#include "tests/contract/node_races.hpp"

namespace salond {

using namespace std::chrono_literals;

namespace {

constexpr salon_id general{1}, marketing{5};

} // namespace

TEST_F(NodeRaces, ATokenIsUsedOnce) {
  const std::string token(32, 't');
  const auto zoe = add_user("zoë");
  bool used[2];
  const auto use = [&](int who) {
    return [&, who](int) -> work {
      return [&, who](const persistence::writing& db) { // as a connection begins its session
        used[who] = bool(db.sessions.find_token(token, support::noon));
        if (used[who] && decisions::open_session(db, zoe, support::noon))
          db.sessions.end_token(token);
      };
    };
  };
  in_every_order(
      [&](int) {
        paris->db->transact(
            [&](const auto& db) { db.sessions.issue_token(zoe, token, support::noon, support::after_noon(24h)); });
      },
      use(0), use(1), [&](int) { EXPECT_NE(used[0], used[1]); });
}

TEST_F(NodeRaces, ANameIsTakenOnce) {
  bool made[2];
  const auto take = [&](int who) {
    return [&, who](int place) -> work {
      return [&, who, name = "name" + std::to_string(place)](const persistence::writing& db) {
        made[who] = bool(decisions::register_user(db, {name, name + (who ? "x" : "y"), "h"}));
      };
    };
  };
  in_every_order([](int) {}, take(0), take(1), [&](int) { EXPECT_NE(made[0], made[1]); });
}

TEST_F(NodeRaces, ABannedNameIsNobodys) {
  bool banned = false, made = false;
  in_every_order([](int) {},
                 [&](int place) -> work {
                   return [&, name = "name" + std::to_string(place)](const persistence::writing& db) {
                     banned = bool(decisions::ban_name(db, name, support::decided()));
                   };
                 },
                 [&](int place) -> work {
                   return [&, name = "name" + std::to_string(place)](const persistence::writing& db) {
                     made = bool(decisions::register_user(db, {name, name, "h"}));
                   };
                 },
                 [&](int) { EXPECT_NE(banned, made); });
}

TEST_F(NodeRaces, ARegistrationIsAcceptedOnce) {
  bool made[2];
  const auto accept = [&](int who) {
    return [&, who](int place) -> work {
      return [&, who, name = "name" + std::to_string(place)](const persistence::writing& db) {
        made[who] = bool(decisions::accept_registration(db, name, support::decided()));
      };
    };
  };
  in_every_order(
      [&](int place) {
        const auto name = "name" + std::to_string(place);
        paris->db->transact([&](const auto& db) {
          decisions::request_registration(db, {name, name, "h"}, support::noon);
        });
      },
      accept(0), accept(1),
      [&](int) {
        EXPECT_NE(made[0], made[1]);
        EXPECT_TRUE(support::asked(*paris->db).registrations.all().empty());
      });
}

TEST_F(NodeRaces, ARequestIsAcceptedOnce) {
  const auto zoe = add_user("zoë");
  bool done[2];
  const auto accept = [&](int who) {
    return [&, who](int) -> work {
      return [&, who](const persistence::writing& db) {
        done[who] = bool(decisions::accept_request(db, marketing, zoe, support::decided()));
      };
    };
  };
  in_every_order(
      [&](int) {
        paris->db->transact([&](const auto& db) {
          decisions::remove_member(db, marketing, zoe);
          decisions::add_request(db, marketing, zoe, support::noon);
        });
      },
      accept(0), accept(1), [&](int) { EXPECT_NE(done[0], done[1]); });
}

TEST_F(NodeRaces, AMemberThatBothMakeIsOneMember) {
  const auto zoe = add_user("zoë");
  const auto admit = [&](int) -> work {
    return [&](const persistence::writing& db) {
      EXPECT_TRUE(decisions::admit(db, marketing, "zoë", support::decided()));
    };
  };
  in_every_order(
      [&](int) { paris->db->transact([&](const auto& db) { decisions::remove_member(db, marketing, zoe); }); }, admit,
      admit, [&](int) { EXPECT_EQ(support::asked(*paris->db).memberships.members(marketing).size(), 1u); });
}

TEST_F(NodeRaces, OneAdministratorRemains) {
  add_user("zoë", role::administrator);
  add_user("paul", role::administrator);
  const auto demote = [&](const std::string& whom) {
    return [&, whom](int) -> work {
      return [&, whom](const persistence::writing& db) {
        decisions::set_role(db, whom, role::user, {}, support::decided());
      };
    };
  };
  in_every_order(
      [&](int) {
        paris->db->transact([&](const auto& db) {
          for (const auto* name : {"zoë", "paul"})
            decisions::set_role(db, name, role::administrator, {}, support::decided());
        });
      },
      demote("zoë"), demote("paul"),
      [&](int) { EXPECT_EQ(value("SELECT COUNT(*) FROM clients WHERE role = 'administrator'"), "1"); });
}

TEST_F(NodeRaces, APrivateMessageFindsItsTargetWhereverHeLogsIn) {
  const auto zoe = add_user("zoë"), paul = add_user("paul");
  size_t waiting = 0;
  std::vector<int64_t> runs;
  const auto log_in = [&](int) -> work {
    return [&](const persistence::writing& db) {
      waiting = decisions::open_session(db, zoe, support::noon)->waiting.size();
    };
  };
  const auto write = [&](int) -> work {
    return [&](const persistence::writing& db) {
      runs = decisions::store_private(db, paul, "zoë", "bonjour", support::noon)->runs;
    };
  };
  const auto prepare = [&](int) {
    for (auto* at : {&*paris, &*lyon})
      at->db->transact(
          [&](const auto& db) { db.sessions.close({zoe}, persistence::offline_requests::end, support::noon); });
    waiting = 0;
    server().run(where.name, {"DELETE FROM private_messages", "DELETE FROM news"});
  };
  // He is told it at his login, or is found there, or the nodes are told to look for it.
  const auto is_told = [&](const test_node& at) {
    return waiting == 1 || runs == std::vector<int64_t>{at.in.run}
           || value("SELECT COUNT(*) FROM news WHERE what = 'mail'") == "1";
  };
  in_every_order(prepare, log_in, write, [&](int) { EXPECT_TRUE(is_told(*paris)); });
  in_every_order(prepare, write, log_in, [&](int) { EXPECT_TRUE(is_told(*lyon)); });
}

TEST_F(NodeRaces, WhoComesWhileHeLeavesElsewhereIsConnected) {
  const auto zoe = add_user("zoë");
  const auto come = [&](int) -> work {
    return [&](const persistence::writing& db) { EXPECT_TRUE(decisions::open_session(db, zoe, support::noon)); };
  };
  const auto leave = [&](int) -> work {
    return [&](const persistence::writing& db) {
      db.sessions.close({zoe}, persistence::offline_requests::end, support::noon);
    };
  };
  const auto prepare = [&](test_node& from, test_node& to) {
    return [&](int) {
      from.write([&](const auto& db) { return decisions::open_session(db, zoe, support::noon); });
      to.db->transact(
          [&](const auto& db) { db.sessions.close({zoe}, persistence::offline_requests::end, support::noon); });
    };
  };
  const auto check = [&](int) { EXPECT_TRUE(support::asked(*paris->db).accounts.profile("zoë")->connected); };
  in_every_order(prepare(*lyon, *paris), come, leave, check);
  in_every_order(prepare(*paris, *lyon), leave, come, check);
}

// The rows that a group holds until its end are none that the group of another node waits for.
TEST_F(NodeRaces, WhoComesInAndWritesWaitsForNoOtherNode) {
  const auto zoe = add_user("zoë"), paul = add_user("paul");
  int64_t seq = 0, attempts = 0;
  const auto do_all = [&](const persistence::writing& db, salon_id salon) {
    for (const auto who : {zoe, paul}) {
      EXPECT_TRUE(decisions::open_session(db, who, support::noon));
      db.sessions.remember_address(who, "198.51.100.7", support::noon);
      db.sessions.issue_token(who, std::string(31, 't') + static_cast<char>(++seq), support::noon,
                              support::after_noon(1h));
      EXPECT_TRUE(db.messages.append({salon, who, ++seq, "text", support::noon}));
      for (const auto* target : {"paul", "zoë"})
        EXPECT_TRUE(decisions::store_private(db, who, target, "text", support::noon));
      db.private_messages.mark_delivered({private_id{1}, private_id{2}}, support::noon);
    }
  };
  paris->held->hold(
      [](const std::string& statement) { return statement.find("known_addresses(") != std::string::npos; });
  std::thread one([&] { paris->db->transact([&](const auto& db) { do_all(db, general); }); });
  ASSERT_TRUE(paris->held->wait([] { return false; }));

  lyon->db->transact([&](const auto& db) {
    ++attempts;
    do_all(db, marketing);
  });
  EXPECT_EQ(attempts, 1);
  EXPECT_EQ(value("SELECT COUNT(*) FROM private_messages"), "4");
  EXPECT_TRUE(lyon->db->has_late_work()) << "the rows of clients that paris holds";
  paris->held->let_go();
  one.join();
  lyon->do_late_work();

  EXPECT_EQ(value("SELECT COUNT(*) FROM private_messages"), "8");
  for (const auto* name : {"zoë", "paul"})
    EXPECT_TRUE(support::asked(*paris->db).accounts.profile(name)->connected);
}

TEST_F(NodeRaces, WhoLeavesBothLastIsNotConnected) {
  const auto zoe = add_user("zoë");
  const auto leave = [&](int) -> work {
    return [&](const persistence::writing& db) {
      db.sessions.close({zoe}, persistence::offline_requests::end, support::noon);
    };
  };
  in_every_order(
      [&](int) {
        for (auto* at : {&*paris, &*lyon})
          at->write([&](const auto& db) { return decisions::open_session(db, zoe, support::noon); });
        paris->write([&](const auto& db) { return decisions::add_request(db, marketing, zoe, support::noon); });
      },
      leave, leave,
      [&](int) {
        EXPECT_FALSE(support::asked(*paris->db).accounts.profile("zoë")->connected);
        EXPECT_TRUE(support::asked(*paris->db).join_requests.all().empty());
      });
}

TEST_F(NodeRaces, AnOrderNumberOfADeletedAuthorIsNotUsedAgain) {
  int64_t seq = 0;
  user_id author{};
  bool stored = false;
  in_every_order([&](int place) { author = add_user("name" + std::to_string(place)); },
                 [&](int place) -> work {
                   return [&, name = "name" + std::to_string(place)](const persistence::writing& db) {
                     decisions::ban(db, name, support::decided());
                   };
                 },
                 [&](int) -> work {
                   return [&](const persistence::writing& db) {
                     stored = bool(db.messages.append({general, author, seq + 1, "text", support::noon}));
                   };
                 },
                 [&](int) {
                   seq += stored ? 1 : 0;
                   EXPECT_EQ(support::asked(*paris->db).salons.all().at(0).last_seq, seq);
                   EXPECT_EQ(value("SELECT COUNT(*) FROM messages"), "0");
                 });
}

TEST_F(NodeRaces, OfAGroupTheTextsOfOthersAreStoredWhereAnAuthorIsGone) {
  const auto zoe = add_user("zoë"), paul = add_user("paul");
  const auto post = [&](const auto& db, user_id author, int64_t seq) {
    return bool(db.messages.append({general, author, seq, "text", support::noon}));
  };
  lyon->db->transact([&](const auto& db) { // both are known to it now
    post(db, zoe, 1);
    post(db, paul, 2);
  });
  paris->db->transact([&](const auto& db) { decisions::ban(db, "zoë", support::decided()); });

  bool hers = true, his = false;
  lyon->db->transact([&](const auto& db) {
    hers = post(db, zoe, 3);
    his = post(db, paul, 4);
  });

  EXPECT_FALSE(hers);
  EXPECT_TRUE(his);
  EXPECT_EQ(value("SELECT COUNT(*) FROM messages"), "2");
}

// What one node finds to be old, while another removes what is old there, is not forgotten.
TEST_F(NodeRaces, AnOldMessageThatComesMeanwhileIsFound) {
  const auto zoe = add_user("zoë");
  const auto later = support::after_noon(1h);
  int64_t seq = 0;
  const auto post_and_look = [&](const persistence::writing& db, int64_t number) {
    db.messages.append({general, zoe, number, "old", support::noon});
    db.retention.put_ages({general}, db.retention.look_at_ages({general}, number - 1, number));
  };
  in_every_order(
      [&](int) { paris->db->transact([&](const auto& db) { post_and_look(db, ++seq); }); },
      [&](int) -> work {
        return [&](const persistence::writing& db) { db.retention.remove_older({general}, later, 10); };
      },
      [&](int) -> work { return [&, number = ++seq](const persistence::writing& db) { post_and_look(db, number); }; },
      [&](int) {
        for (persistence::removed_piece piece; !piece.over;)
          lyon->db->transact([&](const auto& db) { piece = db.retention.remove_older({general}, later, 10); });
        EXPECT_EQ(value("SELECT COUNT(*) FROM messages"), "0");
        EXPECT_EQ(value("SELECT untold FROM message_looks"), std::to_string(seq));
        EXPECT_EQ(support::asked(*paris->db).salons.all().at(0).last_seq, seq);
      });
}

TEST_F(NodeRaces, TwoThatRemoveTheSameMessagesCountThemOnce) {
  const auto zoe = add_user("zoë");
  int64_t seq = 0;
  const auto remove = [&](int) -> work {
    return [&](const persistence::writing& db) { db.retention.remove_older({general}, support::after_noon(1h), 10); };
  };
  in_every_order(
      [&](int) {
        paris->db->transact([&](const auto& db) {
          for (int each = 0; each < 3; ++each)
            db.messages.append({general, zoe, ++seq, "old", support::noon});
          db.retention.put_ages({general}, db.retention.look_at_ages({general}, seq - 3, seq));
        });
      },
      remove, remove,
      [&](int) {
        EXPECT_EQ(value("SELECT COUNT(*) FROM messages"), "0");
        EXPECT_EQ(value("SELECT untold FROM message_looks"), std::to_string(seq));
      });
}

TEST_F(NodeRaces, ASalonHasOneHome) {
  bool mine[2];
  const auto claim = [&](test_node& at, bool& is_mine) {
    return [&](int place) -> work {
      return [&, which = salon_id{100 + place}](const persistence::writing& db) {
        const auto row = db.homes.lock(which);
        is_mine = !row;
        if (is_mine)
          db.homes.add(which, {at.in.run, 1, false});
      };
    };
  };
  in_every_order([](int) {}, claim(*paris, mine[0]), claim(*lyon, mine[1]),
                 [&](int place) {
                   EXPECT_NE(mine[0], mine[1]);
                   EXPECT_EQ(value("SELECT node_id FROM homes WHERE salon_id = " + std::to_string(100 + place)),
                             std::to_string((mine[0] ? *paris : *lyon).in.run));
                 });
}

} // namespace salond
