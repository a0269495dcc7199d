// Whether a node that enters its cluster may serve: not before one of those who live has reached it at its address.
// Where nobody else lives there is nobody to ask.
//
// The nodes whose names are lesser dial it by themselves; the others are asked to dial once and to say what came of it.
// One that reached it is enough: whom it does not reach later is another matter (reach.hpp).
#pragma once
#include "actors/rules/cluster/values.hpp"
#include "protocol/words/time.hpp"
#include <map>

namespace salond::rules::cluster {

class entrance {
public:
  /// After so many seconds in which rounds of its own succeeded, without an answer it does not serve: it is not to
  /// wait for ever, and who is lost is found in fewer.
  static constexpr int max_seconds = 30;
  /// All who live have tried so often, and none succeeded.
  static constexpr int max_tries = 3;

  enum class verdict { waits, serves, refused };

  /// A round succeeded, and read that these others live.
  void round(const std::vector<node_id>& others, instant now);
  /// That one has reached it.
  void reached() { reached_ = true; }
  /// That one tried, and has not; why, for people.
  void missed(node_id by, const std::string& why);

  verdict now() const;
  /// Why nobody who lives has reached it; empty of one who said nothing.
  const std::map<node_id, std::string>& misses() const { return misses_; }

private:
  bool all_have_tried() const;

  std::map<node_id, std::string> misses_; ///< of each who lives
  std::map<node_id, int> tries_;
  int seconds_ = 0;
  instant counted_{};
  bool reached_ = false;
};

} // namespace salond::rules::cluster
