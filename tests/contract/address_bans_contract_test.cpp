// Addresses and networks from where nobody is let in.
#include "persistence/backup/tables.hpp"
#include "tests/contract/store_contract.hpp"

namespace salond {

using persistence::ban_store;
using persistence::table_named;
using std::chrono::minutes;
using support::after_noon;
using support::decided;
using support::hostile_name;
using support::hostile_text;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

address_range range(const std::string& text) {
  return *address_range::parse(text);
}

std::vector<std::string> called(const std::vector<address_ban>& all) {
  std::vector<std::string> result;
  for (const auto& each : all)
    result.push_back(each.where.to_string());
  return result;
}

TEST_P(StoreContract, ABannedAddressIsOutAndSoIsANetwork) {
  auto why = decided(hostile_name);
  why.reason = hostile_text;

  ASSERT_TRUE(write([&](const auto& db) { return decisions::ban_address(db, range("2001:db8::/48"), {}, why); }));
  const auto out = write([&](const auto& db) {
    return decisions::ban_address(db, range("::ffff:203.0.113.7"), after_noon(minutes(5)), why);
  });

  ASSERT_TRUE(out);
  const auto stored = now().bans.addresses(after_noon(minutes(5)) - std::chrono::milliseconds(1));
  ASSERT_THAT(stored, SizeIs(2));
  EXPECT_EQ(stored[0].until, std::nullopt);
  EXPECT_EQ(stored[1].where, range("203.0.113.7"));
  EXPECT_EQ(stored[1].until, after_noon(minutes(5)));
  EXPECT_EQ(stored[1].since, noon);
  EXPECT_EQ(stored[1].by, hostile_name);
  EXPECT_EQ(stored[1].reason, hostile_text);
  EXPECT_THAT(called(now().bans.addresses(after_noon(minutes(5)))), ElementsAre("2001:db8::/48"));
  EXPECT_THAT(now().bans.all(noon), IsEmpty()) << "they are no names";
  EXPECT_THAT(audited(), ElementsAre("ban_address|2001:db8::/48|done", "ban_address|203.0.113.7 (5 minutes)|done"));
}

TEST_P(StoreContract, AnAddressThatIsBannedAgainIsOutAsItWasSaidLast) {
  write([&](const auto& db) { return decisions::ban_address(db, range("203.0.113.0/24"), {}, decided("zoé")); });

  ASSERT_TRUE(write([&](const auto& db) {
    return decisions::ban_address(db, range("203.0.113.9/24"), after_noon(minutes(9)), decided("paul"));
  }));

  const auto stored = now().bans.addresses(noon);
  ASSERT_THAT(stored, SizeIs(1));
  EXPECT_EQ(stored[0].until, after_noon(minutes(9)));
  EXPECT_EQ(stored[0].by, "paul");
}

TEST_P(StoreContract, ABanOfAnAddressForgetsThoseThatAreOverAndNoOthers) {
  const auto ban = [&](const char* where, std::optional<moment> until, decision why) {
    write([&](const auto& db) { return decisions::ban_address(db, range(where), until, why); });
  };
  ban("192.0.2.1", after_noon(minutes(5)), decided());
  ban("192.0.2.2", after_noon(minutes(6)), decided());
  ban("192.0.2.3", {}, decided());
  auto later = decided();
  later.at = after_noon(minutes(5));

  ban("192.0.2.4", {}, later);

  EXPECT_THAT(now().rows.after(table_named("address_bans"), {}, 10), SizeIs(3)) << "all but the first";
  EXPECT_EQ(now().bans.count_addresses(later.at), 3u);
}

TEST_P(StoreContract, AnUnbanOfAnAddressEndsJustThatOne) {
  for (const auto* where : {"203.0.113.0/24", "203.0.113.7", "2001:db8::7"})
    write([&](const auto& db) { return decisions::ban_address(db, range(where), {}, decided()); });

  const auto ended = write([&](const auto& db) { return decisions::unban_any(db, "2001:DB8:0::7/128", decided()); });

  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->where, range("2001:db8::7"));
  EXPECT_EQ(write([&](const auto& db) { return decisions::unban_any(db, "203.0.113.8", decided()); }).why(),
            fault::unknown_user)
      << "a network that holds it is another one";
  EXPECT_EQ(write([&](const auto& db) { return decisions::unban_any(db, "2001:db8::7", decided()); }).why(),
            fault::unknown_user);
  EXPECT_THAT(called(now().bans.addresses(noon)), ElementsAre("203.0.113.0/24", "203.0.113.7"));
  EXPECT_EQ(audited().at(3), "unban_address|2001:db8::7|done");
}

TEST_P(StoreContract, AnUnbanEndsANameThatLooksLikeAnAddressWhereNoAddressIsOut) {
  write([&](const auto& db) { return decisions::ban_name(db, "203.0.113.7", decided()); });
  write([&](const auto& db) { return decisions::ban_address(db, range("203.0.113.7"), {}, decided()); });

  const auto first = write([&](const auto& db) { return decisions::unban_any(db, "203.0.113.7", decided()); });
  EXPECT_EQ(first->where, range("203.0.113.7"));
  EXPECT_THAT(now().bans.all(noon), SizeIs(1));
  const auto second = write([&](const auto& db) { return decisions::unban_any(db, "203.0.113.7", decided()); });

  EXPECT_FALSE(second->where);
  EXPECT_THAT(now().bans.all(noon), IsEmpty());
}

TEST_P(StoreContract, AnUnbanOfANameLetsNoAddressIn) {
  write([&](const auto& db) { return decisions::ban_name(db, "203.0.113.7", decided()); });
  write([&](const auto& db) { return decisions::ban_address(db, range("203.0.113.7"), {}, decided()); });

  const auto ended = write([&](const auto& db) { return decisions::unban_name(db, "203.0.113.7", decided()); });

  ASSERT_TRUE(ended);
  EXPECT_FALSE(ended->where);
  EXPECT_THAT(now().bans.all(noon), IsEmpty());
  EXPECT_THAT(called(now().bans.addresses(noon)), ElementsAre("203.0.113.7"));
  EXPECT_EQ(write([&](const auto& db) { return decisions::unban_name(db, "203.0.113.7", decided()); }).why(),
            fault::unknown_user);
}

TEST_P(StoreContract, AnAddressThatAUserIsCalledIsNotBanned) {
  add_user("203.0.113.0/24");

  EXPECT_EQ(
      write([&](const auto& db) { return decisions::ban_address(db, range("203.0.113.9/24"), {}, decided()); }).why(),
      fault::name_taken);

  EXPECT_THAT(now().bans.addresses(noon), IsEmpty());
  EXPECT_THAT(audited(), ElementsAre("ban_address|203.0.113.0/24|name_taken"));
}

TEST_P(StoreContract, AnAddressIsNotOutAnyMoreWhenItsTimeIsOver) {
  write([&](const auto& db) {
    return decisions::ban_address(db, range("203.0.113.7"), after_noon(minutes(5)), decided());
  });
  auto later = decided();
  later.at = after_noon(minutes(5));

  EXPECT_EQ(write([&](const auto& db) { return decisions::unban_any(db, "203.0.113.7", later); }).why(),
            fault::unknown_user);
}

TEST_P(StoreContract, NoMoreAddressesAreOutThanMayBe) {
  std::vector<persistence::table_row> rows;
  for (size_t n = 0; n < ban_store::max_addresses; ++n)
    rows.push_back(
        {"10." + std::to_string(n >> 16) + "." + std::to_string(n >> 8 & 255) + "." + std::to_string(n & 255), nullptr,
         int64_t{1}, std::string("spam"), std::string("local")});
  db->transact([&](const auto& db) { db.rows.put(table_named("address_bans"), rows); });

  EXPECT_EQ(write([&](const auto& db) { return decisions::ban_address(db, range("192.0.2.1"), {}, decided()); }).why(),
            fault::busy);
  EXPECT_TRUE(write([&](const auto& db) {
    return decisions::ban_address(db, range("10.0.0.1"), after_noon(minutes(5)), decided());
  })) << "it is out already";
  EXPECT_EQ(now().bans.count_addresses(noon), ban_store::max_addresses);
  EXPECT_EQ(audited().at(0), "ban_address|192.0.2.1|busy");
}

TEST_P(StoreContract, AnErasedOperatorsNameGoesFromBannedAddresses) {
  add_user("admin", role::administrator);
  add_user("Zoé", role::administrator);
  write([&](const auto& db) { return decisions::ban_address(db, range("203.0.113.7"), {}, decided("Zoé")); });

  ASSERT_TRUE(write([&](const auto& db) { return decisions::erase(db, key_of("Zoé"), decided()); }));

  EXPECT_EQ(now().bans.addresses(noon).at(0).by, "");
}

} // namespace salond
