// One node: the rules, and what the real actors will do around them.
#pragma once
#include "actors/rules/cluster/failover.hpp"
#include "actors/rules/cluster/home.hpp"
#include "actors/rules/cluster/link.hpp"
#include "actors/rules/cluster/posts_in_flight.hpp"
#include "actors/rules/cluster/reach.hpp"
#include "actors/rules/cluster/subscription.hpp"
#include "tests/unit/cluster/store.hpp"
#include <deque>
#include <set>

namespace salond::simulation {

class world;

struct frame {
  cluster::heading head;
  frame_body body;
};

class process {
public:
  process(world& around, int slot, std::string name) : world_(around), slot_(slot), name_(std::move(name)) {}

  // --- what the world does to it ---
  void start();
  void kill();
  bool alive() const { return alive_; }
  /// Which of its lives: events of an earlier one do not reach it. A run that is gone ends a life as well.
  int life() const { return life_; }
  node_id run() const { return run_; }
  const std::string& name() const { return name_; }
  bool serving() const;
  bool apart() const { return state_ == cluster::node_state::apart; }
  void hear(const frame& incoming);
  /// All connections to the store, or the writer's alone, break.
  void lose_connections();
  /// What waits to be sent to a peer is dropped.
  void drop_queue(int peer);
  /// A salon fails; it is claimed anew when it is needed.
  void lose_salon(int place);
  void hand_over(int place, int to);
  void tell_news(int fact);
  const std::set<int>& known_news() const { return known_news_; }
  bool is_home(int place) const { return salons_[static_cast<size_t>(place)].home.has_value(); }

  // --- what its clients do ---
  /// A client logs in; `done` with whether it is in, and how many messages of each salon are before it.
  void log_in(std::function<void(bool, std::array<size_t, salons>)> done);
  /// False: not now.
  bool take_post(int user, int place, int text);
  std::string standing_text() const;

private:
  struct salon {
    int place = 0;
    // as its home
    std::optional<cluster::home> home;
    int64_t next_seq = 0;
    bool claiming = false, leaving = false;
    node_id heir; ///< whom it is handed over to
    std::vector<std::pair<node_id, cluster::attach>> asked;
    std::optional<cluster::home_row> seen_row; ///< planted::claim_unlocked
    // as a node with clients that hear it
    std::optional<cluster::subscription> view;
    cluster::posts_in_flight posts;
    node_id at; ///< its home, as far as known
    bool looking = false;
    ticks since = 0; ///< the view's state is what it is
    cluster::attached answer;
  };
  /// A group that the writer is at.
  struct group {
    std::vector<job> jobs;
    std::vector<job_result> results;
    ticks since = 0;
    bool commit_sent = false;
  };

  // process.cpp: its life, its I/O thread
  void join();
  void joined(const answer& back);
  void tick();
  /// Looks at the clock before anything is taken or told. Whether it may be.
  bool look();
  void enter_doubt();
  void leave_doubt();
  void leave_run();
  void close_clients();
  void use_rows();
  void step_aside_or_back();
  // process_links.cpp
  /// A run is gone: its salons are free from now on.
  void learn_gone(node_id which);
  void keep_links();
  cluster::link* link_with(node_id peer);
  void end_link(cluster::link& with, bool tell);
  void lost_peer(node_id peer);
  void hear_control(const frame& incoming, cluster::link& with);
  void hear_body(node_id from, const cluster::attach& question) { hear_at_home(from, question); }
  void hear_body(node_id from, const cluster::post& post) { hear_at_home(from, post); }
  void hear_body(node_id, const cluster::attached& answer) { hear_answer(answer); }
  void hear_body(node_id, const cluster::batch& batch) { hear_batch(batch); }
  void hear_body(node_id, const cluster::attach_again& again);
  template <class Control>
  void hear_body(node_id, const Control&) {} // hear_control() takes these
  bool takes(const frame& incoming, cluster::link* with) const;
  void send(node_id to, frame_body body);
  void send_control(cluster::link& with, frame_body body);
  instant now() const;
  void trace(const std::string& line) const;

  // process_beats.cpp: the thread that beats
  void beat();
  void round_over(instant began, const answer* back);
  std::vector<cluster::membership::lost> lost_by_clock(const answer& back) const;
  void fail_over(const std::optional<cluster::failovers::step>& step);
  void fence(cluster::membership::lost whom, bool waits);
  void end_own_session();
  void failed_over(cluster::failovers::outcome outcome);
  void tell_gone(node_id which);
  request of_failover(request::kind type) const;

  // process_homes.cpp: salons that are at home here
  void hear_at_home(node_id from, const cluster::attach& question);
  void hear_at_home(node_id from, const cluster::post& post);
  void claim(salon& where);
  void claimed(const job& work, const job_result& result);
  void decide(salon& where, const std::vector<cluster::stored_row>& stored,
              const std::vector<cluster::refusal>& refused);
  void ask_again(const salon& where, const std::vector<node_id>& whom);
  void begin_leaving(salon& where, node_id heir);
  void go_on_leaving(salon& where);
  void left(const job& work, bool done);
  int64_t count_homes() const;

  // process_views.cpp: salons that its clients hear
  void keep_view(salon& where);
  void look_for_home(salon& where);
  void ask_home(salon& where, node_id home);
  void attach_anew(salon& where);
  void hear_answer(const cluster::attached& attached);
  void caught_up(salon& where, const cluster::subscription::range& read, const std::vector<cluster::stored_row>& rows);
  void hear_batch(const cluster::batch& batch);
  void tell(salon& where, const std::vector<cluster::stored_row>& rows);
  void refuse(const std::vector<cluster::posts_in_flight::entry>& posts);
  void send_posts(salon& where);
  void detach_views(node_id home);

  // process_writer.cpp: the only way to write
  request of_writer(request::kind kind) const;
  void write(job work);
  void write_next();
  void begin_group();
  void statements_done(const answer* back);
  void commit_done(const answer* back);
  void writer_lost();
  void reconnect();
  void reconnected(const answer* back);
  void group_over(bool stored);
  void finish(const job& work, const job_result& result, bool stored);

  world& world_;
  int slot_;
  std::string name_;
  bool alive_ = false;
  int life_ = 0;
  node_id run_;

  std::optional<cluster::membership> members_;
  cluster::liveness live_;
  cluster::reach reach_;
  cluster::failovers failovers_;
  cluster::node_state state_ = cluster::node_state::serving;
  bool doubtful_ = false, closed_ = false, fresh_rows_ = false, asking_state_ = false;
  std::vector<cluster::link> links_;
  std::vector<ticks> dialled_; ///< beside links_
  ticks pinged_ = 0;
  std::set<int> known_news_;
  int64_t last_news_ = 0;
  std::array<salon, salons> salons_;
  int64_t posts_ = 0;
  std::array<int, connections> sessions_{};
  std::vector<ticks> seen_walls_;
  std::array<std::pair<node_id, int64_t>, salons> early_numbers_{}; ///< planted::numbers_before_fence

  std::deque<std::pair<ticks, job>> jobs_;
  std::optional<group> group_;
  bool connected_ = false;
  int64_t batch_ = 0;
};

} // namespace salond::simulation
