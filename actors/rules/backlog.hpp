// What waited for a user, as one of his sessions is told it: piece by piece, in order, each once, while more comes.
// Pure: says what to ask the store for, and turns what it answered into what is told. The texts stay in the store until
// their piece is due; of what is stored meanwhile it remembers the numbers' bounds alone.
#pragma once
#include "protocol/words/event.hpp"
#include "protocol/words/pieces.hpp"
#include "protocol/words/records.hpp"
#include <optional>
#include <string>
#include <vector>

namespace salond::rules {

class backlog {
public:
  /// What the store is asked for next: these private messages, or all from a number on.
  struct wanted {
    std::vector<private_id> which;
    std::optional<private_id> from;
  };
  /// What is told next.
  struct piece {
    std::vector<event::any> events;
    std::vector<decided_request> decided; ///< those among them
    bool more = false;                    ///< there is something left to ask for
  };

  /// True once all is told: what is stored from then on is told as it comes.
  bool over() const { return over_; }
  /// A private message was stored, and told to others, before this was over. It is read in its turn.
  void note(private_id which);
  /// Whether it was told already. REQUIRES: over().
  bool told(private_id which) const { return !(told_up_to_ < which); }

  /// The snapshot of the login: the first piece of what waited, the rest of it, and all decisions by their time.
  piece begin(const std::string& username, std::vector<private_message> texts, std::vector<weighed> later,
              std::vector<decided_request> decided);
  /// REQUIRES: the last piece said that there is more.
  wanted next();
  /// The answer to next(). `later`: what is behind the texts, where all from a number on were asked for.
  piece go_on(std::vector<private_message> texts, std::vector<weighed> later);

private:
  piece tell(const std::vector<private_message>& texts);
  void tell_decisions(piece& to, std::optional<moment> before);
  bool more() const { return !later_.empty() || told_up_to_ < newest_noted_; }

  std::string username_;
  std::vector<weighed> later_;
  std::vector<decided_request> decided_; ///< from next_decision_ on
  size_t next_decision_ = 0;
  std::optional<private_id> first_noted_;
  private_id newest_noted_;
  private_id told_up_to_;
  std::optional<private_id> asked_up_to_; ///< all from a number on are asked for: the newest that was noted then
  bool over_ = false;
};

} // namespace salond::rules
