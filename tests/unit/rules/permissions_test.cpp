#include "actors/rules/permissions.hpp"
#include <gmock/gmock.h>
#include <map>

namespace {

using namespace salond;

constexpr salon_id mine{3}, another{4};

/// What each command needs, written down once more: a change of the table is a change of rights, and shows here.
const std::map<std::string_view, right> expected{
    {"status", right::operators},
    {"users", right::administrators},
    {"user", right::administrators},
    {"sessions", right::administrators},
    {"salons", right::operators},
    {"requests", right::operators},
    {"accept", right::moderators},
    {"reject", right::moderators},
    {"kick", right::moderators},
    {"ban", right::administrators},
    {"unban", right::administrators},
    {"bans", right::operators},
    {"announce", right::administrators},
    {"role", right::administrators},
    {"message delete", right::administrators},
    {"salon create", right::administrators},
    {"salon policy", right::administrators},
    {"salon topic", right::moderators},
    {"salon retention", right::administrators},
    {"salon rename", right::administrators},
    {"salon archive", right::administrators},
    {"member add", right::moderators},
    {"member remove", right::moderators},
    {"user add", right::administrators},
    {"user rename", right::administrators},
    {"password", right::administrators},
    {"search", right::administrators},
    {"history", right::administrators},
    {"log", right::administrators},
    {"watch", right::operators},
    {"kill", right::administrators},
    {"reload", right::administrators},
    {"backup", right::administrators},
    {"users import", right::administrators},
    {"export", right::administrators},
    {"erase", right::administrators},
    {"cert issue", right::administrators},
    {"cert list", right::administrators},
    {"cert revoke", right::administrators},
    {"node add", right::administrators},
    {"node remove", right::administrators},
    {"node drain", right::administrators},
    {"check", right::operators},
    {"nodes", right::operators},
    {"config show", right::administrators},
    {"user disable", right::administrators},
    {"user enable", right::administrators},
    {"session end", right::administrators},
    {"salon show", right::moderators},
    {"salon members", right::moderators},
    {"salon export", right::administrators},
    {"salon restore", right::administrators},
    {"invite create", right::administrators},
    {"invite list", right::administrators},
    {"invite revoke", right::administrators},
    {"backup verify", right::administrators},
};

TEST(Permissions, OfEveryCommandAreThoseOfTheTable) {
  for (const auto& command : operator_commands()) {
    const auto row = expected.find(command.name);
    ASSERT_NE(row, expected.end()) << command.name;
    const auto needs = row->second;
    const rules::authority administrator{role::administrator, {}}, user{role::user, {mine}},
        moderator{role::moderator, {mine}};

    EXPECT_TRUE(rules::may(administrator, command.needs, std::nullopt)) << command.name;
    EXPECT_TRUE(rules::may(administrator, command.needs, another)) << command.name;
    EXPECT_FALSE(rules::may(user, command.needs, std::nullopt)) << command.name;
    EXPECT_FALSE(rules::may(user, command.needs, mine)) << command.name;
    EXPECT_EQ(rules::may(moderator, command.needs, mine), needs != right::administrators) << command.name;
    EXPECT_EQ(rules::may(moderator, command.needs, another), needs == right::operators) << command.name;
    EXPECT_EQ(rules::may(moderator, command.needs, std::nullopt), needs == right::operators) << command.name;
  }
  EXPECT_EQ(operator_commands().size(), expected.size());
}

} // namespace
