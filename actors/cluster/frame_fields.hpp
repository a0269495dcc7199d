// Which field of a frame bears which number, and what no node would say in them. For frame_codec alone.
#pragma once
#include "actors/cluster/frames.hpp"
#include <algorithm>
#include <type_traits>
#include <utility>

namespace salond::cluster::fields {

// --- what stands where: the one list for both directions. Numbers are never given to anything else ---

/// The number of a kind of frame; 0: no frame, but part of one.
template <class T>
constexpr uint64_t kind_of = 0;

#define SALOND_FIELDS(kind, type, ...)                                                                                 \
  template <>                                                                                                          \
  constexpr uint64_t kind_of<type> = kind;                                                                             \
  template <class F, class X, std::enable_if_t<std::is_same_v<std::remove_const_t<X>, type>, int> = 0>                 \
  void list(F& f, X& x) {                                                                                              \
    __VA_ARGS__;                                                                                                       \
  }

SALOND_FIELDS(1, hello, f(1, x.from), f(2, x.to), f(3, x.session), f(4, x.speaks.oldest), f(5, x.speaks.newest),
              f(6, x.program))
SALOND_FIELDS(2, welcome, f(1, x.session), f(2, x.speaks.oldest), f(3, x.speaks.newest), f(4, x.program))
SALOND_FIELDS(3, farewell, f(1, x.why))
SALOND_FIELDS(4, gone, f(1, x.run))
SALOND_FIELDS(5, ping, f(1, x.sent), f(2, x.beats), f(3, x.token))
SALOND_FIELDS(6, pong, f(1, x.token))
SALOND_FIELDS(16, attach, f(1, x.salon), f(2, x.question))
SALOND_FIELDS(17, attached, f(1, x.salon), f(2, x.question), f(3, x.epoch), f(4, x.last_seq), f(5, x.taken),
              f(6, x.pending))
SALOND_FIELDS(18, attach_again, f(1, x.salon), f(2, x.epoch))
SALOND_FIELDS(19, post, f(1, x.salon), f(2, x.epoch), f(3, x.number), f(4, x.before), f(5, x.author), f(6, x.text),
              f(7, x.author_name))
SALOND_FIELDS(20, batch, f(1, x.salon), f(2, x.epoch), f(3, x.before), f(4, x.rows), f(5, x.refused))
SALOND_FIELDS(0, stored_row, f(1, x.seq), f(2, x.number), f(3, x.author), f(4, x.text), f(5, x.at), f(6, x.author_name))
SALOND_FIELDS(0, refusal, f(1, x.number), f(2, x.reason))
SALOND_FIELDS(21, news, f(1, x.number))
SALOND_FIELDS(22, private_message, f(1, x.id), f(2, x.from), f(3, x.to), f(4, x.text), f(5, x.at), f(6, x.from_name))
// 23 was that of frames that nobody sent.
SALOND_FIELDS(24, usages, f(1, x.all))
SALOND_FIELDS(25, question, f(1, x.token), f(2, x.topic), f(3, x.text))
SALOND_FIELDS(26, answer, f(1, x.token), f(2, x.text))
SALOND_FIELDS(27, dial_back, (void)f, (void)x)
SALOND_FIELDS(28, dialled_back, f(1, x.reached), f(2, x.why))
SALOND_FIELDS(29, posts, f(1, x.all))
SALOND_FIELDS(0, usage, f(1, x.limit), f(2, x.whose), f(3, x.count))

#undef SALOND_FIELDS

// --- what no node would say ---

template <class T>
bool sensible(const T&) {
  return true;
}
inline bool sensible(const spoken_versions& x) {
  return x.oldest > 0 && x.newest >= x.oldest;
}
inline bool sensible(const hello& x) {
  return x.from.value > 0 && x.to.value > 0 && x.session > 0 && sensible(x.speaks);
}
inline bool sensible(const welcome& x) {
  return x.session > 0 && sensible(x.speaks);
}
inline bool sensible(const gone& x) {
  return x.run.value > 0;
}
inline bool sensible(const attach& x) {
  return x.salon.value > 0 && x.question > 0;
}
inline bool sensible(const attached& x) {
  return x.salon.value > 0 && x.question > 0 && x.epoch.value > 0;
}
inline bool sensible(const attach_again& x) {
  return x.salon.value > 0;
}
inline bool sensible(const post& x) {
  return x.salon.value > 0 && x.epoch.value > 0 && x.number.value > 0 && x.author.value > 0;
}
inline bool sensible(const posts& x) {
  return !x.all.empty() && std::all_of(x.all.begin(), x.all.end(), [](const post& post) { return sensible(post); });
}
inline bool sensible(const batch& x) {
  auto last = x.before;
  for (const auto& row : x.rows)
    if (std::exchange(last, row.seq) >= row.seq)
      return false;
  const auto named = [](const refusal& refusal) { return refusal.number.value > 0; };
  return x.salon.value > 0 && x.epoch.value > 0 && std::all_of(x.refused.begin(), x.refused.end(), named);
}
inline bool sensible(const private_message& x) {
  return x.id.value > 0 && x.from.value > 0 && x.to.value > 0;
}
inline bool sensible(const question& x) {
  return x.token > 0 && !x.topic.empty();
}
inline bool sensible(const answer& x) {
  return x.token > 0;
}

} // namespace salond::cluster::fields
