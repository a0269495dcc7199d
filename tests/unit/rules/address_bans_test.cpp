#include "actors/rules/address_bans.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

using namespace std::chrono_literals;

constexpr moment noon{std::chrono::milliseconds{1'800'000'000'123}};

class AddressBans : public testing::Test {
protected:
  void put(const std::string& where, std::optional<moment> until = {}) { out.put(*address_range::parse(where), until); }
  std::optional<fault> at(const std::string& client, moment now = noon) const {
    return out.refuses(*address_range::parse(client), now);
  }

  rules::address_bans out;
};

TEST_F(AddressBans, RefuseNobodyAtFirst) {
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(at("203.0.113.7"), std::nullopt);
  EXPECT_EQ(at("::1"), std::nullopt);
}

TEST_F(AddressBans, RefuseAnAddressAndNotItsNeighbours) {
  put("203.0.113.7");
  put("2001:db8::7");

  EXPECT_EQ(at("203.0.113.7"), fault::banned);
  EXPECT_EQ(at("::ffff:203.0.113.7"), fault::banned);
  EXPECT_EQ(at("203.0.113.6"), std::nullopt);
  EXPECT_EQ(at("203.0.113.8"), std::nullopt);
  EXPECT_EQ(at("2001:db8::7"), fault::banned);
  EXPECT_EQ(at("2001:db8::8"), std::nullopt);
}

TEST_F(AddressBans, RefuseWholeNetworksFromTheirFirstAddressToTheirLast) {
  put("203.0.113.64/26");
  put("2001:db8:1::/48");

  for (const auto* client : {"203.0.113.64", "203.0.113.127", "2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff"})
    EXPECT_EQ(at(client), fault::banned) << client;
  for (const auto* client : {"203.0.113.63", "203.0.113.128", "2001:db8:0:ffff::1", "2001:db8:2::"})
    EXPECT_EQ(at(client), std::nullopt) << client;
}

TEST_F(AddressBans, OfIpv6HoldNoIpv4) {
  put("::/16");

  EXPECT_EQ(at("::1"), fault::banned);
  EXPECT_EQ(at("203.0.113.7"), std::nullopt);
}

TEST_F(AddressBans, LastUntilTheirTimeIsOver) {
  put("203.0.113.0/24", noon + 300s);

  EXPECT_EQ(at("203.0.113.7", noon + 299s), fault::kicked);
  EXPECT_EQ(at("203.0.113.7", noon + 300s), std::nullopt);
}

TEST_F(AddressBans, ThatOverlapHoldEachForItself) {
  put("203.0.0.0/16", noon + 300s);
  put("203.0.113.0/24", noon + 100s);
  put("203.0.113.7");

  EXPECT_EQ(at("203.0.113.7", noon + 24h), fault::banned);
  EXPECT_EQ(at("203.0.113.8", noon + 200s), fault::kicked) << "by the wider one";
  EXPECT_EQ(at("203.0.113.8", noon + 300s), std::nullopt);
}

TEST_F(AddressBans, TakeThePlaceOfOneOfTheSameNetwork) {
  put("203.0.113.0/24");
  put("203.0.113.0/24", noon + 300s);

  EXPECT_EQ(at("203.0.113.7"), fault::kicked);
}

TEST_F(AddressBans, EndOneByOne) {
  put("203.0.113.0/24");
  put("203.0.113.7");
  put("203.0.113.8");

  out.end(*address_range::parse("203.0.113.0/24"));
  out.end(*address_range::parse("203.0.113.9"));
  EXPECT_EQ(at("203.0.113.7"), fault::banned);
  EXPECT_EQ(at("203.0.113.9"), std::nullopt);

  out.end(*address_range::parse("203.0.113.7"));
  EXPECT_EQ(at("203.0.113.7"), std::nullopt);
  EXPECT_EQ(at("203.0.113.8"), fault::banned) << "of the same length";
  out.end(*address_range::parse("203.0.113.8"));
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(at("203.0.113.8"), std::nullopt);
}

TEST_F(AddressBans, ThatAreOverAreForgotten) {
  put("203.0.113.7", noon + 300s);
  put("203.0.113.0/24", noon + 301s);
  put("198.51.100.7");

  out.sweep(noon + 300s);

  EXPECT_EQ(out.size(), 2u);
  EXPECT_EQ(at("203.0.113.7", noon + 300s), fault::kicked);
  EXPECT_EQ(at("198.51.100.7"), fault::banned);
}

} // namespace
} // namespace salond
