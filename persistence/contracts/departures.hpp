// Accounts that are gone while their messages go on going, a piece at a time
// (docs/decisions/0053-messages-that-are-too-old.md). Nobody finds such an account, or what it wrote, from the moment
// on that it began to go: its row, which nobody else can have the name of, only holds what refers to it.
#pragma once
#include "persistence/answers.hpp"

namespace salond::persistence {

/// An account that began to go.
struct departure {
  user_id who;
  int64_t receipt = 0;                        ///< of its erasure: the line's number in the audit log; 0: it was banned
  int64_t messages = 0, private_messages = 0; ///< that went so far
  int64_t reached = 0;                        ///< none of its messages with a number up to this one is left
  bool is_over = false;                       ///< nothing is left
};

/// Some of its messages.
struct departing_messages {
  std::vector<message_id> which;                          ///< by rising number
  std::vector<std::pair<salon_id, int64_t>> highest = {}; ///< of each salon that they are in, their highest number
  bool are_last = false;                                  ///< no other one was there behind them
};

/// How far one is with its private messages: first come those that it wrote, then those to it.
struct private_place {
  bool received = false;
  int64_t after = 0; ///< the number
};
/// Some of these.
struct departing_private {
  std::vector<private_id> which;
  private_place next;    ///< where the search goes on
  bool are_last = false; ///< no other one is there behind them
};

class departure_store {
public:
  virtual ~departure_store() = default;

  /// Whether one transaction would take long to delete all messages of the account, or to find them.
  virtual bool takes_long(user_id who) const = 0;
  /// Those that are not over, in the order in which they began.
  virtual std::vector<departure> all() const = 0;
  virtual std::optional<departure> of(user_id who) const = 0;
  /// Messages of its that are yet to go, at most `most`; and fewer where their texts are long.
  virtual departing_messages find_messages(const departure& of, size_t most) const = 0;

  /// The same for private messages from it and to it.
  virtual departing_private find_private(user_id who, private_place from, size_t most) const = 0;

  /// The account goes: nobody finds it, its names are free, memberships, requests, tokens and all that is small are
  /// deleted. REQUIRES: it exists.
  virtual void begin(user_id who, moment now) = 0;
  virtual void put_receipt(user_id who, int64_t receipt) = 0;
  /// These go; the salons keep the highest order number that was used.
  virtual void remove(user_id who, const departing_messages& some) = 0;
  virtual void remove_private(user_id who, const std::vector<private_id>& which) = 0;
  /// Its row goes, with what came in the last moment. It is over.
  virtual void end(user_id who, moment now) = 0;
  /// Those that were over before `then` are forgotten.
  virtual void forget(moment then) = 0;
};

} // namespace salond::persistence
