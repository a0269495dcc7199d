// Who hears a salon, and in which bytes.
#include "actors/fan_out/subscriber_list.hpp"
#include "tests/support/witness.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using support::text_spelling;
using support::witness;
using testing::ElementsAre;
using testing::IsEmpty;

class SubscriberList : public testing::Test {
protected:
  static event::any said(const std::string& text) { return event::said{salon_id{1}, "Général", "zoë", text, 1, {}}; }
  static void tell(subscriber_list& to, const std::string& text) {
    const std::vector<event::any> events{said(text)};
    spelled_batch batch{events};
    to.tell(batch);
  }

  text_spelling plain, other;
  witness zoe{plain}, paul{plain}, max{other};
  subscriber_list general{salon_id{1}}, blabla{salon_id{2}};
};

TEST_F(SubscriberList, IsToldAsLongAsItSubscribes) {
  general.add(zoe);
  general.add(zoe); // twice is once
  general.add(paul);
  blabla.add(zoe);
  tell(general, "un");
  general.remove(zoe);
  general.remove(zoe);
  tell(general, "deux");
  tell(blabla, "trois");

  EXPECT_THAT(zoe.heard, ElementsAre("zoë dans le salon Général: un", "zoë dans le salon Général: trois"));
  EXPECT_THAT(paul.heard, ElementsAre("zoë dans le salon Général: un", "zoë dans le salon Général: deux"));
  EXPECT_THAT(subscriber_list::salons_of(zoe), ElementsAre(salon_id{2}));
}

TEST_F(SubscriberList, StaysWholeWhoeverLeavesIt) {
  std::vector<std::unique_ptr<witness>> many;
  for (int i = 0; i < 10; ++i) {
    many.push_back(std::make_unique<witness>(plain));
    general.add(*many.back());
    blabla.add(*many.back());
  }
  for (const size_t place : {0u, 9u, 4u, 5u})
    general.remove(*many[place]);
  tell(general, "un");

  size_t told = 0;
  for (const auto& each : many)
    told += each->heard.size();
  EXPECT_EQ(told, 6u);
  EXPECT_EQ(general.size(), 6u);
  for (const auto& each : many)
    subscriber_list::remove_from_all(*each);
  EXPECT_EQ(general.size() + blabla.size(), 0u);
}

TEST_F(SubscriberList, IsClearedOfAll) {
  general.add(zoe);
  general.add(paul);
  blabla.add(paul);

  general.clear();
  tell(general, "un");

  EXPECT_THAT(zoe.heard, IsEmpty());
  EXPECT_THAT(subscriber_list::salons_of(paul), ElementsAre(salon_id{2}));
}

TEST_F(SubscriberList, SpellsABatchOnceForAllWhoTakeItAlike) {
  for (auto* who : {&zoe, &paul, &max})
    general.add(*who);
  witness last{plain}, of_others{other};
  general.add(last);
  general.add(of_others);

  tell(general, "un");

  EXPECT_EQ(plain.spelled, 1u);
  EXPECT_EQ(other.spelled, 1u);
  EXPECT_EQ(zoe.last, paul.last); // the same bytes
  EXPECT_EQ(zoe.last, last.last);
  EXPECT_EQ(max.last, of_others.last);
  EXPECT_NE(zoe.last, max.last);
  subscriber_list::remove_from_all(last);
  subscriber_list::remove_from_all(of_others);
}

TEST_F(SubscriberList, TellsAllButItsAuthorWhereTheSpellingSaysSo) {
  other.author_hears = false;
  witness phone{other};
  zoe.number = connection_id{1};
  max.number = connection_id{2};
  phone.number = connection_id{3}; // another one of the author
  for (auto* who : {&zoe, &max, &phone})
    general.add(*who);
  const auto say = [&](std::vector<std::pair<connection_id, std::string>> texts) {
    std::vector<event::any> events;
    for (const auto& [from, text] : texts)
      events.push_back(event::said{salon_id{1}, "Général", "zoë", text, 1, {}, from});
    spelled_batch batch{events};
    general.tell(batch);
  };

  say({{max.number, "un"}}); // nothing is left for its author
  say({{max.number, "deux"}, {zoe.number, "trois"}});
  say({{connection_id{}, "quatre"}}); // of another node

  EXPECT_THAT(zoe.heard, ElementsAre("zoë dans le salon Général: un", "zoë dans le salon Général: deux",
                                     "zoë dans le salon Général: quatre")); // it hears itself
  EXPECT_THAT(phone.heard, ElementsAre("zoë dans le salon Général: un", "zoë dans le salon Général: deux",
                                       "zoë dans le salon Général: quatre"));
  EXPECT_THAT(max.heard, ElementsAre("zoë dans le salon Général: trois", "zoë dans le salon Général: quatre"));
  EXPECT_EQ(zoe.last->bytes, phone.last->bytes);
  subscriber_list::remove_from_all(phone);
}

TEST_F(SubscriberList, NamesUsersOnceAConnectionButNobodyWhoWasHungUpOn) {
  general.add(zoe);
  general.add(paul);
  paul.close(event::stopping{});

  EXPECT_THAT(general.users(), ElementsAre(user_id{0})); // nobody is proven here
}

} // namespace
} // namespace salond
