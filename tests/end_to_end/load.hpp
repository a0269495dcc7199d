// Users who talk in two salons, and remember all that they were shown.
#pragma once
#include "tests/support/daemon.hpp"
#include "tests/support/line_client.hpp"
#include "tests/support/tables.hpp"
#include <atomic>
#include <map>
#include <thread>

namespace salond::end_to_end {

/// Lines by the name of their salon, in an order.
using talk = std::map<std::string, std::vector<std::string>>;

/// One connection, and what became of it.
struct witness {
  std::string name;
  std::string salon; ///< to which it posts; empty: it only reads
  talk shown;
  std::vector<std::string> refused; ///< the lines that its refused posts would have been
  std::string problem;              ///< what should not have happened
};

/// Eight who post and three who read, all members of Général and Blabla. A sender posts its next message when it knows
/// what became of the last, so that a refusal can be laid to its post.
class load {
public:
  /// Registers the users, once a database.
  static void prepare(const std::string& endpoint);

  /// Logs all of them in. `mark` begins each text.
  load(const std::string& endpoint, const std::string& mark);
  load(const load&) = delete;
  load& operator=(const load&) = delete;
  ~load();

  void start();
  /// No new posts; waits until each open one is shown or refused, and until the readers have read all.
  void finish();
  /// Waits for all to notice that the server is gone.
  void join();
  /// After finish() or join().
  const std::vector<witness>& witnesses() const { return witnesses_; }
  size_t shown() const { return shown_; }
  size_t refused() const { return refused_; }

private:
  void post(size_t which);
  void read(size_t which);
  /// Reads until `until`, remembering what belongs to this load; false when the server closed, or too long nothing
  /// came.
  bool hear(size_t which, const std::string& until);

  std::string mark_;
  std::vector<witness> witnesses_;
  std::vector<support::line_client> clients_;
  std::vector<std::thread> threads_;
  std::atomic<bool> ending_{false};
  std::atomic<bool> posted_{false}; ///< all posts are answered
  std::atomic<size_t> shown_{0}, refused_{0};
};

/// Whether it is what a post is answered that cannot be stored now.
bool is_refusal(const std::string& line);

/// What the tables hold of a mark, as it would be shown.
talk stored(const std::function<support::rows(const std::string& sql)>& ask, const std::string& mark);
/// What HISTORY shows of a mark: the last 500 of each salon.
talk history(const std::string& endpoint, const std::string& mark);
/// Where `part` is not the beginning of `whole`, in words; else empty.
std::string not_the_beginning(const talk& part, const talk& whole);
/// Where `part` is not the end of `whole`, in words; else empty.
std::string not_the_end(const talk& part, const talk& whole);

} // namespace salond::end_to_end
