// The index of searches: what it finds is what looking through finds, whatever becomes of its parts.
#include "tests/contract/store_contract.hpp"
#include "tests/support/mysql_stores.hpp"
#include <random>

namespace salond {

using persistence::gram_list;
using persistence::message_span;
using persistence::search_index_store;
using support::decided;
using support::noon;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using step = search_index_store::step;

class SearchIndex : public StoreContract {
protected:
  /// `count` texts, the first with number 1.
  void post_all(salon_id salon, const std::vector<std::pair<user_id, std::string>>& said) {
    db->transact([&](const auto& db) {
      int64_t seq = 0;
      for (const auto& [author, text] : said)
        db.messages.append({salon, author, ++seq, text, noon});
    });
  }

  /// All lists of a part, as they are to be written.
  std::pair<std::vector<gram_list>, size_t> lists_of(const message_span& part) {
    persistence::gram_lists lists(part.first);
    size_t messages = 0;
    persistence::gram_page page;
    page.next = part.first;
    do {
      page = now().search_index.texts(part, page.next);
      for (const auto& message : page.messages)
        lists.add(message);
      messages += page.messages.size();
    } while (page.next != 0);
    return {lists.take(), messages};
  }

  search_index_store::cleared clear(const message_span& part, int64_t builder, gram from = 0) {
    return write([&](const auto& db) { return db.search_index.clear(part, builder, from); });
  }
  /// How many steps that takes.
  int clear_all(const message_span& part, int64_t builder) {
    auto cleared = clear(part, builder);
    int steps = 1;
    for (; cleared.made == step::more; ++steps)
      cleared = clear(part, builder, cleared.next);
    EXPECT_EQ(cleared.made, step::done);
    return steps;
  }
  step put(const message_span& part, int64_t builder, const std::vector<gram_list>& lists) {
    return write([&](const auto& db) { return db.search_index.put(part, builder, lists); });
  }
  step finish(const message_span& part, int64_t builder, size_t messages) {
    return write([&](const auto& db) { return db.search_index.finish(part, builder, messages); });
  }
  bool begin(const message_span& part, int64_t builder) {
    return write([&](const auto& db) { return db.search_index.begin(part, builder); });
  }

  /// As the indexer does.
  void build(const message_span& part, int64_t builder = 7) {
    if (begin(part, builder))
      clear_all(part, builder);
    const auto [lists, messages] = lists_of(part);
    ASSERT_EQ(put(part, builder, lists), step::done);
    ASSERT_EQ(finish(part, builder, messages), step::done);
  }

  /// Of all that hold the text, oldest first; `looked_at`: what that took.
  std::vector<int64_t> find_all(salon_id salon, const std::string& text, size_t* looked_at = nullptr,
                                size_t at_once = 50) {
    std::vector<int64_t> result;
    size_t sum = 0;
    for (auto before = newest; before != 0;) {
      const auto part = now().messages.look_through(salon, text, before, at_once);
      EXPECT_LT(part.before, before);
      EXPECT_LE(part.found.size(), at_once);
      for (const auto& each : part.found)
        result.insert(result.begin(), each.number);
      sum += part.looked_at;
      before = part.before;
    }
    if (looked_at)
      *looked_at = sum;
    return result;
  }

  std::vector<message_span> due() { return now().search_index.due(100); }
};

std::string random_text(std::mt19937& random) {
  const std::string words[] = {"été", "Ete",  "plage", "la", "à", "🦊🦊🦊", "e\xCC\x81te\xCC\x81",
                               "x",   "ÉTÉS", "l'eau"};
  std::string text;
  for (auto count = random() % 6; count > 0; --count)
    text += words[random() % std::size(words)] + (random() % 3 == 0 ? "" : " ");
  return text;
}

TEST_P(SearchIndex, FindsWhatLookingThroughFinds) {
  const auto zoe = add_user("Zoé"), doomed = add_user("Doomed");
  std::mt19937 random{4711};
  std::vector<std::pair<user_id, std::string>> said;
  for (int n = 0; n < 600; ++n)
    said.emplace_back(random() % 5 == 0 ? doomed : zoe, random_text(random));
  post_all(general, said);
  const auto expected = [&](const std::string& text) {
    std::vector<int64_t> result;
    for (size_t n = 0; n < said.size(); ++n)
      if (search_form(said[n].second).find(search_form(text)) != std::string::npos)
        result.push_back(static_cast<int64_t>(n) + 1);
    return result;
  };
  const auto compare = [&](const std::string& when) {
    for (const std::string text : {"ete", "ÉTÉ", "la plage", "e", "x", "eteete", "🦊🦊", "🦊🦊🦊", "l'eau",
                                   "  ", "nulle part", "plage la", "etes ete", "été ete plage"})
      for (const size_t at_once : {1, 7, 50})
        ASSERT_EQ(find_all(general, text, nullptr, at_once), expected(text)) << when << ": " << text;
  };

  compare("without an index");
  build({general, 0, 200});
  build({general, 200, 350});
  build({general, 400, 500}); // behind a gap
  compare("with an index");
  for (size_t n = 3; n < said.size(); n += 9)
    if (!said[n].second.empty()) {
      const auto at = now().messages.at(general, {static_cast<int64_t>(n) + 1}).at(0).id;
      ASSERT_TRUE(write([&](const auto& db) { return decisions::delete_message(db, at, decided()); }));
      said[n].second.clear();
    }
  compare("after deletions");
  ASSERT_TRUE(write([&](const auto& db) { return decisions::ban(db, key_of("Doomed"), decided()); }));
  for (auto& [author, text] : said)
    if (author == doomed)
      text.clear();
  compare("after a ban");
  EXPECT_THAT(due(), testing::SizeIs(3));
  for (const auto& part : due())
    build(part);
  compare("built anew");
  EXPECT_THAT(due(), IsEmpty());
}

TEST_P(SearchIndex, LooksAtLittleOfWhatIsIndexed) {
  const auto zoe = add_user("Zoé");
  std::vector<std::pair<user_id, std::string>> said(3000, {zoe, "du foin, rien que du foin"});
  said[100].second = "une aiguille";
  post_all(general, said);
  size_t before = 0, rare = 0, absent = 0, frequent = 0;
  find_all(general, "aiguille", &before);
  for (int64_t first = 0; first < 3000; first += 500)
    build({general, first, first + 500});
  build({general, 3000, 3001});

  EXPECT_THAT(find_all(general, "aiguille", &rare), ElementsAre(101));
  EXPECT_THAT(find_all(general, "aiguillage", &absent), IsEmpty());
  const auto part = now().messages.look_through(general, "rien", newest, 50);
  frequent = part.looked_at;

  EXPECT_GE(before, 3000u);
  EXPECT_LT(rare, 200u);
  EXPECT_LT(absent, 200u);
  EXPECT_THAT(part.found, testing::SizeIs(50));
  EXPECT_LT(frequent, 200u);
}

TEST_P(SearchIndex, ALongTextIsLookedAtInAnyCase) {
  const auto zoe = add_user("Zoé");
  std::string text(search_index_store::max_text + 10, 'x');
  text += "aiguille";
  post_all(general, {{zoe, "foin"}, {zoe, text}, {zoe, "foin"}});
  build({general, 0, 4});

  EXPECT_THAT(find_all(general, "AIGUILLE"), ElementsAre(2));
  EXPECT_THAT(find_all(general, "paille"), IsEmpty());
  EXPECT_THAT(find_all(general, "foin"), ElementsAre(1, 3));
}

TEST_P(SearchIndex, APartThatIsDamagedIsLookedThrough) {
  const auto zoe = add_user("Zoé");
  post_all(general, {{zoe, "aiguille"}, {zoe, "foin"}, {zoe, "aiguille"}});
  const message_span part{general, 0, 3};
  begin(part, 7);
  auto lists = lists_of(part).first;
  for (auto& list : lists)
    list.messages = std::string("\xFF\0\xFF", 3);
  ASSERT_EQ(put(part, 7, lists), step::done);
  ASSERT_EQ(finish(part, 7, 2), step::done);

  EXPECT_THAT(find_all(general, "aiguille"), ElementsAre(1, 3));
}

TEST_P(SearchIndex, APartInWorkIsLookedThroughAndFoundAfterARestart) {
  const auto zoe = add_user("Zoé");
  post_all(general, {{zoe, "aiguille"}, {zoe, "foin"}, {zoe, "aiguille"}});
  const message_span part{general, 0, 4};
  begin(part, 7);
  auto lists = lists_of(part).first;
  lists.resize(1);
  put(part, 7, lists);

  EXPECT_THAT(find_all(general, "aiguille"), ElementsAre(1, 3));
  EXPECT_THAT(due(), ElementsAre(part));
  build(part, 8);
  EXPECT_THAT(find_all(general, "aiguille"), ElementsAre(1, 3));
  EXPECT_THAT(due(), IsEmpty());
}

TEST_P(SearchIndex, WhoBeginsAPartAnewTakesItOver) {
  const auto zoe = add_user("Zoé");
  post_all(general, {{zoe, "aiguille"}});
  const message_span part{general, 0, 2};
  begin(part, 7);
  begin(part, 8);

  EXPECT_EQ(clear(part, 7).made, step::lost);
  EXPECT_EQ(put(part, 7, lists_of(part).first), step::lost);
  EXPECT_EQ(finish(part, 7, 1), step::lost);
  EXPECT_EQ(clear(part, 8).made, step::done);
  EXPECT_EQ(put(part, 8, lists_of(part).first), step::done);
  EXPECT_EQ(finish(part, 8, 1), step::done);
  EXPECT_EQ(finish(part, 8, 1), step::lost) << "it is finished";
}

TEST_P(SearchIndex, APartIsClearedInStepsAndItsNeighboursStay) {
  const auto zoe = add_user("Zoé");
  std::vector<std::pair<user_id, std::string>> said;
  for (int n = 0; n < 1200; ++n)
    said.emplace_back(zoe, std::to_string(100000 + 137 * n) + static_cast<char>('a' + n % 26)
                               + static_cast<char>('a' + n / 26 % 26) + std::to_string(n));
  post_all(general, said);
  const message_span before{general, 0, 401}, part{general, 401, 801}, behind{general, 801, 1201};
  for (const auto& each : {before, part, behind})
    build(each);
  ASSERT_TRUE(begin(part, 8));

  EXPECT_GT(clear_all(part, 8), 1);
  EXPECT_EQ(put(part, 8, lists_of(part).first), step::done) << "nothing of it was left";
  for (const size_t n : {100, 1100}) {
    size_t looked_at = 0;
    EXPECT_THAT(find_all(general, said[n].second, &looked_at), ElementsAre(static_cast<int64_t>(n) + 1));
    EXPECT_LT(looked_at, 600u) << "by the lists of the others, and through the part in work";
  }
}

TEST_P(SearchIndex, ManyPartsAreKeptInSeveralStretches) {
  const auto zoe = add_user("Zoé");
  constexpr int64_t parts = 2 * search_index_store::stretch_parts + 3, messages = 10 * parts;
  std::vector<std::pair<user_id, std::string>> said(messages, {zoe, "du foin"});
  for (const size_t n : {3, 165, 345})
    said[n].second = "une aiguille";
  post_all(general, said);
  for (int64_t n = 0; n < parts; ++n)
    EXPECT_FALSE(begin({general, 10 * n, 10 * n + 10}, 7));
  for (int64_t n = 0; n < parts; ++n)
    build({general, 10 * n, 10 * n + 10});
  size_t looked_at = 0;

  EXPECT_THAT(find_all(general, "AIGUILLE", &looked_at), ElementsAre(4, 166, 346));
  EXPECT_LT(looked_at, 200u);
  EXPECT_THAT(find_all(general, "aiguillage"), IsEmpty());
  EXPECT_EQ(find_all(general, "foin").size(), static_cast<size_t>(messages) - 3);
}

TEST_P(SearchIndex, WhatIsDeletedWhileItsPartIsBuiltIsBuiltAnew) {
  const auto zoe = add_user("Zoé");
  post_all(general, {{zoe, "aiguille"}, {zoe, "foin"}});
  const message_span part{general, 0, 3};
  begin(part, 7);
  const auto [lists, messages] = lists_of(part);
  put(part, 7, lists);
  const auto id = now().messages.at(general, {1}).at(0).id;
  write([&](const auto& db) { return decisions::delete_message(db, id, decided()); });
  finish(part, 7, messages);

  EXPECT_THAT(due(), ElementsAre(part));
  EXPECT_THAT(find_all(general, "aiguille"), IsEmpty());
}

TEST_P(SearchIndex, OnlyPartsThatLostSomethingAreBuiltAnew) {
  const auto zoe = add_user("Zoé"), other = add_user("Autre");
  post_all(general, {{zoe, "un"}, {other, "deux"}, {zoe, "trois"}, {zoe, "quatre"}, {other, "cinq"}, {zoe, "six"}});
  post_all(blabla, {{zoe, "un"}, {zoe, "deux"}});
  build({general, 0, 3});
  build({general, 3, 5});
  build({general, 5, 6});
  build({blabla, 0, 3});
  ASSERT_THAT(due(), IsEmpty());
  ASSERT_TRUE(write([&](const auto& db) { return decisions::ban(db, key_of("Autre"), decided()); }));

  const auto found = due();

  EXPECT_THAT(found, testing::UnorderedElementsAre(message_span{general, 0, 3}, message_span{general, 5, 6}));
  for (const auto& part : found)
    build(part);
  EXPECT_THAT(now().search_index.part_behind(general, 3), Optional(message_span{blabla, 0, 3}))
      << "nothing is kept of a part without messages";
  EXPECT_THAT(now().search_index.part_behind(blabla, 0), std::nullopt);
}

TEST_P(SearchIndex, WhatIsTooOldIsNotKeptInIt) {
  const auto zoe = add_user("Zoé");
  post_all(general, {{zoe, "un"}, {zoe, "deux"}, {zoe, "trois"}, {zoe, "quatre"}});
  post_all(blabla, {{zoe, "un"}, {zoe, "deux"}});
  build({general, 0, 2});
  build({general, 2, 4});
  build({blabla, 0, 3});
  db->transact([&](const auto& db) {
    db.retention.put_ages({general}, db.retention.look_at_ages({general}, 0, 4));
    ASSERT_EQ(db.retention.remove_older({general}, noon + std::chrono::seconds{1}, 100).count, 4u);
  });

  EXPECT_THAT(due(), testing::UnorderedElementsAre(message_span{general, 0, 2}, message_span{general, 2, 4}));
  EXPECT_THAT(find_all(general, "trois"), IsEmpty());
  for (const auto& part : due())
    build(part);
  EXPECT_THAT(now().search_index.part_behind(general, -1), Optional(message_span{blabla, 0, 3}));
}

TEST_P(SearchIndex, APartThatLacksMessagesIsSeen) {
  const auto zoe = add_user("Zoé");
  post_all(general, {{zoe, "un"}, {zoe, "deux"}, {zoe, ""}});
  const message_span part{general, 0, 4};
  build(part);
  const bool whole = now().search_index.is_whole(part);
  begin(part, 7);
  finish(part, 7, 3); // as if an older node had emptied one since

  EXPECT_TRUE(whole);
  EXPECT_FALSE(now().search_index.is_whole(part));
  db->transact([&](const auto& db) { db.search_index.distrust(part); });
  EXPECT_THAT(due(), ElementsAre(part));
}

TEST_P(SearchIndex, TheNextPartBeginsWhereTheLastOneEnds) {
  constexpr auto part = static_cast<int64_t>(search_index_store::part_messages);
  const auto zoe = add_user("Zoé");
  const auto all = search_index_store::part_messages + search_index_store::newer_messages;
  post_all(general, std::vector<std::pair<user_id, std::string>>(all - 1, {zoe, "foin"}));
  const auto too_few = now().search_index.next_part(general);
  ASSERT_TRUE(post(general, zoe, static_cast<int64_t>(all), "foin"));

  EXPECT_EQ(too_few, std::nullopt);
  EXPECT_THAT(now().search_index.next_part(general), Optional(message_span{general, 0, part + 1}));
  build({general, 0, part + 1});
  EXPECT_EQ(now().search_index.next_part(general), std::nullopt);
  const auto reaches = now().search_index.reaches({}, 2);
  ASSERT_EQ(reaches.size(), 2u);
  EXPECT_EQ(reaches[0].salon, general);
  EXPECT_EQ(reaches[0].newest, static_cast<int64_t>(all));
  EXPECT_EQ(reaches[0].end, part + 1);
  EXPECT_EQ(reaches[1].newest, 0);
  EXPECT_EQ(now().search_index.reaches(reaches[1].salon, 10).size(), 3u);
}

INSTANTIATE_TEST_SUITE_P(Stores, SearchIndex, testing::Values(support::sqlite(), support::mariadb(), support::mysql()),
                         support::name_of);

} // namespace salond
