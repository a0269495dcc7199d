// A record of a cluster that keeps all of its promises, a seed a record; and mistakes that are planted into one.
#pragma once
#include "tests/cluster/checker.hpp"
#include <random>

namespace salond::faults {

using randomness = std::mt19937_64;

/// Logins, posts, private messages, joins, kicks, a node that is lost, a database that is away.
std::vector<event> made_record(uint64_t seed);

enum class mistake {
  row_lost,
  row_doubled,
  shown_twice,
  hole_inside,
  hole_at_begin,
  hole_at_end,
  shown_in_other_order,
  stored_in_other_order,
  refused_yet_stored,
  unanswered,
  private_row_lost,
  private_never_told,
  private_doubled,
  private_told_at_next_login,
  left_out,
  kicked_stays,
  kicked_is_back,
  closed,
  invented
};
constexpr int mistakes = static_cast<int>(mistake::invented) + 1;

const char* name_of(mistake which);
/// What the checker has to find.
broken broken_by(mistake which);
/// False where this record has no place for it.
bool plant(mistake which, std::vector<event>& record, randomness& random);

} // namespace salond::faults
