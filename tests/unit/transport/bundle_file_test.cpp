#include "actors/transport/bundle_file.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

TEST(BundleFile, SaysWhichServerItIsForBeforeTheBlocks) {
  const std::string blocks = "-----BEGIN CERTIFICATE-----\nserver: in a block\n";

  const auto text = with_server(blocks, "chat.example:5001");

  EXPECT_EQ(text, "server: chat.example:5001\n" + blocks);
  EXPECT_EQ(server_of(text), "chat.example:5001");
  EXPECT_EQ(with_server(text, "[2001:db8::1]:5001"), "server: [2001:db8::1]:5001\n" + blocks);
  EXPECT_EQ(server_of(blocks), "");
}

TEST(BundleFile, BearsWhatMailAndHandsMakeOfIt) {
  EXPECT_EQ(server_of("server: chat.example:5001\r\n-----BEGIN"), "chat.example:5001");
  EXPECT_EQ(server_of("server: chat.example:5001  "), "chat.example:5001");
  EXPECT_EQ(server_of("server: "), "");
  EXPECT_EQ(server_of("server:"), "");
  EXPECT_EQ(server_of(""), "");
  EXPECT_EQ(with_server("", "x:1"), "server: x:1\n");
}

} // namespace
} // namespace salond
