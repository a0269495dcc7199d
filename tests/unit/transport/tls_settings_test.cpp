// What TLS connections are made with, told by several threads at once.
#include "actors/transport/tls_settings.hpp"
#include <atomic>
#include <gtest/gtest.h>
#include <thread>

namespace salond {
namespace {

using serials = std::set<std::string>;

const key_pair& authority() {
  static const auto made = make_authority();
  return made;
}

tls_settings fresh(serials revoked) {
  return make_tls_settings(issue({peer_kind::node, "paris"}, authority()), std::move(revoked));
}

TEST(TlsSettings, WhatIsRevokedStaysSo) {
  current_tls_settings settings;
  settings.replace(fresh({"0A"}));

  settings.revoke({"0B"});
  EXPECT_EQ(settings.get()->revoked, (serials{"0A", "0B"}));
  settings.revoke({"0A"}); // of a list that was read before
  EXPECT_EQ(settings.get()->revoked, (serials{"0A", "0B"}));
  settings.replace(fresh({"0C"}));
  EXPECT_EQ(settings.get()->revoked, (serials{"0A", "0B", "0C"}));
}

// A revocation beside a renewal put the certificate of before in force again.
TEST(TlsSettings, ARenewalIsNotLostToARevocation) {
  current_tls_settings settings;
  settings.replace(fresh({}));
  std::atomic<bool> over{false};
  std::thread revoking([&] {
    while (!over)
      settings.revoke({"0A"});
  });

  for (int round = 0; round < 2000; ++round) {
    auto next = *settings.get();
    next.server.reset(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    const auto renewed = next.server;
    settings.replace(std::move(next));
    std::this_thread::yield();
    EXPECT_EQ(settings.get()->server, renewed);
  }
  over = true;
  revoking.join();
}

} // namespace
} // namespace salond
