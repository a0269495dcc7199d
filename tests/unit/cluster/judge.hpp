// The truth of a schedule, and what it is compared with: each check throws `broken` with the promise that was broken.
#pragma once
#include "tests/unit/cluster/basics.hpp"
#include <array>
#include <vector>

namespace salond::simulation {

/// A message as the store has it for good.
struct kept_row {
  int64_t seq = 0;
  cluster::post_number number;
  int text = 0;
};

class judge {
public:
  /// A user wrote a text, on his `connection`th connection. Its name among all texts.
  int written(int user, int connection, int place);
  /// The name that the next one will get.
  int next_text() const { return static_cast<int>(texts_.size()); }
  /// The text of a row.
  static int text_of(const std::string& text);

  /// A row was committed by a run that holds, or does not hold, the salon's row with that epoch.
  void stored(int place, const kept_row& row, bool by_its_home);
  /// The author, on the same connection still, was answered.
  void answered(int text, bool is_stored);
  /// A connection was closed: its texts may or may not be stored.
  void abandoned(int user);
  /// A client that was shown `shown` messages of the salon before was shown this one next.
  void shown(int place, size_t shown, const cluster::stored_row& row) const;
  /// Others have ended the work of a run.
  void ended_by_others(const std::string& name, bool excusable) const;
  /// A node closed its clients.
  void closed(const std::string& name, bool excusable) const;

  /// All faults have stopped long since.
  void all_answered() const;
  const std::vector<kept_row>& history(int place) const { return history_[static_cast<size_t>(place)]; }
  int64_t last_seq(int place) const {
    const auto& rows = history(place);
    return rows.empty() ? 0 : rows.back().seq;
  }
  /// How many messages there are up to `seq`.
  size_t count_up_to(int place, int64_t seq) const;

private:
  enum class fate { waiting, stored, refused, unknown };
  struct text {
    int user = 0, connection = 0, place = 0;
    fate answer = fate::waiting;
    bool is_stored = false;
  };
  std::vector<text> texts_;
  std::array<std::vector<kept_row>, salons> history_;
};

} // namespace salond::simulation
