// All salons as one node of several takes part in them: as their home, and for its clients, who hear them wherever
// their home is. The rules are plain, and simulated (actors/rules/cluster/home.hpp, subscription.hpp,
// posts_in_flight.hpp); what is here asks the store and the peers for them. A plain object of the I/O thread: the
// salons' actors, the links and the actor that feeds it call it directly.
//
// The way of a post: post() -> posts in flight -> the home, here or at a peer -> the store -> a batch for each node ->
// the audience, and behind it the author's answer.
#pragma once
#include "actors/append_job.hpp"
#include "actors/audience.hpp"
#include "actors/cluster/member.hpp"
#include "actors/cluster/peer_hearer.hpp"
#include "actors/interfaces/placements.hpp"
#include "actors/rules/cluster/home.hpp"
#include "actors/rules/cluster/posts_in_flight.hpp"
#include "actors/rules/cluster/subscription.hpp"
#include "persistence/contracts/homes.hpp"
#include <set>

namespace salond {

namespace cluster {

/// Says it to a peer. False: there is no session with it, and it is lost.
using send_to_peer = std::function<bool(node_id to, frame_body body)>;

class salons final : public peer_hearer {
public:
  using asker = placements_actor::broker_pointer;

  salons(std::shared_ptr<cluster_member> member, std::shared_ptr<audience> clients, send_to_peer send);

  /// From now on `self` asks the store. Before that nothing is attached.
  void begin(asker self) { self_ = self; }
  /// The node has ended: nothing is taken or told any more. Salons' actors have this, and the audience has them.
  void end();
  /// A salon is open on this node, which heard it up to `told`. Once more: nothing changes.
  void open(salon_id which, int64_t told);
  /// A member's post. Its author is answered through the audience. REQUIRES: the salon was opened.
  void post(salon_id which, salond::post&& said);
  /// Calls `tell` once, when all that was posted to it on this node is answered: at once, where it is.
  void when_answered(salon_id which, std::function<void()> tell);
  /// REQUIRES: called some four times a second.
  void tick();
  void hand_over_all();
  /// Of how many salons this node is the home.
  int64_t homes() const;

  // --- peer_hearer ---
  void peer_up(node_id peer) override;
  void peer_down(node_id peer) override;
  void peer_said(node_id peer, frame_body& body) override;
  void run_gone(node_id run) override;

private:
  /// A salon that is at home here.
  struct at_home {
    at_home(salon_id salon, epoch_number epoch, int64_t last_seq) : rule(salon, epoch, last_seq), next_seq(last_seq) {}

    rules::cluster::home rule;
    int64_t next_seq;
    append_queue appends;
    node_id heir;         ///< whom it is handed over to, once it is closed
    bool leaving = false; ///< the store is asked to name the heir
  };
  struct salon {
    salon(salon_id which, int64_t told) : id(which), view(which, told) {}

    salon_id id;
    // as its home
    std::unique_ptr<at_home> home;
    bool claiming = false;
    std::vector<std::pair<node_id, attach>> asked; ///< while it is claimed
    // as a node whose clients hear it
    rules::cluster::subscription view;
    rules::cluster::posts_in_flight posts;
    std::vector<std::function<void()>> tell_answered;
    node_id at;           ///< its home, as far as known
    bool looking = false; ///< the store is asked
    instant since{};      ///< the view's state is what it is
    attached answer;
  };

  instant now() const;
  salon* find(salon_id which);
  /// Looks whether anything may be taken and told.
  bool look();
  void enter_doubt();
  void lose(node_id peer);
  void send(node_id to, frame_body body);
  void hear(node_id from, frame_body& body);

  // salons_homes.cpp: as their home
  void hear_at_home(node_id from, const attach& asked);
  void hear_at_home(node_id from, cluster::post& post);
  void claim(salon& where);
  void claimed(salon& where, epoch_number epoch, int64_t last_seq);
  void append(salon& where, const std::shared_ptr<append_job>& job);
  void appended(salon& where, const append_job& job);
  void refuse_all(salon& where, const append_job& job, fault why);
  void append_over(salon& where, const std::shared_ptr<append_job>& job);
  void decide(salon& where, const std::vector<stored_row>& stored, const std::vector<refusal>& refused);
  void rebalance();
  void keep_home(salon& where);
  bool serves() const { return !closing_ && member_->state() == persistence::node_state::serving; }
  void leave_to_another(salon& where);
  void begin_leaving(salon& where, node_id heir);
  void go_on_leaving(salon& where);
  void left(salon& where, epoch_number epoch, bool done);

  // salons_views.cpp: for clients
  void keep_view(salon& where, instant time, std::vector<salon*>& homeless);
  bool wants_home(const salon& where) const;
  void look_for_home(salon& where);
  void look_for_homes(std::vector<salon*> which);
  void found_home(salon& where, const std::optional<persistence::stored_home>& home,
                  const std::vector<rules::cluster::node_row>& rows);
  void ask_home(salon& where, node_id home);
  void attach_anew(salon& where);
  void detach(salon& where);
  void hear_answer(const attached& answer);
  void read_missed(salon& where, const rules::cluster::subscription::range& range);
  void caught_up(salon& where, const rules::cluster::subscription::range& read, std::vector<stored_row> rows);
  void hear_batch(batch& told);
  void hear_again(const attach_again& again);
  void tell(salon& where, std::vector<stored_row>& rows);
  void refuse(salon& where, const std::vector<rules::cluster::posts_in_flight::entry>& posts, fault why);
  void send_posts(salon& where);
  void tell_if_answered(salon& where);

  std::shared_ptr<cluster_member> member_;
  std::shared_ptr<audience> clients_;
  send_to_peer send_to_peer_;
  node_id run_;
  asker self_ = nullptr;
  std::unordered_map<salon_id, std::unique_ptr<salon>> salons_;
  std::set<node_id> up_;  ///< peers with a session
  int64_t posts_ = 0;     ///< numbered so far
  int64_t seen_beat_ = 0; ///< this node's own, when homes were last compared
  size_t looking_ = 0;    ///< salons whose homes the store is asked for
  bool doubtful_ = false, closing_ = false;
};

} // namespace cluster

/// PLACEMENTS: the actor around cluster::salons, which asks the store for it. `all` is used by the I/O thread alone
/// from now on.
placements_actor::behavior_type placements(placements_actor::broker_pointer self, std::shared_ptr<cluster::salons> all);

} // namespace salond
