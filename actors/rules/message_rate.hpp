// How much a user may say, over all of his connections: first he is slowed down to the rate, and nothing is lost; who
// floods on all the same is refused, and at last closed.
//
// Who sends one message at a time, and the next when that is answered, is never more than slowed: only while more of
// the same connection waits to be read does the time run out, of that connection alone. Where his other connections use
// the rate up, what one of them says waits as long, and is refused then (inlet): a connection that has gone meanwhile
// is noticed at last. Memory is bounded: 65,536 users; who said nothing for longest is forgotten. Three seconds of
// silence (a burst's worth) make good for all, so that forgetting it changes nothing.
//
// Where there are several nodes, they tell each other who says more in a second than his share of the rate: what all of
// them together do not tell of is less than the rate. He may have a burst at each, which is a debt at the others then.
#pragma once
#include "actors/rules/recent.hpp"
#include "actors/rules/shared_use.hpp"
#include "actors/rules/token_bucket.hpp"
#include "protocol/commands/client_commands.hpp"
#include "protocol/words/ids.hpp"
#include "protocol/words/utterance.hpp"
#include <optional>
#include <string>
#include <vector>

namespace salond::rules {

/// What uses the rate up, as the table of commands has it.
inline bool is_message(const utterance& said) {
  const auto* command = std::get_if<command::any>(&said);
  return command && about(*command).is_message;
}

class message_rate {
public:
  static constexpr auto slowed_for = std::chrono::seconds{5}; ///< then what is too much is refused
  static constexpr size_t max_refusals = 30;                  ///< then the connection is closed
  static constexpr size_t max_users = 65536;

  enum class verdict { go, wait, refuse, close };
  struct decision {
    verdict ruling = verdict::go;
    instant::duration wait{}; ///< then it is asked for once more
  };

  /// Since when one connection has had more to say than it may, without a pause; kept by that connection.
  using flood = std::optional<instant>;

  /// May `who` say one more? `here`, `more_waits`: of his connection, which has more to say behind it.
  decision ask(user_id who, const pace& allowed, flood& here, bool more_waits, instant now) {
    auto& user = users_.at(who);
    // With a burst of one, the bucket is full whenever a wait is over: that is no silence.
    const auto waited = user.waits_since && now - *user.waits_since < slowed_for;
    user.waits_since.reset();
    if (!waited && user.tokens.level(allowed, now) >= allowed.burst) { // as if nothing had been
      user.refusals = 0;
      here.reset();
    }
    if (!more_waits)
      here.reset();
    if (user.tokens.take(allowed, now)) {
      note(who, user);
      return {};
    }
    if (more_waits && !here)
      here = now;
    if (!here || now - *here < slowed_for) {
      user.waits_since = now;
      return {verdict::wait, user.tokens.until_one(allowed, now)};
    }
    return {++user.refusals > max_refusals ? verdict::close : verdict::refuse, {}};
  }

  /// So many other nodes serve.
  void set_others(size_t count) { others_ = count; }
  /// What was said here since, of those who said so much that others are to know.
  std::vector<usage> take_said(const pace& allowed) {
    std::vector<usage> all;
    for (const auto who : std::exchange(said_, {})) {
      auto* user = users_.find(who);
      const auto count = user ? std::exchange(user->untold, 0) : 0;
      if (static_cast<double>(count) * static_cast<double>(others_ + 1) > allowed.a_second)
        all.push_back({static_cast<int64_t>(shared_limit::messages), std::to_string(who.value), count});
    }
    return all;
  }
  /// He said so much at another node. Of who said nothing here, nothing is remembered.
  void said_elsewhere(user_id who, int64_t count, const pace& allowed, instant now) {
    auto* user = users_.find(who);
    if (!user || count <= 0)
      return;
    user->tokens.level(allowed, now);
    user->tokens.charge(static_cast<double>(count), static_cast<double>(others_) * allowed.burst);
  }

  size_t users() const { return users_.size(); }

private:
  struct talk {
    token_bucket tokens;
    size_t refusals = 0;
    std::optional<instant> waits_since; ///< is to ask again for what was said last
    uint32_t untold = 0;                ///< said since others were told
  };
  void note(user_id who, talk& talk) {
    if (others_ == 0 || (talk.untold == 0 && said_.size() >= shared_use::max_told))
      return;
    if (talk.untold++ == 0)
      said_.push_back(who);
  }

  recent<user_id, talk> users_{max_users};
  size_t others_ = 0;
  std::vector<user_id> said_; ///< of whom there is something untold
};

} // namespace salond::rules
