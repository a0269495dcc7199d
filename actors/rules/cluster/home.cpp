#include "actors/rules/cluster/home.hpp"
#include <algorithm>

namespace salond::rules::cluster {

home::author* home::find_author(node_id which) {
  for (auto& author : authors_)
    if (author.node == which)
      return &author;
  return nullptr;
}

home::author& home::at(node_id which) {
  if (auto* known = find_author(which))
    return *known;
  authors_.push_back({which, false, {}, {}});
  return authors_.back();
}

attached home::hear(node_id from, const attach& question) {
  auto& known = at(from);
  known.listed = true;
  return {salon_, question.question, epoch_, last_seq_, known.taken, known.pending};
}

void home::detach(node_id which) {
  if (auto* known = find_author(which))
    known->listed = false;
}

void home::detach_all() {
  for (auto& author : authors_)
    author.listed = false;
}

void home::forget(node_id which) {
  const auto ended = [which](const author& author) { return author.node == which; };
  authors_.erase(std::remove_if(authors_.begin(), authors_.end(), ended), authors_.end());
}

std::vector<node_id> home::listed() const {
  std::vector<node_id> result;
  for (const auto& author : authors_)
    if (author.listed)
      result.push_back(author.node);
  return result;
}

home::verdict home::take(node_id from, const post& posted) {
  if (posted.epoch != epoch_ || closed_)
    return verdict::ignored;
  auto& known = at(from);
  if (!(known.taken < posted.number))
    return verdict::ignored;
  if (posted.before != known.taken)
    return verdict::missing;
  known.taken = posted.number;
  known.pending.push_back(posted.number);
  ++undecided_;
  return verdict::taken;
}

void home::settle(post_number which) {
  --undecided_;
  if (auto* known = find_author(author_node(which)))
    known->pending.erase(std::remove(known->pending.begin(), known->pending.end(), which), known->pending.end());
}

void home::decide(const std::vector<stored_row>& stored, const std::vector<refusal>& refused) {
  for (const auto& row : stored)
    settle(row.number);
  for (const auto& post : refused)
    settle(post.number);
  if (!stored.empty())
    last_seq_ = stored.back().seq;
}

std::optional<batch> home::batch_for(node_id which, int64_t before, const std::vector<stored_row>& stored,
                                     const std::vector<refusal>& refused) const {
  batch result{salon_, epoch_, before, stored, {}};
  for (const auto& post : refused)
    if (author_node(post.number) == which)
      result.refused.push_back(post);
  if (result.rows.empty() && result.refused.empty())
    return std::nullopt;
  return result;
}

} // namespace salond::rules::cluster
