// One schedule: the store, the nodes, what lies between them, their clients, and the faults that befall all of these.
#pragma once
#include "tests/unit/cluster/process.hpp"

namespace salond::simulation {

/// What befalls the world, from `at` on for `length`.
struct mishap {
  enum class kind {
    freeze,    ///< a node's process stands still
    kill,      ///< and starts anew afterwards
    end,       ///< for good
    hang,      ///< its I/O thread alone stands still
    hang_ever, ///< and never goes on
    cut_store, ///< between a node and the database
    cut_beats, ///< its beats alone do not get through
    cut_pair,  ///< between two nodes
    cut_peers, ///< between a node and all others
    cut_all,   ///< both
    freeze_store,
    restart_store,
    slow_store,
    break_connections, ///< of a node with the store
    lose_frames,
    delay_frames,
    double_frames,
    drop_queue,
    jump_clock,
    lose_salon,
    hand_over,
    salon_flaps,  ///< fails again and again, and refuses much; frames are late
    lose_commits, ///< or their answers, each with its connection; the store does not notice
    late_copies,  ///< of frames, which come when a node has started anew
    last
  };
  kind type = kind::freeze;
  ticks at = 0, length = 0;
  int node = 0, other = 0, place = 0;
};

class world {
public:
  world(uint64_t seed, planted mistake, bool traced);
  /// Runs the schedule to its end. Throws `broken`.
  void run();
  uint64_t events() const { return queue_.made(); }

  // --- for the nodes ---
  ticks now() const { return queue_.now(); }
  chance& luck() { return luck_; }
  planted mistake() const { return mistake_; }
  /// Whether a home refuses a post, as for want of room.
  bool refuses(int slot, int place);
  const judge& truth() const { return truth_; }
  /// What happens to this life of a node after a while.
  void after(const process& whose, part where, ticks delay, std::function<void()> work);
  void send(int from, frame outgoing);
  void ask(const process& whose, part where, request wanted, ticks patience, std::function<void(const answer*)> done);
  /// All that a node has asked over a connection is answered by its loss.
  /// What a node sends to a run now will be dropped with its queue.
  bool drops_queue(int slot, node_id to) const;
  void lose_exchanges(const process& whose, std::optional<connection> over);
  ticks wall(int slot) const { return now() + walls_[static_cast<size_t>(slot)]; }
  void show(int slot, int place, const std::vector<cluster::stored_row>& rows);
  void answer_author(int slot, const cluster::posts_in_flight::entry& to, bool stored);
  void close_clients(int slot, bool by_the_node);
  bool traced() const { return traced_; }
  void trace(const std::string& line) const;
  void note_run(node_id run, int slot);
  int slot_of(node_id run) const;
  /// Whose row a salon's is.
  node_id home_of(int place) const;

private:
  struct client {
    int slot = -1;
    int life = 0;
    int connection = 0;
    bool logging_in = false;
    std::array<size_t, salons> shown{};
  };
  void step(event event);
  process& at(int slot) { return *processes_[static_cast<size_t>(slot)]; }
  void later(ticks delay, std::function<void()> work);
  bool stands_still(int slot) const;
  ticks store_delay();
  void respond(const exchange_ptr& asked, answer back);
  void deliver(int from, int to, frame outgoing, ticks at);
  // mishaps.cpp
  void make_schedule();
  ticks make_mishaps();
  void make_posts(ticks quiet);
  void begin(const mishap& mishap);
  void begin_at_node(const mishap& mishap);
  void begin_dropping(const mishap& mishap);
  void excuse(int slot, ticks length);
  void end(const mishap& mishap);
  void begin_in_store(const mishap& mishap);
  void begin_between(const mishap& mishap);
  void begin_flapping(const mishap& mishap);
  void begin_copying(const mishap& mishap);
  void cut(int a, int b, bool begins);
  void kill(int slot);
  void thaw(int slot);
  void thaw_store();
  void prolong_excuses(ticks length);
  bool reaches_store(int slot, connection over) const;
  // clients.cpp
  void log_in(int user);
  void write_text(int user, int place);
  void leave(int user);
  void check_end();

  event_queue queue_;
  chance luck_;
  planted mistake_;
  bool traced_;
  judge truth_;
  store store_;
  std::vector<std::unique_ptr<process>> processes_;
  std::array<client, users> clients_;
  std::vector<exchange_ptr> asked_;
  std::vector<int> slots_; ///< of runs, from 1 on
  std::vector<mishap> mishaps_;
  ticks end_ = 0;

  std::array<std::array<int, nodes>, nodes> cuts_{};
  std::array<int, nodes> store_cuts_{}, beat_cuts_{}, frozen_{}, hung_{};
  std::array<ticks, nodes> excused_until_{}, closing_excused_until_{}, walls_{};
  std::array<bool, nodes> for_good_{};
  std::array<std::array<int, nodes>, nodes> drops_{};
  std::array<std::array<ticks, nodes>, nodes> last_arrival_{};
  std::array<std::vector<event>, nodes> held_;
  std::vector<event> held_of_store_;
  int store_frozen_ = 0, store_away_ = 0, store_slow_ = 0;
  int losing_ = 0, delaying_ = 0, doubling_ = 0, flapping_ = 0, copying_ = 0;
  int losing_commits_ = 0;
  int facts_ = 0;
};

} // namespace salond::simulation
