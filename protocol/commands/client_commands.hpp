// What a client can say, as a table: when it is allowed, which right it needs, what it costs, how HELP tells of it. The
// session, the rates and HELP are read from it; docs/text-protocol.md and what the text dialect understands are tested
// against it. Beside it what else costs: frames that are no command, answers, connections that come to nothing.
//
// The unit is a request: about a tenth of a millisecond of the server's time, all threads together. The figures are
// measured (tools/bench, scenario `floods`), and rounded up where clients have no reason to do it often.
#pragma once
#include "protocol/words/operator_command.hpp"
#include "protocol/words/utterance.hpp"
#include <array>

namespace salond {

struct client_command {
  enum class place { first_frame, session, both };

  size_t kind = 0;       ///< its place among command::any
  const char* name = ""; ///< before a login, in the text dialect; a login itself has none
  const char* name_in_session = "";
  place allowed = place::session;
  double cost = 1;            ///< in requests; 0: it has a rate of its own
  bool is_message = false;    ///< it uses up the message rate: others are told of it, or it is stored
  std::optional<right> needs; ///< none: whoever is logged in may
  const char* help = nullptr; ///< its line of HELP, if it has one

  constexpr bool is_allowed_before_login() const { return allowed != place::session; }
  constexpr bool is_allowed_in_session() const { return allowed != place::first_frame; }
};

using client_command_table = std::array<client_command, std::variant_size_v<command::any>>;

/// A row for each command, in the order in which HELP tells of them.
const client_command_table& client_commands();
/// The row of what was said.
const client_command& about(const command::any& said);

/// What else costs, in requests.
namespace client_costs {

inline constexpr double nothing_said = 0.05; ///< an empty line
inline constexpr double misspoken = 0.5;     ///< words that are no command, and their refusal
inline constexpr double half_frame = 0.05;   ///< a read that brought no whole frame
inline constexpr double read_byte = 0.00002; ///< each byte of it, with TLS
inline constexpr double told = 0.012;        ///< each text of an answer; a HISTORY of 500 is 6 for these alone
inline constexpr double told_byte = 0.00005; ///< each byte of it
inline constexpr double named = 0.01;        ///< each name of a WHO
inline constexpr double searched_part = 15;  ///< as many messages as the store looks through at once
inline constexpr double fruitless = 3;       ///< a connection that ended without a login
inline constexpr double fruitless_tls = 15;  ///< the same, with the work of a handshake

} // namespace client_costs

/// What hearing it costs. What it is answered costs besides.
double cost_of(const utterance& said);

/// What its answer costs at most, but for its bytes: it is taken before so much is done, and what was too much given
/// back.
double expected_cost_of_answer(const utterance& said);

} // namespace salond
