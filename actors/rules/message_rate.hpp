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
    verdict what = verdict::go;
    instant::duration wait{}; ///< then it is asked for once more
  };

  /// Since when one connection has had more to say than it may, without a pause; kept by that connection.
  using flood = std::optional<instant>;

  /// May `who` say one more? `here`, `more_waits`: of his connection, which has more to say behind it.
  decision ask(user_id who, const pace& how, flood& here, bool more_waits, instant now) {
    auto& one = users_.at(who);
    // With a burst of one, the bucket is full whenever a wait is over: that is no silence.
    const auto waited = one.waits_since && now - *one.waits_since < slowed_for;
    one.waits_since.reset();
    if (!waited && one.tokens.level(how, now) >= how.burst) { // as if nothing had been
      one.refusals = 0;
      here.reset();
    }
    if (!more_waits)
      here.reset();
    if (one.tokens.take(how, now)) {
      note(who, one);
      return {};
    }
    if (more_waits && !here)
      here = now;
    if (!here || now - *here < slowed_for) {
      one.waits_since = now;
      return {verdict::wait, one.tokens.until_one(how, now)};
    }
    return {++one.refusals > max_refusals ? verdict::close : verdict::refuse, {}};
  }

  /// So many other nodes serve.
  void set_others(size_t count) { others_ = count; }
  /// What was said here since, of those who said so much that others are to know.
  std::vector<usage> take_said(const pace& how) {
    std::vector<usage> all;
    for (const auto who : std::exchange(said_, {})) {
      auto* one = users_.find(who);
      const auto count = one ? std::exchange(one->untold, 0) : 0;
      if (static_cast<double>(count) * static_cast<double>(others_ + 1) > how.a_second)
        all.push_back({static_cast<int64_t>(shared_limit::messages), std::to_string(who.value), count});
    }
    return all;
  }
  /// He said so much at another node. Of who said nothing here, nothing is remembered.
  void said_elsewhere(user_id who, int64_t count, const pace& how, instant now) {
    auto* one = users_.find(who);
    if (!one || count <= 0)
      return;
    one->tokens.level(how, now);
    one->tokens.charge(static_cast<double>(count), static_cast<double>(others_) * how.burst);
  }

  size_t users() const { return users_.size(); }

private:
  struct talk {
    token_bucket tokens;
    size_t refusals = 0;
    std::optional<instant> waits_since; ///< is to ask again for what was said last
    uint32_t untold = 0;                ///< said since others were told
  };
  void note(user_id who, talk& one) {
    if (others_ == 0 || (one.untold == 0 && said_.size() >= shared_use::max_told))
      return;
    if (one.untold++ == 0)
      said_.push_back(who);
  }

  recent<user_id, talk> users_{max_users};
  size_t others_ = 0;
  std::vector<user_id> said_; ///< of whom there is something untold
};

} // namespace salond::rules
