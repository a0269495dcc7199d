// Two operators who decide at once, at two nodes.
#include "tests/contract/node_races.hpp"

namespace salond {
namespace {

constexpr salon_id general{1}, marketing{5};

TEST_F(NodeRaces, ARegistrationIsAcceptedOrRejected) {
  size_t accepted = 0, rejected = 0;
  in_every_order(
      [&](int place) {
        const auto name = "name" + std::to_string(place);
        paris->db->transact([&](const auto& db) {
          decisions::request_registration(db, {name, name, "h"}, support::noon);
        });
      },
      [&](int) -> work {
        return [&](const persistence::writing& db) {
          const auto made = decisions::reject_registrations(db, {}, support::decided());
          rejected = made ? *made : 0;
        };
      },
      [&](int place) -> work {
        return [&, name = "name" + std::to_string(place)](const persistence::writing& db) {
          accepted = decisions::accept_registration(db, name, support::decided()) ? 1 : 0;
        };
      },
      [&](int) { EXPECT_EQ(accepted + rejected, 1u); });
}

TEST_F(NodeRaces, ASalonIsArchivedAndRestoredOnce) {
  bool done[2];
  const auto restore = [&](int who) {
    return [&, who](int) -> work {
      return [&, who](const persistence::writing& db) {
        done[who] = bool(decisions::restore_salon(db, "marketing", support::decided()));
      };
    };
  };
  const auto archive = [&](int who) {
    return [&, who](int) -> work {
      return [&, who](const persistence::writing& db) {
        done[who] = bool(decisions::archive_salon(db, marketing, support::decided()));
      };
    };
  };
  const auto one_did = [&](int) { EXPECT_NE(done[0], done[1]); };
  const auto prepare = [&](auto change) {
    return [this, change](int) { paris->db->transact([&](const auto& db) { change(db); }); };
  };
  in_every_order(prepare([](const auto& db) { decisions::archive_salon(db, marketing, support::decided()); }),
                 restore(0), restore(1), one_did);
  in_every_order(prepare([](const auto& db) { decisions::restore_salon(db, "marketing", support::decided()); }),
                 archive(0), archive(1), one_did);
}

TEST_F(NodeRaces, WhoReadsTheAuditLogOnMissesNoLine) {
  const auto reader = lyon->db->reader();
  const auto lines_after = [&](int64_t id) { return support::asked(*reader).audit.after(id, 1000); };
  std::atomic<bool> first_over{false}, second_over{false};
  const auto topic = [](test_node& at, salon_id salon, std::atomic<bool>& over) {
    at.db->transact([&](const auto& db) { decisions::set_topic(db, salon, "x", support::decided()); });
    over = true;
  };
  // its line is written, and not committed
  paris->held->hold([](const std::string& statement) { return statement.find("INSERT INTO news") == 0; });
  std::thread first([&] { topic(*paris, general, first_over); });
  EXPECT_TRUE(paris->held->wait([&] { return first_over.load(); }));
  std::thread second([&] { topic(*lyon, marketing, second_over); });
  EXPECT_TRUE(eventually([&] { return second_over || somebody_waits(); }));
  const auto seen = lines_after(0);

  paris->held->let_go();
  first.join();
  second.join();

  const auto all = lines_after(0);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(seen.size() + lines_after(seen.empty() ? 0 : seen.back().id).size(), all.size());
}

TEST_F(NodeRaces, AUserIsErasedOnceAndAnEndOfABanIsToldOnce) {
  bool done[2];
  const auto by = [&](auto decide) {
    return [&, decide](int who) {
      return [&, decide, who](int) -> work {
        return [&, decide, who](const persistence::writing& db) { done[who] = bool(decide(db)); };
      };
    };
  };
  const auto one_did = [&](int) { EXPECT_NE(done[0], done[1]); };
  const auto erase = by([](const auto& db) { return decisions::erase(db, "zoë", support::decided()); });
  in_every_order([&](int) { add_user("zoë"); }, erase(0), erase(1), one_did);

  const auto unban = by([](const auto& db) { return decisions::unban_any(db, "spam", support::decided()); });
  in_every_order(
      [&](int) { paris->db->transact([](const auto& db) { decisions::ban_name(db, "spam", support::decided()); }); },
      unban(0), unban(1), one_did);
}

TEST_F(NodeRaces, AnArchivedSalonIsGivenNoOtherNameAndNoModerator) {
  add_user("zoë");
  salon_id made;
  bool archived = false, renamed = false, given = false;
  const auto prepare = [&](int place) {
    made = paris
               ->write([&](const auto& db) {
                 return decisions::create_salon(db, "salon " + std::to_string(place), policy::open, support::decided());
               })
               ->id;
  };
  const auto archive = [&](int) -> work {
    return [&](const persistence::writing& db) {
      archived = bool(decisions::archive_salon(db, made, support::decided()));
    };
  };
  const auto change = [&](int place) -> work {
    return [&, place](const persistence::writing& db) {
      renamed = bool(decisions::rename_salon(db, made, "salon " + std::to_string(place),
                                             "other " + std::to_string(place), support::decided()));
      given = bool(decisions::set_role(db, "zoë", role::moderator, {made}, support::decided()));
    };
  };
  in_every_order(prepare, archive, change, [&](int place) {
    EXPECT_TRUE(archived);
    EXPECT_EQ(renamed, given);
    const auto& db = support::asked(*paris->db);
    std::string name;
    for (const auto& salon : db.salons.archived())
      if (salon.record.id == made)
        name = salon.record.name;
    EXPECT_EQ(name, (renamed ? "other " : "salon ") + std::to_string(place));
    EXPECT_THAT(db.roles.moderates("zoë"), testing::IsEmpty());
  });
}

} // namespace
} // namespace salond
