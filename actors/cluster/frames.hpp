// What goes over a link between two nodes: frames. Plain values; the bytes are frame_codec's. What is told in frames is
// only to make things quicker: it may be lost, and what is true is read in the store.
#pragma once
#include "actors/rules/cluster/frames.hpp"
#include "actors/rules/cluster/link.hpp"
#include "actors/rules/cluster/usage.hpp"
#include <string>
#include <variant>
#include <vector>

namespace salond::cluster {

using rules::cluster::attach;
using rules::cluster::attach_again;
using rules::cluster::attached;
using rules::cluster::batch;
using rules::cluster::epoch_number;
using rules::cluster::heading;
using rules::cluster::node_id;
using rules::cluster::post;
using rules::cluster::post_number;
using rules::cluster::refusal;
using rules::cluster::stored_row;
using rules::cluster::usage;

/// The forms of frames that this program speaks. Raised when a node of another version would take what is said for
/// something else; a new field or a new kind of frame does not do that, since others leave it out.
struct spoken_versions {
  int64_t oldest = 1, newest = 1;
};

// --- the link's own ---

/// The first frame of a connection, of the side that dials: it begins a session (rules/cluster/link.hpp).
struct hello {
  node_id from, to; ///< two runs; all that follows is from the one for the other
  int64_t session = 0;
  spoken_versions speaks;
  std::string program; ///< the version of salond, for people
};

/// Answers a hello: the session is up.
struct welcome {
  int64_t session = 0;
  spoken_versions speaks;
  std::string program;
};

/// Nothing more comes; the connection ends. Why, for people.
struct farewell {
  std::string why;
};

/// That run is gone, the hearer's own or another: it never becomes untrue.
struct gone {
  node_id run;
};

/// Once a second. `sent`: the number of the last frame that was written before it.
struct ping {
  int64_t sent = 0;
  bool beats = false; ///< whether the sender's rounds succeed (rules/cluster/membership.hpp)
  int64_t token = 0;  ///< comes back in the pong
};
struct pong {
  int64_t token = 0;
};

// --- beside those of salons (rules/cluster/frames.hpp) ---

/// There is something to be read among the news: the number of the last that is stored.
struct news {
  int64_t number = 0;
};

/// A private message that is stored, for those connections of its target, and of its author, that are on this node.
struct private_message {
  private_id id;
  user_id from, to;
  std::string text;
  moment at{};
  std::string from_name = {};
};

/// Posts of one turn, in their order: as so many frames, and at the cost of one.
struct posts {
  std::vector<post> all;
};

/// What was used up on that node of limits that hold for all of them, since it said so last (rules/shared_use.hpp).
struct usages {
  std::vector<usage> all;
};

/// What an operator of one node asks another; it is answered with the token. Which questions there are, and what their
/// text and the answers are, is known to the admin side alone (actors/admin/peer_words.hpp).
struct question {
  int64_t token = 0;
  std::string topic, text;
};
struct answer {
  int64_t token = 0; ///< of the question
  std::string text;  ///< JSON
};

/// The sender enters the cluster, and asks to be dialled once at its address.
struct dial_back {};
/// The answer.
struct dialled_back {
  bool reached = false;
  std::string why; ///< it is not, for people
};

using frame_body = std::variant<hello, welcome, farewell, gone, ping, pong, attach, attached, attach_again, post, batch,
                                news, private_message, usages, question, answer, dial_back, dialled_back, posts>;

struct frame {
  int64_t number = 0; ///< in its session and direction, from 1 on; 0: one of the link's own
  frame_body body;
};

/// Whether it is one of the link's own, which bear no number.
inline bool is_control(const frame_body& body) {
  return body.index() < frame_body{attach{}}.index();
}

/// How many texts of people it carries.
inline size_t texts_in(const frame_body& body) {
  if (const auto* told = std::get_if<batch>(&body))
    return told->rows.size();
  if (const auto* some = std::get_if<posts>(&body))
    return some->all.size();
  return std::holds_alternative<post>(body) || std::holds_alternative<private_message>(body) ? 1 : 0;
}

} // namespace salond::cluster
