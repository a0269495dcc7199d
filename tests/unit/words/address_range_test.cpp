#include "protocol/words/address_range.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

/// How it is spelled after it was read; "" where it is none.
std::string read(const std::string& text) {
  const auto found = address_range::parse(text);
  return found ? found->to_string() : "";
}

TEST(AddressRange, ReadsAddressesAndNetworksOfBothKinds) {
  const std::pair<const char*, const char*> cases[] = {
      {"203.0.113.7", "203.0.113.7"},
      {"203.0.113.7/32", "203.0.113.7"},
      {"203.0.113.0/24", "203.0.113.0/24"},
      {"203.0.113.7/24", "203.0.113.0/24"},
      {"203.0.113.255/25", "203.0.113.128/25"},
      {"0.0.0.0/0", "0.0.0.0/0"},
      {"2001:db8::7", "2001:db8::7"},
      {"2001:0DB8:0:0:0:0:0:7", "2001:db8::7"},
      {"2001:db8::7/128", "2001:db8::7"},
      {"2001:db8::/48", "2001:db8::/48"},
      {"2001:db8:0:ffff::7/49", "2001:db8:0:8000::/49"},
      {"::/0", "::/0"},
      {"::1", "::1"},
  };
  for (const auto& [text, spelled] : cases)
    EXPECT_EQ(read(text), spelled) << text;
}

TEST(AddressRange, TakesIpv4ThatIsWrittenAsIpv6ForIpv4) {
  EXPECT_EQ(read("::ffff:203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(read("::FFFF:cb00:7107"), "203.0.113.7");
  EXPECT_EQ(read("::ffff:203.0.113.7/120"), "203.0.113.0/24");
  EXPECT_EQ(read("::ffff:0:0/96"), "0.0.0.0/0");
  EXPECT_EQ(read("::ffff:203.0.113.7/95"), "::fffe:0:0/95") << "is more than IPv4";
  EXPECT_FALSE(address_range::parse("::ffff:0:0/95")->is_ipv4());
}

TEST(AddressRange, RefusesWhatIsNone) {
  for (const std::string text : {"",
                                 " ",
                                 "/",
                                 "/24",
                                 "203.0.113",
                                 "203.0.113.256",
                                 "203.0.113.07",
                                 "0xCB.0.113.7",
                                 "203.0.113.7/",
                                 "203.0.113.7/33",
                                 "203.0.113.7/024",
                                 "203.0.113.7/-1",
                                 "203.0.113.7/+8",
                                 "203.0.113.7/8 ",
                                 " 203.0.113.7",
                                 "203.0.113.7/8/8",
                                 "203.0.113.7/255.255.255.0",
                                 "203.0.113.7/4294967296",
                                 "2001:db8::/129",
                                 "2001:db8::/",
                                 "2001:db8:::7",
                                 ":",
                                 "::g",
                                 "fe80::1%eth0",
                                 "[2001:db8::7]",
                                 "203.0.113.7:5000",
                                 "zoë",
                                 "l'été \"x\"; DROP TABLE -- \\ 🦊"})
    EXPECT_EQ(read(text), "") << text;
  EXPECT_EQ(read(std::string("203.0.113.7\0", 12)), "");
  EXPECT_EQ(read(std::string("203.0.113.7/8\0", 14)), "");
  EXPECT_EQ(read(std::string(100000, '1')), "");
}

TEST(AddressRange, KnowsWhatIsTooWideToBeMeant) {
  for (const auto* wide : {"0.0.0.0/0", "10.0.0.0/7", "::/0", "::ffff:0:0/96", "2000::/15", "::ffff:0.0.0.0/103"})
    EXPECT_TRUE(address_range::parse(wide)->is_too_wide()) << wide;
  for (const auto* fine : {"10.0.0.0/8", "203.0.113.7", "2000::/16", "::1", "::ffff:10.0.0.0/104"})
    EXPECT_FALSE(address_range::parse(fine)->is_too_wide()) << fine;
}

TEST(AddressRange, ComparesWhatItNamesAndNotHowItWasWritten) {
  EXPECT_EQ(address_range::parse("203.0.113.9/24"), address_range::parse("::ffff:203.0.113.0/120"));
  EXPECT_FALSE(address_range::parse("203.0.113.0/24") == address_range::parse("203.0.113.0/25"));
  EXPECT_EQ(address_range::parse("203.0.113.9")->widened_to(120), *address_range::parse("203.0.113.0/24"));
}

} // namespace
} // namespace salond
