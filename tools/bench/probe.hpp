// Salons that are asked again and again whether they take posts, and how long one waits.
#pragma once
#include "tools/bench/crowd.hpp"
#include <optional>

namespace salond::bench {

/// One salon. Its client posts numbers; each is to be shown to it once, in order, unless it is refused.
class probe {
public:
  explicit probe(std::string salon) : salon_(std::move(salon)) {}

  /// The line to say next.
  std::string post(instant now);
  void hear(std::string_view bytes, instant now);
  /// From now on it is counted how long posts wait, and when one of them is shown that was posted after this.
  void begin(instant now);

  const std::string& salon() const { return salon_; }
  /// Something that was posted was neither shown nor refused yet.
  bool waits() const { return passed_over_ + waiting_.size() > refused_; }
  size_t refused() const { return refused_; }
  /// Shown twice, in the wrong order, or neither shown nor refused; given that nothing more will come.
  size_t mistakes() const;
  /// Since begin().
  std::chrono::nanoseconds longest() const { return longest_; }
  std::optional<instant> shown_again() const { return shown_again_; }

private:
  struct sent {
    uint64_t number;
    instant at;
  };
  void hear_line(std::string_view line, instant now);

  std::string salon_, partial_;
  std::deque<sent> waiting_;
  uint64_t posted_ = 0;
  size_t refused_ = 0, passed_over_ = 0, wrong_ = 0;
  instant since_{};
  std::chrono::nanoseconds longest_{};
  std::optional<instant> shown_again_;
};

/// Many of them, each with a client of a crowd, that post in turns.
class probes {
public:
  /// Each salon is posted to once in that time.
  probes(crowd& clients, std::chrono::nanoseconds each) : clients_(clients), each_(each) {}

  void add(const std::string& salon, size_t client);
  /// The clients.
  const std::vector<size_t>& who() const { return who_; }
  /// Posts what is due. REQUIRES: called again and again.
  void go_on();
  /// Goes on, and turns, until that is so; false when it takes longer.
  bool run(
      std::chrono::nanoseconds at_most, const std::function<bool()>& until = [] { return false; });
  /// Waits for what was posted, and posts nothing. False when something waits still.
  bool settle();
  void begin();
  std::deque<probe>& all() { return all_; }

private:
  crowd& clients_;
  std::chrono::nanoseconds each_;
  std::deque<probe> all_; // they do not move: their clients' listeners know them
  std::vector<size_t> who_;
  instant due_{};
  size_t next_ = 0;
};

} // namespace salond::bench
