// Whether a cluster kept what it promises, by a record of what its clients saw and what its database held (record.hpp).
// It knows no server: it may be asked about any.
#pragma once
#include "tests/cluster/record.hpp"

namespace salond::faults {

enum class broken {
  lost,               ///< shown, or answered as stored, and not in the database
  doubled,            ///< stored twice, or shown twice to one connection
  hole,               ///< what a connection was shown of a salon is not one unbroken piece of its history
  order,              ///< shown in another order than stored; or stored in another order than one connection sent it
  refused_yet_stored, ///< its author was told that it is not stored
  unanswered,         ///< later than the bound, of an author on a living node, with the database up
  private_lost,       ///< a private message is not stored, or its target is never told
  private_doubled,    ///< stored twice; or told twice although no node was lost
  left_out,           ///< a connection of the target, or another one of the author, is not told
  kick_late,          ///< somebody who is kicked is still there, or in again
  closed,             ///< a connection on a living node was closed by the server
  invented            ///< shown, told or stored, and sent by nobody, or told to somebody else
};

/// "lost", "refused yet stored" and so on.
const char* name_of(broken promise);

struct violation {
  broken promise;
  /// What happened to which text, whom, when.
  std::string text;
};

/// How long something may take, in seconds.
struct bounds {
  double answer = 10;     ///< of an author
  double answer_cut = 15; ///< the same while nodes do not reach one another
  double settle = 5;      ///< until a connection has been shown what others were
  double kick = 2;
};

/// All that is broken, at most 1,000; in the order of the promises.
std::vector<violation> check(const std::vector<event>& record, const bounds& within = {});

} // namespace salond::faults
