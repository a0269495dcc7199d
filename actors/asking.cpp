#include "actors/asking.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include <algorithm>
#include <caf/io/all.hpp>
#include <charconv>

namespace salond {
namespace {

using pointer = asking_actor::stateful_pointer<asking_state>;

// So many of peers' questions are answered at a time. What comes above that is not answered. The asker waits for two
// seconds; an answer that takes longer is made in vain.
constexpr size_t max_answering = 64;
// For the database: the peer's operator waits for two seconds.
constexpr auto small_patience = std::chrono::milliseconds{1500};

int64_t number_of(const std::string& text) {
  int64_t result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

/// Sends on the I/O thread, where the links are. `token`: of the question that hears which nodes it does not reach, or
/// 0.
void send(pointer self, std::vector<cluster::node_id> whom, cluster::frame_body body, int64_t token) {
  self->system().middleman().backend().post([audience = self->state.parts.clients, whom = std::move(whom),
                                             body = std::move(body), token, me = asking_actor{self}] {
    const auto here = audience.lock();
    std::vector<cluster::node_id> missed;
    for (const auto to : whom)
      if (!here || !here->peers.send || !here->peers.send(to, body))
        missed.push_back(to);
    if (token != 0 && !missed.empty())
      caf::anon_send(me, peers_not_reached{token, missed});
  });
}

// --- asking ---

/// All other nodes, or the one called `only`.
std::map<cluster::node_id, std::string> others(const cluster_member& member, const std::string& only) {
  std::map<cluster::node_id, std::string> result;
  for (const auto& node : member.nodes())
    if (node.row.run != member.run() && (only.empty() || node.row.name == only))
      result.emplace(cluster::node_id{node.row.run}, node.row.name);
  return result;
}

/// Answers the operator. A node that is silent so far did not answer.
void end(pointer self, std::map<int64_t, open_question>::iterator question) {
  auto all = std::move(question->second);
  self->state.open.erase(question);
  for (auto& [run, name] : all.silent)
    all.said.push_back({std::move(name), std::nullopt});
  std::sort(all.said.begin(), all.said.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
  all.asker.deliver(nodes_said{std::move(all.said)});
}

void take(pointer self, int64_t token, cluster::node_id from, std::optional<std::string> text) {
  const auto found = self->state.open.find(token);
  if (found == self->state.open.end())
    return;
  auto& question = found->second;
  const auto node = question.silent.find(from);
  if (node == question.silent.end())
    return;
  question.said.push_back({std::move(node->second), std::move(text)});
  question.silent.erase(node);
  if (question.silent.empty())
    end(self, found);
}

caf::result<nodes_said> ask_all(pointer self, ask_nodes&& msg) {
  auto& st = self->state;
  auto whom = others(*st.parts.member, msg.only);
  if (whom.empty())
    return nodes_said{};
  const auto token = ++st.last_token;
  std::vector<cluster::node_id> runs;
  for (const auto& [run, name] : whom)
    runs.push_back(run);
  auto answer = self->make_response_promise<nodes_said>();
  st.open.emplace(token, open_question{answer, std::move(whom), {}});
  send(self, std::move(runs), cluster::question{token, std::move(msg.question), std::move(msg.text)}, token);
  self->delayed_send(self, nodes_patience, asked_long_enough{token});
  return answer;
}

// --- answering ---

/// A peer's question while its answer is looked for. It is over with the last copy, perhaps after the actor's end.
class heard_question {
public:
  heard_question(pointer self, peer_asks&& msg)
      : self_(self), from_(msg.from), question_(std::move(msg.question)), counted_(self->state.answering) {
    ++*counted_;
  }
  ~heard_question() { --*counted_; }
  heard_question(const heard_question&) = delete;
  heard_question& operator=(const heard_question&) = delete;

  pointer self() const { return self_; }
  const asking_parts& parts() const { return self_->state.parts; }
  const std::string& text() const { return question_.text; }
  void answer(std::string said) const { send(self_, {from_}, cluster::answer{question_.token, std::move(said)}, 0); }

private:
  pointer self_;
  cluster::node_id from_;
  cluster::question question_;
  const std::shared_ptr<size_t> counted_;
};
using heard = std::shared_ptr<heard_question>;

/// The peer that asked notices in time that there is no answer.
auto unanswered() {
  return [](caf::error&) {};
}

void tell_sessions(const heard& question) {
  question->self()
      ->request(question->parts().directory, nodes_patience, list_sessions{})
      .then(
          [question](sessions_listed& all) {
            if (const user_id only{number_of(question->text())}; only != user_id{})
              all.sessions.erase(std::remove_if(all.sessions.begin(), all.sessions.end(),
                                                [only](const auto& session) { return session.user != only; }),
                                 all.sessions.end());
            question->answer(in_words(all.sessions));
          },
          unanswered());
}

void tell_salons(const heard& question) {
  question->self()
      ->request(question->parts().relay, nodes_patience, survey{})
      .then([question](const surveyed& counts) { question->answer(in_words(counts.salons)); }, unanswered());
}

void tell_state(const heard& question) {
  const auto up = wall_clock() - question->parts().started;
  auto state = std::make_shared<peer_report>();
  state->version = SALOND_VERSION;
  state->uptime_seconds = std::chrono::duration_cast<std::chrono::seconds>(up).count();
  find_out_how_it_is(
      question->self(), question->parts().store, question->parts().relay, small_patience,
      [question, state](const surveyed& counts, const database_state& database) {
        state->traffic = counts;
        state->database = database;
        question->answer(in_words(*state));
      },
      unanswered());
}

/// Answered when everybody here was told.
void tell_everybody(const heard& question) {
  question->self()->send(question->parts().relay, announce{event::announced{question->text()}});
  question->self()
      ->request(question->parts().relay, nodes_patience, settle{})
      .then([question](settled) { question->answer(nothing_to_tell); }, unanswered());
}

void stop_this_node(const heard& question) {
  question->answer(nothing_to_tell);
  question->self()->send(question->parts().server, stop{number_of(question->text())});
}

void answer_peer(pointer self, peer_asks& msg) {
  static const std::map<std::string_view, void (*)(const heard&)> known = {{asked::sessions, tell_sessions},
                                                                           {asked::salons, tell_salons},
                                                                           {asked::report, tell_state},
                                                                           {asked::announce, tell_everybody},
                                                                           {asked::stop, stop_this_node}};
  const auto found = known.find(msg.question.topic);
  if (found == known.end())
    return log::debug("a node asks what this version does not know", {{"what", msg.question.topic}});
  if (*self->state.answering < max_answering)
    found->second(std::make_shared<heard_question>(self, std::move(msg)));
}

} // namespace

asking_actor::behavior_type asking(pointer self, asking_parts parts) {
  self->state.parts = std::move(parts);
  self->set_error_handler([](caf::error& why) {
    log::warning("the asking actor was told an error", {{"why", to_string(why)}});
  });
  return {
      [self](ask_nodes& msg) { return ask_all(self, std::move(msg)); },
      [self](peer_asks& msg) { answer_peer(self, msg); },
      [self](peer_answers& msg) { take(self, msg.answer.token, msg.from, std::move(msg.answer.text)); },
      [self](const peers_not_reached& msg) {
        for (const auto run : msg.whom)
          take(self, msg.token, run, std::nullopt);
      },
      [self](const asked_long_enough& msg) {
        if (const auto found = self->state.open.find(msg.token); found != self->state.open.end())
          end(self, found);
      },
  };
}

} // namespace salond
