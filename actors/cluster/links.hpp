// All links of one node with its peers: who is dialled and when, which connection counts, what is sent, told and
// counted. A plain object of the I/O thread: the actors of that thread call it directly, and nothing waits in it.
//
// A node dials those whose names are greater than its own. The rows of the store say who there is (know()); a link
// with who is not among them ends. Each connection begins with a hello and is one session; a new one takes the place
// of the one before, so a connection that only one side knows to be dead neither keeps it out nor gets its bytes.
#pragma once
#include "actors/cluster/address_lookup.hpp"
#include "actors/cluster/link_door.hpp"
#include "actors/cluster/link_socket.hpp"
#include "actors/cluster/peer_link.hpp"
#include <functional>
#include <map>
#include <random>
#include <set>

namespace salond::cluster {

/// What happens to links, and what they ask. All are there; they are called on the I/O thread, and may call the links
/// again.
struct link_events {
  /// A session began. Whatever relied on the one before is over.
  std::function<void(node_id peer)> up;
  /// It ended; why, for people.
  std::function<void(node_id peer, const std::string& why)> down;
  /// Something was heard of it that only who lives says; and whether its rounds succeed, where it said that.
  std::function<void(node_id peer, std::optional<bool> beats)> alive;
  /// It said something; `what` may be moved from.
  std::function<void(node_id peer, frame_body& body)> told;
  /// A peer said that this run is gone, perhaps this node's own.
  std::function<void(node_id run)> gone;
  /// A run dials that know() did not name: the rows are to be read.
  std::function<void(node_id run)> unknown;
  /// Whether that run is gone, as far as known.
  std::function<bool(node_id run)> knows_gone;
  /// Whether this node's own rounds succeed.
  std::function<bool()> beats;
  /// The clock that silence is measured with.
  std::function<instant()> now = [] { return std::chrono::steady_clock::now(); };
};

class links final : public link_owner {
public:
  /// `shared`: limits, log and certificates; these may be replaced at any time. REQUIRES: it has certificates of a node
  /// called `name`.
  links(caf::io::network::default_multiplexer& loop, std::shared_ptr<transport_context> shared, std::string name,
        link_events events);
  /// On the I/O thread, since it closes.
  ~links() override;
  links(const links&) = delete;
  links& operator=(const links&) = delete;

  /// Accepts peers at these sockets, and owns them.
  void listen(const std::vector<listening_socket>& at);
  /// This node is that run from now on; all links end. Before that nobody is dialled or let in.
  void begin(node_id self);
  /// Those who are not gone. This node's own row may be among them. REQUIRES: a run that was left out does not come
  /// back.
  void know(const std::vector<link_peer>& peers);
  /// Pings, silence, dialling, deadlines. REQUIRES: called some four times a second.
  void tick();
  /// Says it to the peer, with all else that it is told in this turn. False: there is no session, and it is lost.
  bool send(node_id to, frame_body body);
  /// Whether this node is the one that dials, of the two.
  bool dials(node_id peer) const;
  /// Dials the peer once at its address, beside the link with it, and calls `over` with why it is not reached there, or
  /// with nothing. It is not called where such a trial is under way, or the links have ended.
  void try_to_dial(node_id peer, std::function<void(const std::string& why)> over);
  /// Tells all peers that a run is gone.
  void tell_gone(node_id run);
  /// All sessions end, and others begin: this node was in doubt.
  void begin_anew(const std::string& why);
  /// Says farewell to all and ends for good.
  void close(const std::string& why);

  std::vector<link_state> list() const;

  // --- what connections call ---
  void known(link_socket& who) override;
  void heard(link_socket& who) override;
  std::string next_write(link_socket& who) override;
  void ended(link_socket& who, const dial_failure& why) override;

private:
  using socket_ptr = caf::intrusive_ptr<link_socket>;
  struct peer {
    peer(link_peer who, peer_link with) : is(std::move(who)), link(std::move(with)) {}

    link_peer is;
    peer_link link;
    socket_ptr socket;       ///< the connection that counts, or is being made
    bool looking_up = false; ///< its host's address
    instant next_dial{};
    std::chrono::milliseconds pause{0}; ///< before the next try
    size_t tries = 0;
    bool dirty = false;   ///< something is to be written at the end of the turn
    bool told_up = false; ///< and down() is to be told when it ends
    std::string trouble;
  };

  peer* find(node_id which);
  void let_in(int descriptor, const std::string& address);
  void let_in(peer& whom);
  void dial(peer& whom);
  void connect(peer& whom, const std::vector<socket_address>& found, const std::string& why);
  void fail_to_dial(peer& whom, const std::string& why);
  void pause_dialling(peer& whom);
  void hear_first(link_socket& who, const frame& said_first);
  std::string why_not(link_socket& who, const hello& said);
  void take_over(peer& whom, link_socket& who, const hello& said);
  void hear(peer& whom, frame& told);
  void now_up(peer& whom);
  void now_alive(peer& whom, bool beats);
  void end(peer& whom, const std::string& why, const std::string& first = {});
  void remove(node_id which, const std::string& why);
  std::vector<node_id> runs() const;
  void look_after(node_id run, bool pings);
  void write_soon(peer& whom);
  void flush();
  void log(const char* text, const peer& about, const std::string& why = {});

  caf::io::network::default_multiplexer& loop_;
  std::shared_ptr<transport_context> context_;
  std::string name_;
  link_events events_;
  std::shared_ptr<const port_rules> any_node_;
  address_lookup lookup_;
  std::vector<caf::intrusive_ptr<link_door>> doors_;
  node_id self_;
  std::map<node_id, peer> peers_;
  std::vector<node_id> dirty_;
  std::set<node_id> trials_;      ///< peers that try_to_dial() dials
  std::shared_ptr<links*> alive_; ///< null inside: close() was called
  instant pinged_{}, swept_{};
  std::minstd_rand chance_;
};

} // namespace salond::cluster
