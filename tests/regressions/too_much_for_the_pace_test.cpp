// An old desktop client is written 1,024 bytes each 25 ms at most, since it takes each read for one frame. What
// gathered behind that pace counted as what it had not read: where others wrote more than 40 KB a second for a while,
// clients that read everything were told "client trop lent" and closed. And each had a copy of its own of all that
// waited, up to 8 MiB. Right: who reads all that is written to him is never cut off. What is too much for his pace is
// left out, and he is told so; a private message among that waits for his next login. Who does not read is cut off as
// ever.
#include "tests/support/node_fixture.hpp"
#include "tests/support/raw_client.hpp"

namespace salond {
namespace {

using namespace std::chrono_literals;

class TooMuchForThePace : public NodeTest {
protected:
  TooMuchForThePace() {
    zoe_id = add_user("zoe");
    carl_id = add_user("carl");
    settings.rate.messages_per_second = 0;
    settings.limits.unsent_bytes = 16000;
    settings.text.pace = 300ms; // by far less than is said below, on a busy machine too
  }

  support::raw_client old_client() {
    support::raw_client result{"tcp://127.0.0.1:" + std::to_string(port)};
    EXPECT_TRUE(result.send("carl:secret"));
    read_until(result, "\"salon_name\""); // in the last frame of the welcome
    return result;
  }
  /// All that comes up to `end`, or up to the end of the connection.
  static std::string read_until(support::raw_client& who, const std::string& end) {
    std::string all;
    while (all.find(end) == std::string::npos) {
      const auto got = who.socket().receive(1024, support::deadline);
      if (got.empty())
        return all + (who.socket().ended() ? " (closed)" : " (nothing more)");
      all += got;
    }
    return all;
  }
  void say(client& who, size_t times) {
    for (size_t i = 0; i < times; ++i) {
      who.say("MSG (Général):" + std::string(8000, 'x'));
      who.line(); // who says this reads all, and is not cut off on a busy machine either
    }
  }

  user_id zoe_id, carl_id;
};

TEST_F(TooMuchForThePace, IsLeftOutOfWhatAnOldClientIsTold) {
  start();
  auto zoe = log_in("zoe");
  auto carl = old_client();
  say(zoe, 3);
  zoe.say("PRIVATE:carl:not now");
  zoe.say("MSG (Nulle part):x");
  ASSERT_EQ(zoe.line(), "ERREUR: le salon Nulle part n'existe pas"); // so the private message is told, or left out

  ASSERT_TRUE(carl.send("MSG (Ailleurs):x"));
  const auto heard = read_until(carl, "ERREUR: le salon Ailleurs n'existe pas");
  EXPECT_NE(heard.find("ERREUR: client trop lent"), std::string::npos) << heard;
  EXPECT_EQ(heard.find("not now"), std::string::npos);
  zoe.say("MSG (Général):fin");
  EXPECT_EQ(carl.read(), "zoe dans le salon Général: fin");

  auto again = log_in("carl");
  EXPECT_EQ(again.line(), "zoe (privé): not now");
}

TEST_F(TooMuchForThePace, EndsWhoDoesNotRead) {
  settings.text.pace = 0ms;
  start();
  auto zoe = log_in("zoe");
  const auto carl = old_client();
  const auto hears = [this] {
    return on_io_thread(
        [](audience& clients) { return clients.users_hearing(clients.salons.find("Général")->record.id).size(); });
  };
  ASSERT_EQ(hears(), 2u);

  for (int round = 0; round < 100 && hears() == 2; ++round)
    say(zoe, 20);

  EXPECT_EQ(hears(), 1u);
}

} // namespace
} // namespace salond
