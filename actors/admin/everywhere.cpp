#include "actors/admin/everywhere.hpp"
#include <algorithm>

namespace salond {
namespace {

void take_answer(const admin_call_ptr& call, const node_said& answer,
                 const std::function<void(const std::string&, const json&)>& take) {
  if (!answer.text)
    return call->lacks("node " + answer.node + " did not answer");
  try {
    const auto said = json::parse(*answer.text);
    take(answer.node, said);
    if (is_cut(said))
      call->lacks("node " + answer.node + " told a part only: there is more than an answer holds");
  } catch (const json::exception&) {
    call->lacks("node " + answer.node + " is of another version, and its answer cannot be read");
  }
}

} // namespace

bool refuses_without_nodes(const admin_call_ptr& call) {
  if (is_node(call))
    return false;
  call->refuse(admin_verdict::refused, "this server is no node: it was started without --cluster");
  return true;
}

std::string own_name(const admin_call_ptr& call) {
  if (!is_node(call))
    return {};
  const auto name = name_of_run(call, call->parts().member->run());
  return name.empty() ? call->parts().certificates.node : name; // before its first round
}

std::string name_of_run(const admin_call_ptr& call, int64_t run) {
  for (const auto& node : call->parts().member->nodes())
    if (node.row.run == run)
      return node.row.name;
  return {};
}

void ask_others(const admin_call_ptr& call, ask_nodes question,
                std::function<void(const std::string& node, const json& said)> take, std::function<void()> then) {
  if (!call->parts().asking)
    return then();
  call->self()
      ->request(call->parts().asking, node_patience, std::move(question))
      .then(
          [call, take = std::move(take), then](const nodes_said& said) {
            for (const auto& answer : said.all)
              take_answer(call, answer, take);
            then();
          },
          [call, then](caf::error&) {
            call->lacks("the other nodes could not be asked");
            then();
          });
}

void ask_sessions(const admin_call_ptr& call, user_id whose, std::function<void(const std::vector<session_at>&)> then) {
  const auto found = std::make_shared<std::vector<session_at>>();
  const auto take = [found, whose](const std::string& node, const std::vector<session_listed>& all) {
    for (const auto& session : all)
      if (whose == user_id{} || session.user == whose)
        found->push_back({session, node});
  };
  call->self()
      ->request(call->parts().directory, node_patience, list_sessions{})
      .then(
          [call, whose, found, take, then = std::move(then)](const sessions_listed& all) {
            take(own_name(call), all.sessions);
            const auto about = whose == user_id{} ? std::string{} : std::to_string(whose.value);
            ask_others(
                call, {asked::sessions, about},
                [take](const std::string& node, const json& said) { take(node, sessions_told(said)); },
                [found, then] { then(*found); });
          },
          refusing_error(call));
}

void ask_hearers(const admin_call_ptr& call, std::function<void(const std::map<salon_id, size_t>&)> then) {
  const auto found = std::make_shared<std::map<salon_id, size_t>>();
  const auto take = [found](const std::vector<surveyed_salon>& all) {
    for (const auto& salon : all)
      (*found)[salon.salon] += salon.hearers;
  };
  call->self()
      ->request(call->parts().relay, node_patience, survey{})
      .then(
          [call, found, take, then = std::move(then)](const surveyed& now) {
            take(now.salons);
            ask_others(
                call, {asked::salons}, [take](const std::string&, const json& said) { take(salons_told(said)); },
                [found, then] { then(*found); });
          },
          refusing_error(call));
}

} // namespace salond
