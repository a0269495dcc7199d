// One round of the fault run: nodes, clients and a database of its own; one fault, or two at once; and what the checker
// says of all that was seen.
#pragma once
#include "tests/cluster/checker.hpp"
#include "tests/support/mariadb.hpp"

namespace salond::faults {

struct round_options {
  std::string fault = "kill";
  uint64_t seed = 1;
  size_t nodes = 3, clients = 24;
  int posts_per_second = 60; ///< that all clients together say, about
  double calm = 3, hold = 8; ///< seconds before the fault, and of it
};

struct round_result {
  std::vector<std::string> faults; ///< for people
  double service_seconds = 0;      ///< after the fault began, until no post sent before its end was refused or slow
  double longest_wait = 0;         ///< of a post on a node to which nothing happened, from the fault on
  size_t posts = 0, refused = 0, shown = 0;
  size_t closed_apart = 0; ///< connections that the server closed while nodes did not reach one another
  size_t closed = 0;       ///< connections, by nodes that lived
  std::string wrong;       ///< what kept the round from its end, or nodes from coming back
  std::vector<violation> violations;
  std::vector<event> record;
  std::string logs;
};

/// Their names, in the order in which they are run.
const std::vector<std::string>& kinds_of_faults();
round_result run_round(support::mariadb_server& server, const round_options& wanted);

} // namespace salond::faults
