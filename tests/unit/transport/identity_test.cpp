#include "actors/transport/identity.hpp"
#include <gtest/gtest.h>

namespace salond {

TEST(Identity, PrintsAndParsesItsUri) {
  const identity zoe{peer_kind::administrator, "zoe"};

  EXPECT_EQ(to_uri(zoe), "salond:administrator/zoe");
  EXPECT_EQ(identity_of_uri("salond:administrator/zoe"), zoe);
  EXPECT_EQ(identity_of_uri("salond:node/db2.example"), (identity{peer_kind::node, "db2.example"}));
  EXPECT_EQ(identity_of_uri("salond:moderator/a-b_c.9"), (identity{peer_kind::moderator, "a-b_c.9"}));
  EXPECT_EQ(to_string(zoe), "administrator/zoe");
  EXPECT_EQ(identity_of("administrator/zoe"), zoe);
}

TEST(Identity, RefusesEveryOtherText) {
  const std::string with_zero{"salond:node/a\0b", 15};
  for (const auto& text :
       {std::string{}, std::string{"salond:"}, std::string{"salond:node"}, std::string{"salond:node/"},
        std::string{"salond:/zoe"}, std::string{"salond:user/zoe"}, std::string{"Salond:node/zoe"},
        std::string{"salond:Node/zoe"}, std::string{"salond:node/Zoe"}, std::string{"salond:node/zo\xC3\xAB"},
        std::string{"salond:node/a b"}, std::string{"salond:node/a/b"}, std::string{"salond:node/a\n"},
        std::string{"https:node/zoe"}, std::string{" salond:node/zoe"}, with_zero,
        "salond:node/" + std::string(65, 'a')})
    EXPECT_FALSE(identity_of_uri(text)) << text;
}

TEST(Identity, TakesNamesOfOneTo64Characters) {
  EXPECT_TRUE(is_peer_name("a"));
  EXPECT_TRUE(is_peer_name(std::string(64, 'a')));
  EXPECT_FALSE(is_peer_name(std::string(65, 'a')));
  EXPECT_FALSE(is_peer_name(""));
}

TEST(Identity, TellsTheSameNameInTwoKindsApart) {
  EXPECT_NE((identity{peer_kind::administrator, "zoe"}), (identity{peer_kind::moderator, "zoe"}));
  EXPECT_TRUE((identity{peer_kind::administrator, "zoe"}) < (identity{peer_kind::moderator, "zoe"}));
}

} // namespace salond
