// Was every message heard by everyone, once, unaltered, and in the same order by all?
//
// What the hearers of a salon get must be one and the same sequence of bytes. The first hearer to get a line has it
// compared with what was posted, and the line becomes the next of the salon's sequence; everyone else's bytes are
// compared with that sequence as they come, which costs little more than reading them. Only where they differ is the
// line looked at.
#pragma once
#include "protocol/words/time.hpp"
#include "tools/bench/histogram.hpp"
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace salond::bench {

/// What went wrong, counted in deliveries.
struct mistakes {
  uint64_t lost = 0; ///< never came to somebody who stayed connected
  uint64_t duplicates = 0;
  uint64_t disordered = 0; ///< came at another place of the order than to others
  uint64_t altered = 0;    ///< claims to be a posted message and is none
  uint64_t foreign = 0;    ///< a line that nobody was to get
  uint64_t refused = 0;    ///< ERREUR: …

  uint64_t total() const { return lost + duplicates + disordered + altered + foreign + refused; }
};

/// How a message looks to its hearers.
enum class form { salon, private_message };

class checker {
public:
  /// Texts have `text_bytes` bytes, at least 16.
  explicit checker(size_t text_bytes) : text_bytes_(text_bytes) {}

  /// Hearers of the same messages. `title`: the salon's name, or the target of private messages.
  uint32_t add_audience(std::string title, form shape);
  /// A connection that hears an audience; `counts` is false for one that is not waited for.
  enum class weight { counts, does_not_count };
  uint32_t add_hearer(uint32_t audience, weight weighs);
  /// The hearer was disconnected: nothing more is expected of it.
  void remove_hearer(uint32_t hearer);

  /// A new message of `sender`, due at `due`: the line to send, without its end.
  std::string post(uint32_t audience, const std::string& sender, instant due);

  /// What a hearer received.
  void take(uint32_t hearer, std::string_view bytes, instant now);

  /// The audiences of the messages that everyone who counts has had since the last call.
  std::vector<uint32_t> take_completed();
  size_t posted() const { return messages_.size(); }
  size_t in_flight() const { return in_flight_; }
  uint64_t deliveries() const { return deliveries_; }
  uint64_t deliveries_to(uint32_t hearer) const { return hearers_[hearer].delivered; }
  histogram& latencies() { return latencies_; }

  /// All that went wrong, given that nothing more will come.
  mistakes verdict() const;

private:
  struct message {
    instant due;
    uint32_t audience = 0, missing = 0; ///< missing: hearers that count and do not have it yet
    bool placed = false;                ///< it has a place in its salon's order
    uint32_t place = 0;
    std::string sender;
  };
  struct audience {
    std::string title;
    form shape = form::salon;
    std::string sequence;        ///< all lines, in the salon's order, as the hearers get them
    std::vector<size_t> ends;    ///< of each line in the sequence
    std::vector<uint32_t> order; ///< the message of each line
    uint32_t counted = 0;
    uint64_t posted = 0;
  };
  struct hearer {
    uint32_t audience = 0;
    weight weighs = weight::counts;
    bool gone = false;
    size_t offset = 0;        ///< in the sequence: all before it was received
    size_t next = 0;          ///< the line that the offset is in
    std::string partial;      ///< the beginning of a line that is not known to the sequence
    std::set<size_t> skipped; ///< lines before `next` that have not come
    uint64_t delivered = 0;
  };

  std::string text_of(uint32_t number) const;
  std::string line_of(uint32_t number) const;
  void advance(hearer& to, instant now);
  void take_line(hearer& to, std::string_view line, instant now);
  void deliver(hearer& to, uint32_t number, instant now);
  void finish_one(uint32_t number);
  bool find_message(std::string_view line, uint32_t audience, uint32_t& number) const;

  size_t text_bytes_;
  std::vector<message> messages_;
  std::vector<audience> audiences_;
  std::vector<hearer> hearers_;
  std::vector<uint32_t> completed_;
  size_t in_flight_ = 0;
  uint64_t deliveries_ = 0;
  histogram latencies_;
  mistakes found_;
};

} // namespace salond::bench
