// The database that all nodes share, in memory: rows, row locks, transactions that stay open, sessions that outlive
// their connections. One statement, or one transaction's statements, are one event; locks are waited for.
#pragma once
#include "actors/rules/cluster/homes.hpp"
#include "actors/rules/cluster/membership.hpp"
#include "tests/unit/cluster/judge.hpp"
#include "tests/unit/cluster/queue.hpp"
#include <array>
#include <memory>
#include <optional>

namespace salond::simulation {

/// A node's connections to the database.
enum class connection { beats, writer, failover, reader };
constexpr size_t connections = 4;

/// Something that a node's writer does, in a transaction with others.
struct job {
  enum class kind { append, claim, hand_over, tell_news };
  kind type = kind::append;
  int place = 0;
  cluster::epoch_number epoch;
  cluster::stored_row row;
  node_id to;                                ///< whom a salon is handed over to
  bool only_own = false;                     ///< claim it only if it is this node's already
  node_id taken_for_gone;                    ///< planted::claim_without_fence
  std::pair<node_id, int64_t> early_number;  ///< planted::numbers_before_fence
  std::optional<cluster::home_row> seen_row; ///< planted::claim_unlocked
};
struct job_result {
  std::optional<cluster::home_row> row; ///< as it is now
  bool done = true;
  int64_t last_seq = 0;
};

struct request {
  enum class kind {
    beat,         ///< raises the counter and reads all rows, and the news
    connect,      ///< of the writer: ends its older sessions, and reads its marker
    statements,   ///< of the writer: a transaction, up to its COMMIT
    commit,       ///< of the writer or a failover
    fence,        ///< of a failover: a transaction, up to its COMMIT
    end_sessions, ///< of these runs
    join,         ///< a new run, which ends the former ones of its node
    set_state,    ///< steps aside, or comes back, if the rows say so
    hand_over,    ///< planted::handed_over_early
    read_home,
    read_rows,
    read_positions
  };
  kind type = kind::beat;
  node_id by;
  connection over = connection::reader;
  int session = 0; ///< counts the sessions of this connection
  std::vector<job> jobs;
  int64_t batch = 0;
  cluster::membership::lost whom;
  bool waits = true; ///< for rows that others hold
  std::vector<node_id> runs;
  std::string name;
  cluster::node_state state = cluster::node_state::serving;
  int64_t homes = 0;
  int place = 0;
  int64_t after = 0, to = 0;
  ticks wall = 0; ///< planted::clock_judges
};

struct answer {
  bool done = false;
  bool gone = false;    ///< the asker is
  bool blocked = false; ///< the lock was not to be had
  bool lost = false;    ///< the session has ended, or nobody is there
  int64_t batch = 0;
  std::vector<cluster::node_row> rows;
  std::vector<ticks> walls;
  std::vector<int> news;
  int64_t last_news = 0;
  std::vector<job_result> results;
  std::optional<cluster::home_row> home;
  std::vector<cluster::stored_row> texts;
  std::array<int64_t, salons> positions{};
  node_id joined;
};

/// A request on its way, until it was answered or given up.
struct exchange {
  request wanted;
  int slot = 0, life = 0;
  part where = part::io_thread;
  bool over = false;
  std::function<void(const answer*)> done; ///< null: the outcome is unknown
};
using exchange_ptr = std::shared_ptr<exchange>;

class store {
public:
  /// What it needs of the world.
  struct surroundings {
    std::function<void(const exchange_ptr&, answer)> respond;
    std::function<void(ticks, std::function<void()>)> after;
    std::function<bool(const cluster::node_row&)> excusable;
    std::function<void(const std::string&)> trace;
  };
  store(surroundings around, judge& truth, planted fault) : around_(std::move(around)), truth_(truth), fault_(fault) {}

  void hear(const exchange_ptr& asked);
  /// All sessions end, with what they have not committed.
  void restart();
  /// The sessions of a run end, as when its process ended.
  void end_sessions(node_id run);
  void end_sessions(node_id run, connection over);

  const std::vector<cluster::node_row>& rows() const { return rows_; }
  const std::array<std::optional<cluster::home_row>, salons>& homes() const { return homes_; }
  size_t news() const { return news_.size(); }

private:
  struct transaction {
    exchange_ptr asked;
    std::vector<int> locks; ///< to be had, in this order
    size_t held = 0;
    bool waits = false, open = false;
    int number = 0;
    std::vector<job_result> results;
    std::vector<std::pair<int, int>> early_news; ///< planted::news_by_row_number: number and fact
  };
  struct fact {
    int64_t number = 0;
    int fact_number = 0;
  };
  bool session_ended(const request& asked) const;
  void begin(const exchange_ptr& asked, std::vector<int> locks);
  void go_on(int number);
  void run(transaction& group);
  answer run_statements(transaction& group);
  job_result run_job(transaction& group, const job& work);
  void apply(const transaction& group);
  void apply_append(node_id by, const job& work);
  void apply_fence(const transaction& group);
  void remove(int number);
  void commit(const exchange_ptr& asked);
  void give_up(int number);
  answer beat(const request& asked);
  answer join(const request& asked);
  answer set_state(const request& asked);
  answer read(const request& asked) const;
  std::vector<int> locks_of(const request& asked) const;
  cluster::node_row& row_of(node_id run) { return rows_[static_cast<size_t>(run.value - 1)]; }
  bool taken(int lock, int by) const;

  surroundings around_;
  judge& truth_;
  planted fault_;
  struct writer {
    int64_t batch = 0;
    bool fenced = false;
  };
  std::vector<cluster::node_row> rows_; ///< by run, from 1 on, like these:
  std::vector<ticks> walls_;
  std::vector<writer> writers_;
  std::vector<std::array<int, connections>> known_sessions_, ended_sessions_;
  std::array<std::optional<cluster::home_row>, salons> homes_;
  std::vector<fact> news_;
  int64_t last_news_ = 0;
  std::vector<transaction> open_;
  int made_ = 0;
};

} // namespace salond::simulation
