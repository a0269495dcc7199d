// A text longer than 1,024 bytes was cut, and its further pieces were written to a raw client as they were: whoever
// filled the first piece chose a whole write. The old desktop client of 2023 takes each read for one frame: it ended
// for `AUTH_FAILED` and for a JSON object, and a list of lists replaced its salons. Parts that two people chose, a name
// and a text, could together be JSON as well, and an operator's words went out bare.
// Right: each write begins with the text's envelope (`zoe dans le salon Général: `), for all that anybody chose; the
// envelope never begins as JSON does, and is at most 600 bytes; an announcement begins with `Annonce: `.
#include "protocol/text/text_codec.hpp"
#include "protocol/text/wire_text.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace salond::text {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::SizeIs;

const instant start{1h};

/// A raw client that is logged in, and has been told so.
text_codec old_client() {
  text_codec codec{{}};
  codec.feed("zoe:secret", start);
  codec.next(start + 150ms);
  codec.say(event::logged_in{"zoe", {}}, start + 150ms);
  std::vector<shared_bytes> out;
  for (auto now = start + 150ms; codec.unsent() > 0; now += 25ms)
    codec.drain(out, now);
  return codec;
}

std::vector<std::string> writes_of(text_codec& codec) {
  std::vector<shared_bytes> out;
  for (auto now = start + 1min; codec.unsent() > 0; now += 25ms)
    codec.drain(out, now);
  std::vector<std::string> result;
  for (const auto& bytes : out)
    result.push_back(*bytes);
  return result;
}

/// What a client that takes no lines is written: told for itself, and out of what all share.
std::vector<std::string> told(const event::any& event) {
  auto own = old_client(), shared = old_client();
  own.say(event, start + 1min);
  spelled_texts texts;
  spell_to(texts, event);
  shared.say_spelled(std::make_shared<const spelled_texts>(std::move(texts)), start + 1min);
  auto result = writes_of(own);
  EXPECT_EQ(writes_of(shared), result);
  return result;
}

/// Whether the old client shows it, instead of obeying or swallowing it.
bool is_shown(const std::string& write) {
  if (write == "AUTH_FAILED" || write == "CONNECTED" || write.size() > 1024 || !is_utf8(write))
    return false;
  return !nlohmann::json::accept(write);
}

/// All events that hold what somebody chose, said by `name` in a salon of that name.
std::vector<event::any> all_with(const std::string& name, const std::string& chosen) {
  return {event::said{{1}, name, name, chosen, 1, {}},
          event::said{{1}, chosen, name, chosen, 1, {}},
          event::said_privately{{1}, name, chosen, {}},
          event::joined{{1}, chosen, name},
          event::left{{1}, chosen, name},
          event::request_waits{chosen},
          event::request_refused{chosen},
          event::user_banned{chosen},
          event::announced{chosen},
          event::refused{fault::unknown_salon, chosen},
          event::refused{fault::unknown_user, chosen},
          event::refused{fault::not_a_member, chosen},
          event::refused{fault::mailbox_full, chosen},
          event::refused{fault::already_banned, chosen}};
}

const std::vector<std::string> obeyed = {"AUTH_FAILED", "CONNECTED", "{}",   R"([[1,"x"]])", R"({"a": 1})", "[]",
                                         "2026",        "-1.5e3",    "true", "null",         R"("text")"};

TEST(RawWrites, BeginWithTheEnvelopeInEveryPiece) {
  const auto writes = told(event::said{{1}, "Général", "paul", std::string(3000, '.'), 1, {}});

  ASSERT_THAT(writes, SizeIs(4));
  for (const auto& write : writes)
    EXPECT_EQ(write.rfind("paul dans le salon Général: ", 0), 0u) << write;
  size_t dots = 0;
  for (const auto& write : writes)
    dots += static_cast<size_t>(std::count(write.begin(), write.end(), '.'));
  EXPECT_EQ(dots, 3000u);
}

TEST(RawWrites, OfALongTextAreNeverWhatItsAuthorChoseWhereverItIsCut) {
  for (const auto& command : obeyed)
    for (size_t before = 900; before <= 1024; ++before)
      for (const auto& write : told(event::said_privately{{1}, "paul", std::string(before, '.') + command, {}}))
        ASSERT_EQ(write.substr(0, 15), "paul (privé): ") << before << command;
}

TEST(RawWrites, AreShownByTheOldClientWhateverPeopleChose) {
  for (const auto* name :
       {"paul", "{\"a", "[[\"a\",\"b\"],[\"", "\"a", "  [[1", "\t{", "2026", "AUTH_FAILED", "", "true"})
    for (const auto& command : obeyed)
      for (const auto& text : {command, std::string(1024, '.') + command, "\":\"c\"]]" + command})
        for (const auto& event : all_with(name, text))
          for (const auto& write : told(event))
            EXPECT_TRUE(is_shown(write)) << write;
}

TEST(RawWrites, HoldATildeInFrontOfAnOldNameThatBeginsAsJsonDoes) {
  EXPECT_THAT(told(event::said{{1}, "Général", "[[\"a\",\"b\"],[\"", "\":\"c\"]]", 1, {}}),
              ElementsAre("~[[\"a\",\"b\"],[\" dans le salon Général: \":\"c\"]]"));
  EXPECT_THAT(told(event::said_privately{{1}, "\"a", "b\"", {}}), ElementsAre("~\"a (privé): b\""));
  EXPECT_THAT(told(event::joined{{1}, "Blabla", "{a}"}), ElementsAre("~{a} a rejoint le salon Blabla."));
  EXPECT_THAT(told(event::user_banned{"  [1"}), ElementsAre("~  [1 a été banni définitivement."));
}

TEST(RawWrites, ShortenTheNamesOfAnEnvelopeOfMoreThanSixHundredBytes) {
  std::string fox;
  for (int i = 0; i < 255; ++i)
    fox += "🦊";
  for (const auto& write : told(event::said{{1}, fox, fox, std::string(5000, 'x'), 1, {}})) {
    const auto end = write.find(": ");
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end + 2, 600u);
    EXPECT_EQ(write.substr(0, 4), "🦊");
    EXPECT_NE(write.find("🦊… dans le salon 🦊"), std::string::npos);
    EXPECT_NE(write.find("🦊…: x"), std::string::npos);
  }
}

TEST(RawWrites, LeaveAnEnvelopeOfSixHundredBytesAsItIs) {
  const std::string name(600 - std::string_view{" (privé): "}.size(), 'n');
  EXPECT_THAT(told(event::said_privately{{1}, name, "x", {}}), ElementsAre(name + " (privé): x"));
}

TEST(RawWrites, OfAnAnswerAboutALongTypedNameBeginWithTheAnswer) {
  const auto writes = told(event::refused{fault::unknown_salon, std::string(8000, 's')});

  ASSERT_GT(writes.size(), 7u);
  for (const auto& write : writes)
    EXPECT_EQ(write.substr(0, 18), "ERREUR: le salon s");
  EXPECT_EQ(writes.back().substr(writes.back().size() - 14), "s n'existe pas");
}

TEST(RawWrites, ThatShareOneBeginEachLineWithItsEnvelope) {
  auto codec = old_client();
  for (int i = 0; i < 60; ++i)
    codec.say(event::said_privately{{1}, "paul", std::string(1030, '.') + "[[1]]", {}}, start + 1min);
  codec.say_last(event::kicked{5}, start + 1min);

  for (const auto& write : writes_of(codec))
    for (size_t at = 0; at < write.size(); at = std::min(write.find('\n', at), write.size() - 1) + 1)
      EXPECT_TRUE(write.compare(at, 15, "paul (privé): ") == 0 || write.compare(at, 9, "Vous avez") == 0) << write;
}

TEST(RawWrites, OfOperatorsWordsAreAnnouncements) {
  for (const auto& words : obeyed)
    EXPECT_THAT(told(event::announced{words}), ElementsAre("Annonce: " + words));
}

TEST(LineClients, AreToldTheSameTextsWithoutAnyOfThat) {
  EXPECT_EQ(spell(event::said{{1}, "[s", "{a", std::string(2000, 'x'), 1, {}}),
            "{a dans le salon [s: " + std::string(2000, 'x') + "\n");
}

} // namespace
} // namespace salond::text
