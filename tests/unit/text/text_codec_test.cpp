#include "protocol/text/text_codec.hpp"
#include "protocol/text/wire_text.hpp"
#include "tests/support/utterance_words.hpp"
#include <algorithm>
#include <gmock/gmock.h>

namespace salond::text {
namespace {

using namespace std::chrono_literals;
using support::words;
using testing::ElementsAre;

const instant start{1h};

TEST(FirstFrame, IsALoginOrARegistration) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"zoe:secret", "log in zoe|secret"},
      {"zoe:se:cr:et", "log in zoe|se:cr:et"},
      {"zoe:", "log in zoe|"},
      {"GET:secret", "log in GET|secret"},
      {"INSCRIPTION:zoe:Zoé:se:cret", "register zoe|Zoé|se:cret"},
      {"INSCRIPTION:zoe:Zoé", "register zoe|Zoé|"},
      {"INSCRIPTION:zoe", "register zoe||"},
      {"INSCRIPTION:", "register ||"},
      {"INSCRIPTION", "misspoken malformed_login"},
      {"RESUME:abc", "resume abc or log in RESUME|abc"},
      {"INVITE:c0de:zoe:Zoé:se:cret", "invited c0de|zoe|Zoé|se:cret or log in INVITE|c0de:zoe:Zoé:se:cret"},
      {"INVITE:c0de:zoe", "invited c0de|zoe|| or log in INVITE|c0de:zoe"},
      {"INVITE:secret", "log in INVITE|secret"},
      {"zoe", "misspoken malformed_login"},
      {":secret", "misspoken malformed_login"},
      {" ", "misspoken malformed_login"},
      {"GET / HTTP/1.1", "fatal foreign_protocol"},
      {"POST /a:b HTTP/1.0", "fatal foreign_protocol"},
  };
  for (const auto& [frame, expected] : table)
    EXPECT_EQ(words(first_frame(frame)), expected) << frame;
}

TEST(TextDialect, EndsWithWhatTheReplacedServerClosedAfter) {
  const std::vector<event::any> last{event::registered{}, event::registration_refused{fault::name_taken},
                                     event::login_refused{fault::wrong_credentials}, event::credentials_refused{},
                                     event::refused{fault::malformed_login, {}}};
  const std::vector<event::any> others{event::logged_in{},
                                       event::credentials_right{},
                                       event::password_refused{fault::wrong_credentials},
                                       event::password_changed{},
                                       event::refused{fault::wrong_credentials, {}},
                                       event::refused{fault::bad_encoding, {}},
                                       event::refused{fault::storage, "Général"},
                                       event::help{}};

  for (const auto& event : last)
    EXPECT_TRUE(text_codec{{}}.ends_with(event)) << event.index();
  for (const auto& event : others)
    EXPECT_FALSE(text_codec{{}}.ends_with(event)) << event.index();
}

TEST(SessionFrame, IsACommandOrNone) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"MSG (Général): hello", "post Général|hello"},
      {"MSG (Général):hello", "post Général|hello"},
      {"MSG (Général):  hello", "post Général| hello"},
      {"MSG (a):b):c", "post a|b):c"},
      {"MSG (a):):", "post a|):"},
      {"MSG (a):x\ty\x01z", "post a|x\ty z"},
      {"MSG (a):", "nothing"},
      {"MSG (a): ", "nothing"},
      {"MSG (a", "misspoken unknown_command"},
      {"MSG a: b", "misspoken unknown_command"},
      {"JOIN:Blabla", "join Blabla"},
      {"JOIN:", "join "},
      {"LEAVE:Blabla", "leave Blabla"},
      {"PRIVATE:paul: psst: là", "private paul|psst: là"},
      {"PRIVATE:paul:", "nothing"},
      {"PRIVATE:paul", "misspoken unknown_command"},
      {"AUTH:zoe:a:b", "check zoe|a:b"},
      {"AUTH:zoe", "misspoken unknown_command"},
      {"REGISTER:zoe:Zoé:a:b", "register zoe|Zoé|a:b"},
      {"BAN:paul", "ban paul"},
      {"PASSWORD:old:new", "password old|new"},
      {"PASSWORD:a:b:c", "password a|b:c a:b|c"},
      {"PASSWORD:1:2:3:4:5:6:7:8:9:10",
       "password 1|2:3:4:5:6:7:8:9:10 1:2|3:4:5:6:7:8:9:10 1:2:3|4:5:6:7:8:9:10 1:2:3:4|5:6:7:8:9:10 "
       "1:2:3:4:5|6:7:8:9:10 1:2:3:4:5:6|7:8:9:10 1:2:3:4:5:6:7|8:9:10 1:2:3:4:5:6:7:8|9:10"},
      {"PASSWORD:old", "misspoken unknown_command"},
      {"HISTORY:Général:20", "history Général|20"},
      {"HISTORY:a:b:20", "history a:b|20"}, // no salon is called so, but somebody may ask
      {"HISTORY:Général:501", "history Général|500"},
      {"HISTORY:Général:99999999999999999999", "history Général|500"},
      {"HISTORY:Général:0", "misspoken unknown_command"},
      {"HISTORY:Général:-1", "misspoken unknown_command"},
      {"HISTORY:Général:1.5", "misspoken unknown_command"},
      {"HISTORY:Général:", "misspoken unknown_command"},
      {"HISTORY:Général", "misspoken unknown_command"},
      {"WHO:Général", "who Général"},
      {"WHO:", "who "},
      {"WHO:a:b", "who a:b"},
      {"WHO", "misspoken unknown_command"},
      {"SEARCH:Général:bonjour", "search Général|bonjour"},
      {"SEARCH:Général: a: b ", "search Général|a: b "},
      {"SEARCH:Général:  ", "search Général| "},
      {"SEARCH:Général:a\x01\tb", "search Général|a \tb"},
      {"SEARCH:Général:" + std::string(200, 'x'), "search Général|" + std::string(200, 'x')},
      {"SEARCH:Général: " + std::string(200, 'x'), "search Général|" + std::string(200, 'x')},
      {"SEARCH:Général:" + std::string(201, 'x'), "misspoken unknown_command"},
      {"SEARCH:Général:", "misspoken unknown_command"},
      {"SEARCH:Général: ", "misspoken unknown_command"},
      {"SEARCH:Général", "misspoken unknown_command"},
      {"TOKEN", "token"},
      {"HELP", "help"},
      {"QUIT", "quit"},
      {"quit", "misspoken unknown_command"},
      {"QUIT now", "misspoken unknown_command"},
      {"zoe:secret", "misspoken unknown_command"},
  };
  for (const auto& [frame, expected] : table)
    EXPECT_EQ(words(session_frame(frame)), expected) << frame;
}

std::vector<std::string> drained(text_codec& codec, instant now) {
  std::vector<shared_bytes> out;
  codec.drain(out, now);
  std::vector<std::string> result;
  for (const auto& bytes : out)
    result.push_back(*bytes);
  return result;
}

/// Lines of the server's own, as all clients share them.
shared_texts shared_lines(const std::string& lines) {
  spelled_texts texts{lines, {}};
  texts.envelopes.resize(static_cast<size_t>(std::count(lines.begin(), lines.end(), '\n')));
  return std::make_shared<const spelled_texts>(std::move(texts));
}

const event::any welcome = event::logged_in{"zoe", {{{1}, "Général", true}}};

TEST(TextCodec, SpeaksLinesToALineClient) {
  text_codec codec{{}};
  codec.feed("\r\nzoe:secret\r\nHELP\r\n", start);
  EXPECT_EQ(words(codec.next(start)), "nothing"); // the empty line: no end of what it has, but work
  EXPECT_EQ(words(codec.next(start)), "log in zoe|secret");
  codec.say(welcome, start);
  EXPECT_EQ(words(codec.next(start)), "help");
  EXPECT_EQ(words(codec.next(start)), "nothing");
  const auto shared = shared_lines("paul dans le salon Général: a\n");
  codec.say_spelled(shared, start);
  EXPECT_EQ(codec.unsent(), spell(welcome).size() + shared->bytes.size());

  std::vector<shared_bytes> out;
  codec.drain(out, start);

  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(*out[0], spell(welcome));
  EXPECT_EQ(out[1].get(), &shared->bytes); // the very bytes, not a copy
  EXPECT_EQ(codec.unsent(), 0u);
  EXPECT_EQ(codec.deadline(), std::nullopt);
}

TEST(TextCodec, SpeaksOneTextAWriteToARawClient) {
  text_codec codec{{}};
  codec.feed("zoe:secret", start);
  EXPECT_EQ(words(codec.next(start)), "nothing");
  EXPECT_EQ(codec.deadline(), start + 150ms);
  auto now = start + 150ms;
  EXPECT_EQ(words(codec.next(now)), "log in zoe|secret");
  codec.say(welcome, now);
  codec.say_spelled(shared_lines("a\nb\n"), now);
  std::vector<std::string> got;
  for (; codec.unsent() > 0; now += 25ms)
    for (auto& text : drained(codec, now))
      got.push_back(text);
  EXPECT_THAT(got, ElementsAre("CONNECTED", R"([[1, "G\u00e9n\u00e9ral"]])",
                               R"([{"salon_id": 1, "salon_name": "G\u00e9n\u00e9ral"}])", "a", "b"));
}

TEST(TextCodec, AnswersAClientThatEndsItsInputAtOnce) {
  text_codec codec{{}};
  codec.feed("a:b", start);
  codec.end_input(start);
  EXPECT_EQ(words(codec.next(start)), "log in a|b");
  EXPECT_EQ(words(codec.next(start)), "end");
  codec.say_last(event::refused{fault::wrong_credentials, {}}, start);
  EXPECT_THAT(drained(codec, start), ElementsAre("AUTH_FAILED"));
}

TEST(TextCodec, RefusesBytesThatAreNoText) {
  text_codec codec{{}};
  codec.feed("zo\xFF:x\n\xC3\xA9:x\n", start);
  EXPECT_EQ(words(codec.next(start)), "misspoken bad_encoding");
  EXPECT_EQ(words(codec.next(start)), "log in é|x");
}

TEST(TextCodec, ClosesForeignProtocolsAtOnce) {
  text_codec tls{{}};
  tls.feed(std::string("\x16\x03\x01\x02\x00", 5), start);
  EXPECT_EQ(words(tls.next(start)), "fatal foreign_protocol");
  text_codec browser{{}};
  browser.feed("POST / HTTP/1.1\r\nHost: a:b\r\n\r\n", start);
  EXPECT_EQ(words(browser.next(start)), "fatal foreign_protocol");
}

TEST(TextCodec, KnowsATlsHelloHoweverItIsCut) {
  const std::string bytes = "\n\x16\x03\x01\n\x02";
  for (size_t piece = 1; piece <= bytes.size(); ++piece) {
    text_codec codec{{}};
    std::vector<std::string> got;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      codec.feed(std::string_view{bytes}.substr(at, piece), start);
      while (auto said = codec.next(start))
        got.push_back(words(*said));
    }
    EXPECT_THAT(got, ElementsAre("nothing", "fatal foreign_protocol")) << piece;
    EXPECT_EQ(codec.unread(), 0u);
  }
}

TEST(TextCodec, KnowsABrowserHoweverItsRequestIsCut) {
  const std::string request = "POST /chat?to=a HTTP/1.1\r\nHost: a:b\r\n\r\nzoe:secret\r\n";
  for (const auto pause : {0ms, 200ms})
    for (size_t first = 6; first <= request.size(); ++first) {
      text_codec codec{{}};
      std::vector<std::string> got;
      auto now = start;
      for (const auto& part : {request.substr(0, first), request.substr(first)}) {
        codec.feed(part, now);
        now += pause;
        while (auto said = codec.next(now))
          got.push_back(words(*said));
      }
      EXPECT_THAT(got, ElementsAre("fatal foreign_protocol")) << first << " after " << pause.count();
    }
}

TEST(TextCodec, KnowsABrowserByALineThatIsTooLongOrNoText) {
  for (const auto& request :
       {"GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n", std::string("GET /\xFF HTTP/1.0\r\n"),
        std::string("GET http://a:1/b HTTP/1.1\n"), std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n")}) {
    text_codec codec{{}};
    codec.feed(request, start);
    EXPECT_EQ(words(codec.next(start)), "fatal foreign_protocol") << request;
  }
}

TEST(TextCodec, LetsInAUserWhoseNameLooksLikeARequest) {
  for (const std::string name : {"GET", "GET /", "POST it", "GET / HTTP/1.1", "CONNECT HTTP/1.1 fan"}) {
    text_codec codec{{}};
    codec.feed(name + ":secret\n", start);
    EXPECT_EQ(words(codec.next(start)), "log in " + name + "|secret");
  }
}

TEST(TextCodec, KnowsATlsHelloThatComesWithPauses) {
  text_codec codec{{}};
  codec.feed("\x16", start);
  EXPECT_EQ(words(codec.next(start)), "nothing");
  EXPECT_EQ(words(codec.next(start + 150ms)), "fatal foreign_protocol");
}

TEST(TextCodec, TakesNothingMoreAfterAForeignProtocolOrItsLastWord) {
  text_codec browser{{}};
  browser.feed("GET / HTTP/1.1\r\nHost: a\r\n", start);
  EXPECT_EQ(words(browser.next(start)), "fatal foreign_protocol");
  EXPECT_EQ(words(browser.next(start)), "nothing");
  text_codec closed{{}};
  closed.say_last(std::nullopt, start);
  closed.feed("a:b\n", start);
  EXPECT_EQ(closed.unread(), 0u);
  EXPECT_EQ(closed.unsent(), 0u);
  EXPECT_EQ(closed.deadline(), std::nullopt);
}

TEST(TextCodec, KeepsTheFramesOfALoginApartFromAFullMailbox) {
  text_codec codec{{}};
  codec.feed("zoe:secret", start);
  auto now = start + 150ms;
  codec.next(now);
  codec.say(welcome, now);
  for (int i = 0; i < 1000; ++i)
    codec.say(event::said_privately{{1}, "paul", "psst", {}}, now);
  EXPECT_THAT(drained(codec, now), ElementsAre("CONNECTED"));
  EXPECT_THAT(drained(codec, now + 24ms), ElementsAre());
  EXPECT_THAT(drained(codec, now + 25ms), ElementsAre(R"([[1, "G\u00e9n\u00e9ral"]])"));
  EXPECT_THAT(drained(codec, now + 50ms), ElementsAre(R"([{"salon_id": 1, "salon_name": "G\u00e9n\u00e9ral"}])"));
  EXPECT_EQ(drained(codec, now + 75ms).at(0).substr(0, 37), "paul (privé): psst\npaul (privé): ps");
}

TEST(TextCodec, KeepsTheOrderOfOwnAndSharedLines) {
  text_codec codec{{}};
  codec.feed("a:b\n", start);
  codec.next(start);
  codec.say(event::announced{"1"}, start);
  codec.say(event::announced{"2"}, start);
  codec.say_spelled(shared_lines("3\n4\n"), start);
  codec.say(event::announced{"5"}, start);
  codec.say_last(event::announced{"6"}, start);
  EXPECT_EQ(codec.unsent(), 4 * 11u + 4u);
  EXPECT_THAT(drained(codec, start), ElementsAre("Annonce: 1\nAnnonce: 2\n", "3\n4\n", "Annonce: 5\nAnnonce: 6\n"));
}

TEST(TextCodec, IsTransparentForALineClientToWhomNothingElseIsToBeSaid) {
  text_codec line{{}}, raw{{}};
  EXPECT_FALSE(line.transparent()); // it may still turn out to be raw

  line.feed("zoe:secret\n", start);
  line.next(start);
  EXPECT_TRUE(line.transparent());
  line.say(welcome, start);
  EXPECT_FALSE(line.transparent());
  drained(line, start);
  EXPECT_TRUE(line.transparent());
  line.say_last(std::nullopt, start);
  EXPECT_FALSE(line.transparent());

  raw.feed("zoe:secret", start);
  raw.next(start + 1s);
  EXPECT_FALSE(raw.transparent());
}

TEST(TextCodec, IsSmallSinceMostConnectionsAreIdle) {
  EXPECT_LE(sizeof(text_codec), 256u);
}

TEST(TextCodec, TellsWhatIsTooLong) {
  text_codec line{{}};
  line.feed("a:b\n" + std::string(8193, 'x') + "\nc:d\n", start);
  EXPECT_EQ(words(line.next(start)), "log in a|b");
  EXPECT_EQ(words(line.next(start)), "misspoken frame_too_long");
  text_codec raw{{}};
  raw.feed(std::string(8193, 'x'), start);
  EXPECT_EQ(words(raw.next(start)), "fatal frame_too_long");
}

TEST(TextCodec, SaysNothingAfterItsLastWord) {
  text_codec codec{{}};
  codec.feed("a:b\nc:d\n", start);
  codec.next(start);
  codec.say_last(event::stopping{}, start);
  codec.say(event::help{}, start);
  codec.say_spelled(shared_lines("x\n"), start);
  EXPECT_EQ(words(codec.next(start)), "nothing");
  EXPECT_THAT(drained(codec, start), ElementsAre("Le serveur va s'arrêter. Merci de vous déconnecter.\n"));
  EXPECT_EQ(codec.unsent(), 0u);
}

TEST(TextCodec, DropsWhatWaitsForAClientThatIsCutOff) {
  text_codec line{{}}, raw{{}};
  line.feed("a:b\nc:d\n", start);
  line.next(start);
  raw.feed("a:b", start);
  raw.next(start + 1s);
  for (auto* codec : {&line, &raw}) {
    codec->say(event::announced{"1"}, start + 1s);
    codec->say_spelled(shared_lines("2\n"), start + 1s);

    codec->cut_off(event::refused{fault::too_slow, {}}, start + 1s);
    codec->say(event::announced{"3"}, start + 1s);

    EXPECT_EQ(words(codec->next(start + 1s)), "nothing");
    EXPECT_THAT(drained(*codec, start + 1s), ElementsAre("ERREUR: client trop lent\n"));
    EXPECT_EQ(codec->unsent(), 0u);
    EXPECT_EQ(codec->deadline(), std::nullopt);
  }
}

TEST(TextCodec, EndsTheLineThatIsBegunBeforeOthersAreDropped) {
  const text_codec codec{{}};
  EXPECT_EQ(codec.rest_of_text("un\ndeux\n", 0), 0u); // none is begun
  EXPECT_EQ(codec.rest_of_text("un\ndeux\n", 1), 2u);
  EXPECT_EQ(codec.rest_of_text("un\ndeux\n", 2), 1u);
  EXPECT_EQ(codec.rest_of_text("un\ndeux\n", 3), 0u); // it has just ended
  EXPECT_EQ(codec.rest_of_text("un\ndeux\n", 5), 3u);
  EXPECT_EQ(codec.rest_of_text("un", 1), 0u); // a raw client's: it ends nowhere
}

TEST(TextCodec, EndsLinesForAClientOfWhomNothingIsKnown) {
  text_codec codec{{}};
  codec.say_last(event::refused{fault::login_timeout, {}}, start);
  EXPECT_THAT(drained(codec, start), ElementsAre("ERREUR: délai d'authentification dépassé\n"));
}

TEST(TextCodec, UnderstandsTheSameHoweverTheBytesAreCut) {
  const std::string bytes = "zoe:secret\nMSG (Général): été ):\n\nJOIN:Blabla\nHISTORY:Général:3\n\xFF\nQUIT\n";
  const std::vector<std::string> expected = {"log in zoe|secret", "post Général|été ):",    "nothing", "join Blabla",
                                             "history Général|3", "misspoken bad_encoding", "quit"};
  for (size_t piece = 1; piece <= bytes.size(); ++piece) {
    text_codec codec{{}};
    std::vector<std::string> got;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      codec.feed(std::string_view{bytes}.substr(at, piece), start);
      while (auto said = codec.next(start)) {
        got.push_back(words(*said));
        if (got.size() == 1)
          codec.say(welcome, start);
      }
    }
    ASSERT_EQ(got, expected) << "cut every " << piece;
  }
}

} // namespace
} // namespace salond::text
