// The index by which searches find messages: built behind the posts, part by part
// (docs/decisions/0054-an-index-behind-the-posts.md). It only says which messages may hold a text; their texts decide.
// So what it lacks is looked through, and what it says too much does no harm.
//
// A part is built in steps, each a transaction or a question of some milliseconds: begin(), clear() until nothing of an
// earlier one is left, texts() and put() until all is there, finish(). Whoever begins it anew takes it over: the steps
// of the one before write nothing more. The lists of neighbouring parts, a stretch, are kept by their grams, so that a
// search reads those of one gram in one place.
#pragma once
#include "persistence/gram_lists.hpp"
#include "protocol/words/ids.hpp"
#include <optional>

namespace salond::persistence {

/// Messages of a salon: those with order numbers from `first` on, below `end`.
struct message_span {
  salon_id salon;
  int64_t first = 0, end = 0;

  bool operator==(const message_span& other) const {
    return salon == other.salon && first == other.first && end == other.end;
  }
};

/// Some messages of a span, in their order.
struct gram_page {
  std::vector<message_grams> messages;
  int64_t next = 0; ///< where to go on; 0: there are no more
};

/// How far a salon is indexed.
struct salon_reach {
  salon_id salon;
  int64_t newest = 0; ///< its greatest order number; 0: it has no message
  int64_t end = 0;    ///< its newest part that is built ends there; 0: it has none
};

class search_index_store {
public:
  virtual ~search_index_store() = default;

  /// Messages of a part, and how many newer ones a salon must have before one is built: few are looked through in no
  /// time, and in a small salon nothing is ever built.
  static constexpr size_t part_messages = 4096, newer_messages = 1024;
  static constexpr auto too_few_below = static_cast<int64_t>(part_messages + newer_messages);
  static constexpr size_t page_messages = 512;      ///< of a page of texts
  static constexpr size_t page_bytes = 256 << 10;   ///< the same, of their texts
  static constexpr size_t max_part_bytes = 8 << 20; ///< a part for which more is gathered ends there
  static constexpr size_t stretch_parts = 16;       ///< parts whose lists are kept together
  static constexpr size_t step_lists = 512;         ///< of a put()
  static constexpr size_t step_looks = 4096;        ///< lists of whatever part that a clear() looks at
  static constexpr size_t max_text = 64 << 10;      ///< a longer one is not taken apart

  /// Salons with numbers above `after`, in their order; the first `most`.
  virtual std::vector<salon_reach> reaches(salon_id after, size_t most) const = 0;
  /// Parts that are to be built anew: that were in work, or in which something was emptied or deleted. The first
  /// `most`.
  virtual std::vector<message_span> due(size_t most) const = 0;
  /// The next part of a salon, behind all others; nothing where it has too few messages for one.
  virtual std::optional<message_span> next_part(salon_id salon) const = 0;
  /// A page of the messages of a span that are not empty, from the order number `from` on.
  virtual gram_page texts(const message_span& of, int64_t from) const = 0;
  /// The next part that is built, behind the one that begins at `after`; nothing behind the last.
  virtual std::optional<message_span> part_behind(salon_id salon, int64_t after) const = 0;
  /// Whether a part holds as many messages as it did when it was built. Reads all of them.
  virtual bool is_whole(const message_span& part) const = 0;

  /// The part is `builder`'s from now on, and is looked through until it is finished. Whether it was begun before: only
  /// then there may be something to clear.
  virtual bool begin(const message_span& part, int64_t builder) = 0;
  /// `lost`: another builder has begun the part, and nothing was written.
  enum class step { more, done, lost };
  struct cleared {
    step made = step::done;
    gram next = 0; ///< more: where to go on
  };
  /// Removes what was put earlier, from the gram `from` on.
  virtual cleared clear(const message_span& part, int64_t builder, gram from) = 0;
  /// REQUIRES: at most step_lists. Answers done.
  virtual step put(const message_span& part, int64_t builder, const std::vector<gram_list>& lists) = 0;
  /// Searches go by it from now on. It ends where `part` does, which may be earlier than it began with. `messages`: how
  /// many texts() told of; where there was none, nothing is kept of the part.
  virtual step finish(const message_span& part, int64_t builder, size_t messages) = 0;
  /// It is to be built anew.
  virtual void distrust(const message_span& part) = 0;
};

} // namespace salond::persistence
