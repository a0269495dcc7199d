// What waited for a user, as one of his sessions is told it: piece by piece, in order, each once, while more comes; and
// which private messages the session was told of late. Pure: says what to ask the store for, and turns what it answered
// into what is told. The texts stay in the store until their piece is due; of what is stored meanwhile it remembers the
// numbers. Several nodes store: a number may be committed behind a greater one, so nothing is concluded from numbers
// but their order among those that wait.
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
  /// What is told next.
  struct piece {
    std::vector<event::any> events;
    std::vector<decided_request> decided; ///< those among them
    bool more = false;                    ///< there is something left to ask for
  };
  /// Messages that may wait: four times as many as a mailbox holds. More come meanwhile only for who reads too slowly.
  static constexpr size_t max_waiting = 4096;
  /// Messages that are remembered as told: more than a mailbox holds, and so all that are told and not marked yet.
  static constexpr size_t max_remembered = 1024;

  /// True once all is told: what is stored from then on is told as it comes.
  bool over() const { return over_; }
  /// A private message was stored, and told to others, before this was over. It is read in its turn, once. False: too
  /// many wait.
  bool note(const weighed& which);
  /// A private message is told now, as it came. False where it was already. REQUIRES: over().
  bool mark_told(private_id which);
  /// The session begins, and that is the newest private message of all; nothing: nobody asks for lacks().
  void begins_behind(std::optional<private_id> newest) { newest_before_ = newest; }
  /// Whether it was stored since the session began, and was not told. REQUIRES: it is one of the user's newest
  /// max_remembered.
  bool lacks(private_id which) const { return newest_before_ && *newest_before_ < which && !was_told(which); }

  /// The snapshot of the login: the first piece of what waited, the rest of it, and all decisions by their time.
  piece begin(const std::string& username, std::vector<private_message> texts, std::vector<weighed> later,
              std::vector<decided_request> decided);
  /// Which private messages the store is asked for next, by rising numbers. REQUIRES: the last piece said that there is
  /// more.
  std::vector<private_id> next();
  /// The answer to next().
  piece go_on(const std::vector<private_message>& texts) { return tell(texts); }

private:
  piece tell(const std::vector<private_message>& texts);
  void tell_decisions(piece& to, std::optional<moment> before);
  bool was_told(private_id which) const;
  void remember(private_id which);
  void add(const weighed& which);

  std::string username_;
  std::vector<weighed> later_;           ///< by rising numbers, each once
  std::vector<decided_request> decided_; ///< from next_decision_ on
  size_t next_decision_ = 0;
  std::optional<private_id> newest_before_; ///< once the session has begun
  std::vector<private_id> told_;            ///< a ring, once it is full
  size_t oldest_told_ = 0;                  ///< where the next one goes then
  bool over_ = false;
};

} // namespace salond::rules
