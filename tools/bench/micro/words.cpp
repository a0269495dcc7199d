// What one message costs where nothing else is at work: names, the text codec, the rules of a session.
#include "actors/rules/session.hpp"
#include "protocol/text/text_codec.hpp"
#include "protocol/text/wire_text.hpp"
#include "protocol/words/names.hpp"
#include <benchmark/benchmark.h>

namespace {

using namespace salond;

const std::string text(100, 'a');
constexpr instant now{};

void a_name_s_key(benchmark::State& state) {
  const std::string name = "Comptabilité";
  for (auto _ : state)
    benchmark::DoNotOptimize(key_of(name));
}
BENCHMARK(a_name_s_key);

void a_text_as_it_is_shown(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(shown(text));
}
BENCHMARK(a_text_as_it_is_shown);

void spelling_a_message(benchmark::State& state) {
  event::said said;
  said.salon_name = "Général";
  said.author = "u1";
  said.text = text;
  const event::any event = said;
  for (auto _ : state)
    benchmark::DoNotOptimize(text::spell(event));
}
BENCHMARK(spelling_a_message);

/// Bytes in, commands out: `range` posts in one read.
void understanding_posts(benchmark::State& state) {
  text::text_codec codec{{}};
  codec.feed("u1:secret\n", now);
  (void)codec.next(now);
  codec.say(event::logged_in{}, now);
  std::string bytes;
  for (int64_t i = 0; i < state.range(0); ++i)
    bytes += "MSG (Général):" + text + "\n";
  for (auto _ : state) {
    codec.feed(bytes, now);
    for (int64_t i = 0; i < state.range(0); ++i)
      benchmark::DoNotOptimize(codec.next(now));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(understanding_posts)->Arg(1)->Arg(64);

/// One delivery, as far as the codec has to do with it.
void handing_on_what_is_spelled(benchmark::State& state) {
  text::text_codec codec{{}};
  codec.feed("u1:secret\n", now);
  (void)codec.next(now);
  std::vector<shared_bytes> out;
  codec.drain(out, now);
  spelled_texts texts;
  text::spell_to(texts, event::said{{1}, "Général", "u1", text, 1, {}});
  const auto spelled = std::make_shared<const spelled_texts>(std::move(texts));
  for (auto _ : state) {
    out.clear();
    codec.say_spelled(spelled, now);
    codec.drain(out, now);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(handing_on_what_is_spelled);

/// A post and its answer, by somebody who is logged in.
void a_post_in_the_rules(benchmark::State& state) {
  rules::session session{64};
  (void)session.hear(command::any{command::log_in{"u1", "secret"}});
  (void)session.answered(rules::answer::found{user{user_id{1}, "u1", "u1", "$argon2id$", role::user}});
  rules::answer::verified right;
  right.heard = done{};
  right.which = 0;
  (void)session.answered(right);
  (void)session.answered(rules::answer::arrived{event::logged_in{"u1", {}}, {}});
  if (session.anonymous() || session.waiting()) {
    state.SkipWithError("not logged in");
    return;
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(session.hear(command::any{command::post{"Général", text}}));
    benchmark::DoNotOptimize(session.answered(rules::answer::posted{}));
  }
}
BENCHMARK(a_post_in_the_rules);

} // namespace
