// The salons that are at home on this node.
#include "actors/ask_store.hpp"
#include "actors/cluster/salons.hpp"
#include "actors/rules/cluster/homes.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/homes.hpp"

namespace salond::cluster {
namespace {

using rules::cluster::home_row;

/// A salon that is this node's from now on.
struct claimed_home {
  epoch_number epoch; ///< 0: another has it
  int64_t last_seq = 0;
};

/// `only_own`: nothing that is not this node's already.
claimed_home claim_in(const persistence::writing& db, salon_id which, node_id self, bool only_own) {
  std::optional<home_row> row;
  const auto stored = db.homes.lock(which);
  if (stored)
    row = home_row{{stored->run}, {stored->epoch}};
  const auto mine = rules::cluster::claimed(row, stored && stored->gone, self);
  if (!mine || (only_own && !(row && row->node == self)))
    return {};
  const persistence::stored_home next{mine->node.value, mine->epoch.value, false};
  stored ? db.homes.change(which, next) : db.homes.add(which, next);
  return {mine->epoch, db.homes.last_seq(which)};
}

/// Whether the row names the heir now.
bool hand_over_in(const persistence::writing& db, salon_id which, const home_row& from, node_id heir) {
  const auto stored = db.homes.lock(which);
  if (!stored || !(home_row{{stored->run}, {stored->epoch}} == from))
    return false;
  db.homes.change(which, {heir.value, stored->epoch + 1, false});
  return true;
}

} // namespace

void salons::hear_at_home(node_id from, const attach& asked) {
  auto* where = find(asked.salon);
  if (!where || closing_)
    return send(from, attach_again{asked.salon, {}});
  if (where->home)
    return send(from, where->home->rule.hear(from, asked));
  where->asked.emplace_back(from, asked);
  claim(*where);
}

void salons::claim(salon& where) {
  if (std::exchange(where.claiming, true))
    return;
  const auto over = [this, &where](const claimed_home& mine) {
    where.claiming = false;
    claimed(where, mine.epoch, mine.last_seq);
  };
  write_store(
      self_, clients_->store,
      [which = where.id, self = run_, only_own = !serves()](const persistence::writing& db) {
        return claim_in(db, which, self, only_own);
      },
      over, [over](fault) { over({}); });
}

/// Without an epoch the salon's home is elsewhere, or not known: who asked looks again.
void salons::claimed(salon& where, epoch_number epoch, int64_t last_seq) {
  if (epoch.value != 0) {
    log::debug("this node is a salon's home", {{"salon", where.id.value}, {"epoch", epoch.value}});
    where.home = std::make_unique<at_home>(where.id, epoch, last_seq);
  }
  for (const auto& [from, question] : std::exchange(where.asked, {})) {
    if (where.home)
      hear_at_home(from, question);
    else
      send(from, attach_again{where.id, {}});
  }
}

void salons::hear_at_home(node_id from, cluster::post& post) {
  auto* where = find(post.salon);
  if (!where || !where->home)
    return;
  auto& home = *where->home;
  switch (home.rule.take(from, post)) {
  case rules::cluster::home::verdict::ignored: return;
  case rules::cluster::home::verdict::missing: return send(from, attach_again{post.salon, home.rule.epoch()});
  case rules::cluster::home::verdict::taken: break;
  }
  if (const auto* known = clients_->salons.find(post.salon); known && known->archived)
    return decide(*where, {}, {{post.number, fault::unknown_salon}}); // its author's node has not heard of that yet
  append_job::entry entry;
  entry.row = {post.salon, post.author, ++home.next_seq, std::move(post.text), wall_clock(), post.number.value};
  entry.from.username = std::move(post.author_name);
  if (const auto job = home.appends.add(std::move(entry)))
    append(*where, job);
}

void salons::append(salon& where, const std::shared_ptr<append_job>& job) {
  auto& home = *where.home;
  const auto still = [&where, epoch = home.rule.epoch()] { return where.home && where.home->rule.epoch() == epoch; };
  self_->request(clients_->store, caf::infinite, store_work{job})
      .then(
          [this, &where, job, still](const store_done&) {
            if (!still())
              return;
            appended(where, *job);
            append_over(where, job);
          },
          [this, &where, job, still](caf::error& why) {
            if (!still())
              return;
            refuse_all(where, *job, fault_of(why));
            append_over(where, job);
          });
}

void salons::append_over(salon& where, const std::shared_ptr<append_job>& job) {
  auto& home = *where.home;
  home.appends.answered(job);
  if (const auto next = home.appends.end_one())
    append(where, next);
  else
    go_on_leaving(where);
}

void salons::appended(salon& where, const append_job& job) {
  std::vector<stored_row> stored;
  std::vector<refusal> refused;
  stored.reserve(job.entries().size());
  auto result = job.results().begin();
  for (const auto& [row, from] : job.entries()) {
    const post_number number{*row.post};
    if (*result)
      stored.push_back({row.seq, number, row.author, row.text, row.at, from.username});
    else
      refused.push_back({number, result->why()});
    ++result;
  }
  decide(where, stored, refused);
}

void salons::refuse_all(salon& where, const append_job& job, fault why) {
  std::vector<refusal> refused;
  for (const auto& entry : job.entries())
    refused.push_back({{*entry.row.post}, why});
  decide(where, {}, refused);
}

void salons::decide(salon& where, const std::vector<stored_row>& stored, const std::vector<refusal>& refused) {
  look(); // a node in doubt stores, and tells nothing
  auto& home = where.home->rule;
  const auto before = home.last_seq();
  home.decide(stored, refused);
  for (const auto node : home.listed())
    if (auto told = home.batch_for(node, before, stored, refused))
      send(node, std::move(*told));
}

// --- handing over ---

/// Once a round: with the same rows all nodes see the same moves, and each makes its own.
void salons::rebalance() {
  const auto rows = member_->rows();
  const auto* own = rules::cluster::find(rows, run_);
  if (!own || std::exchange(seen_beat_, own->beat) == own->beat)
    return;
  std::vector<salon_id> mine;
  for (const auto& [id, salon] : salons_)
    if (salon->home && !salon->home->rule.closed())
      mine.push_back(id);
  for (const auto& next : rules::cluster::moves(run_, mine, rows))
    begin_leaving(*find(next.salon), next.to);
}

void salons::hand_over_all() {
  closing_ = true;
  for (auto& [id, salon] : salons_) {
    if (!salon->home || salon->home->rule.closed())
      continue;
    leave_to_another(*salon);
    salon->home->rule.close(); // where there is no other, too
  }
}

/// Nothing where nobody else serves.
void salons::leave_to_another(salon& where) {
  auto rows = member_->rows();
  rows.erase(std::remove_if(rows.begin(), rows.end(), [this](const auto& row) { return row.id == run_; }), rows.end());
  if (const auto heir = rules::cluster::choose_home(where.id, rows))
    begin_leaving(where, *heir);
}

void salons::begin_leaving(salon& where, node_id heir) {
  where.home->rule.close();
  where.home->heir = heir;
  go_on_leaving(where);
}

void salons::go_on_leaving(salon& where) {
  auto& home = *where.home;
  if (!home.rule.closed() || home.leaving || home.heir.value == 0 || !home.rule.drained())
    return;
  home.leaving = true;
  const home_row from{run_, home.rule.epoch()};
  write_store(
      self_, clients_->store,
      [which = where.id, from, heir = home.heir](const persistence::writing& db) {
        return hand_over_in(db, which, from, heir);
      },
      [this, &where, from](bool done) { left(where, from.epoch, done); },
      [this, &where, from](fault) { left(where, from.epoch, false); });
}

void salons::left(salon& where, epoch_number epoch, bool done) {
  if (!where.home || where.home->rule.epoch() != epoch)
    return;
  where.home->leaving = false;
  const auto listed = where.home->rule.listed();
  if (done)
    where.home.reset();
  else
    where.home->rule.reopen();
  for (const auto node : listed)
    send(node, attach_again{where.id, epoch});
}

} // namespace salond::cluster
