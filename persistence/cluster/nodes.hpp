// The table of nodes, as a node reads and writes it over connections of its own, beside its store: rows, beats, and
// what a failover does. Who is lost, and what follows, is decided elsewhere (actors/rules/cluster); here it is written
// down. A run is one life of a node; its number is never used again.
#pragma once
#include "persistence/cluster/news.hpp"
#include "protocol/words/time.hpp"
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace salond::persistence {

/// The one writer of a database that no node has joined: its row of `writers`. Runs have greater numbers.
constexpr int64_t lone_writer = 1;

enum class node_state : uint8_t { serving, draining, apart };

/// One run, as all read it.
struct stored_node {
  int64_t run = 0;
  std::string name, endpoint, version, folder; ///< `folder`: as node_entry's
  int64_t beat = 0;                            ///< raised by itself, each second
  bool gone = false;                           ///< its work is over for good
  node_state state = node_state::serving;
  int64_t homes = 0, connections = 0, users = 0; ///< as it said with its last beat
  std::vector<int64_t> unreached;                ///< runs that it does not reach
  moment since;                                  ///< it joined
};

/// What a run says of itself with a beat.
struct node_report {
  int64_t homes = 0, connections = 0, users = 0;
  std::vector<int64_t> unreached = {};
  int64_t news_read = 0; ///< the number of the last news that it was told
};

/// What a beat answers: all as it is after it.
struct beaten {
  bool gone = false; ///< this run itself
  std::vector<stored_node> rows;
  std::vector<stored_news> news; ///< behind those that it was told, in the order of their numbers
};

/// One run's beats. Functions throw store_error; what they did is not known then, and the next call connects anew.
class node_beats {
public:
  virtual ~node_beats() = default;

  /// Raises the run's counter and then reads all rows. Takes a few seconds at most.
  virtual beaten beat(const node_report& report) = 0;
  /// The run's state is `next` from now on, if `may` says so of all rows, which nobody changes meanwhile. False: it
  /// does not, or the run is gone.
  virtual bool change_state(node_state next, const std::function<bool(const std::vector<stored_node>&)>& may) = 0;
  /// The run ends by its own will: it is gone, and stores nothing more.
  virtual void leave() = 0;
};

/// What one run does to runs that are lost, over a second connection. Functions throw store_error; what they did is not
/// known then.
class node_failovers {
public:
  virtual ~node_failovers() = default;

  enum class fencing : uint8_t {
    fenced,  ///< nothing of the run is stored from now on
    not_so,  ///< it beat meanwhile, or is gone already
    blocked, ///< somebody holds a row
  };
  /// In one transaction: the run is gone and its marker fenced, if its counter still is `beat`. Where somebody holds a
  /// row it `waits` for some seconds, or not at all.
  virtual fencing fence(int64_t run, int64_t beat, bool waits) = 0;
  /// Ends the sessions of these runs in the database, as far as there are any.
  virtual void end_sessions(const std::vector<int64_t>& runs) = 0;
  /// Ends this object's own sessions that were lost; throws as long as one of them may still be at work.
  virtual void end_own_sessions() = 0;
  /// Ends the runs of that name, whether they beat or not, and answers which: nothing of theirs is stored from now on.
  virtual std::vector<int64_t> end_node(const std::string& name) = 0;
  /// Nobody is connected with a run that is gone any more, or shown as connected since then; answers how many users were
  /// connected. Several transactions.
  virtual int64_t end_presences() = 0;
};

/// How a node enters.
struct node_entry {
  std::string name, endpoint, version;
  std::string folder;         ///< names its state folder, whose lock it holds: a former run of it has ended for certain
  bool keep_requests = false; ///< join requests last while their user is away
  bool beside_others = true;  ///< false: refused where another node lives
  bool waits = false;         ///< where another node lives it is `apart` at first
  std::string authority = {}; ///< names that of its certificates; empty: it has none yet
  std::string holder = {};    ///< of its own certificate, as lists name it
  std::string serial = {};    ///< of the same; refused where it was revoked
};

/// A run that has joined.
struct joined_node {
  int64_t run = 0;
  node_state state = node_state::serving;
  int64_t last_news = 0; ///< what is read of the store from now on holds all up to here
  std::unique_ptr<node_beats> beats;
  std::unique_ptr<node_failovers> failovers;
};

} // namespace salond::persistence
