// One client: it logs in somewhere, talks, listens, leaves, comes back; and notes all of it. Not thread-safe.
#pragma once
#include "tests/cluster/questions.hpp"
#include "tests/cluster/socket.hpp"

namespace salond::faults {

class chatter {
public:
  /// `wanders`: it joins and leaves Blabla, which nobody else of the same user must do.
  chatter(scene& where, std::string user, bool wanders, uint64_t seed);

  /// Does what it is time for.
  void tick();
  int descriptor() const { return socket_.descriptor(); }
  bool has_to_send() const { return socket_.has_to_send(); }
  /// Something has come, or can be sent.
  void ready();

  bool in() const { return state_ == state::in; }
  bool gone() const { return state_ == state::gone; }
  /// Nothing that it said waits for an answer.
  bool quiet() const { return posts_.empty() && request_.empty(); }
  const std::string& user() const { return user_; }

private:
  enum class state { away, greeting, in, quitting, gone };
  enum class doing { nothing, private_message, history, joining, leaving };

  int64_t now() const { return scene_.notes.now_us(); }
  uint64_t below(uint64_t bound) { return random_() % bound; }
  void note(kind type, const std::string& where, const std::string& text);
  void wait(int64_t at_least_ms, int64_t at_most_ms);

  void go_in();
  void end(const std::string& reason);
  void quit();
  void act();
  void post();
  void say_privately();
  void ask_history();
  void wander();
  void ask_to_know();

  void hear(const std::string& line);
  void hear_greeting(const std::string& line);
  void hear_session(const std::string& line);
  void hear_message(const std::string& author, const std::string& salon, const std::string& text);
  void hear_notice(const std::string& salon, bool joined);
  void hear_answer(size_t question);
  void settle_error();
  void finish(outcome_of result);

  scene& scene_;
  const std::string user_;
  const bool wanders_;
  std::mt19937_64 random_;
  line_socket socket_;
  state state_ = state::away;
  std::string node_;
  int64_t connection_ = 0;
  int64_t next_us_ = 0;  ///< when it acts again
  int64_t since_us_ = 0; ///< when it began to connect, or to say farewell
  int greeted_ = 0;      ///< frames of the login's answer
  bool historian_ = false;
  std::set<std::string> salons_;
  int64_t texts_ = 0, questions_ = 0;
  open_posts posts_;
  std::string posts_where_;
  open_request request_;
  doing doing_ = doing::nothing;
  std::string about_, text_; ///< what the request is about
  /// When the last error came. A farewell is spelled like one: it is an error only if the connection goes on.
  std::optional<int64_t> error_us_;
};

} // namespace salond::faults
