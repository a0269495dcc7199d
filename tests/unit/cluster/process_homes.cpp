// The salons that are at home on a node.
#include "tests/unit/cluster/process.hpp"
#include "tests/unit/cluster/world.hpp"

namespace salond::simulation {

int64_t process::count_homes() const {
  return std::count_if(salons_.begin(), salons_.end(),
                       [](const salon& salon) { return salon.home && !salon.home->closed(); });
}

void process::hear_at_home(node_id from, const cluster::attach& question) {
  auto& where = salons_[static_cast<size_t>(place_of(question.salon))];
  if (!where.home) {
    where.asked.emplace_back(from, question);
    return claim(where);
  }
  const auto back = where.home->hear(from, question);
  if (world_.mistake() == planted::answered_before_listed) {
    where.home->detach(from);
    world_.after(*this, part::io_thread, 2 * millisecond, [this, &where, from, question] {
      if (where.home)
        where.home->hear(from, question);
    });
  }
  send(from, back);
}

void process::claim(salon& where) {
  if (where.claiming)
    return;
  where.claiming = true;
  job work;
  work.type = job::kind::claim;
  work.place = where.place;
  work.only_own = state_ != cluster::node_state::serving;
  work.early_number = early_numbers_[static_cast<size_t>(where.place)];
  work.seen_row = where.seen_row;
  if (world_.mistake() == planted::claim_without_fence)
    work.taken_for_gone = where.at;
  write(std::move(work));
}

void process::claimed(const job& work, const job_result& result) {
  auto& where = salons_[static_cast<size_t>(work.place)];
  const auto asked = std::exchange(where.asked, {});
  if (!result.done) {
    for (const auto& each : asked)
      send(each.first, cluster::attach_again{salon_at(work.place), {}});
    return;
  }
  trace("is home of salon " + std::to_string(work.place) + ", epoch " + std::to_string(result.row->epoch.value));
  where.home.emplace(salon_at(work.place), result.row->epoch, result.last_seq);
  where.next_seq = result.last_seq;
  where.leaving = false;
  for (const auto& each : asked)
    hear_at_home(each.first, each.second);
}

void process::hear_at_home(node_id from, const cluster::post& said) {
  auto& where = salons_[static_cast<size_t>(place_of(said.salon))];
  if (!where.home)
    return;
  auto post = said;
  if (world_.mistake() == planted::post_epoch_unchecked)
    post.epoch = where.home->epoch();
  if (world_.mistake() == planted::post_chain_unchecked) {
    auto copy = *where.home;
    post.before = copy.hear(from, {}).taken;
  }
  switch (where.home->take(from, post)) {
  case cluster::home::verdict::ignored: return;
  case cluster::home::verdict::missing: send(from, cluster::attach_again{said.salon, where.home->epoch()}); return;
  case cluster::home::verdict::taken: break;
  }
  if (world_.refuses(slot_, where.place))
    return decide(where, {}, {{post.number, fault::busy}});
  job next;
  next.place = where.place;
  next.epoch = where.home->epoch();
  next.row = {++where.next_seq, post.number, post.author, post.text, {}};
  if (world_.mistake() == planted::told_before_stored)
    for (const auto node : where.home->listed())
      send(node, *where.home->batch_for(node, where.home->last_seq(), {next.row}, {}));
  write(std::move(next));
}

void process::decide(salon& where, const std::vector<cluster::stored_row>& stored,
                     const std::vector<cluster::refusal>& refused) {
  const auto before = where.home->last_seq();
  where.home->decide(stored, refused);
  for (const auto node : where.home->listed())
    if (auto told = where.home->batch_for(node, before, stored, refused))
      send(node, std::move(*told));
  go_on_leaving(where);
}

void process::ask_again(const salon& where, const std::vector<node_id>& whom) {
  for (const auto node : whom)
    send(node, cluster::attach_again{salon_at(where.place), where.home->epoch()});
}

// --- handing over ---

void process::hand_over(int place, int to) {
  auto& where = salons_[static_cast<size_t>(place)];
  if (!members_ || !look() || !where.home || where.home->closed())
    return;
  for (const auto& row : members_->rows())
    if (cluster::serves(row) && row.name[0] - 'a' == to && row.id != run_)
      return begin_leaving(where, row.id);
}

void process::begin_leaving(salon& where, node_id heir) {
  trace("hands salon " + std::to_string(where.place) + " over to run " + std::to_string(heir.value));
  where.home->close();
  where.heir = heir;
  where.leaving = false;
  if (world_.mistake() == planted::handed_over_early) {
    request asked;
    asked.type = request::kind::hand_over;
    asked.by = run_;
    asked.place = where.place;
    asked.after = where.home->epoch().value;
    asked.runs = {heir};
    job same;
    same.place = where.place;
    same.epoch = where.home->epoch();
    where.leaving = true;
    return world_.ask(*this, part::io_thread, std::move(asked), second,
                      [this, same](const answer* back) { left(same, back && back->done); });
  }
  go_on_leaving(where);
}

void process::go_on_leaving(salon& where) {
  if (!where.home || !where.home->closed() || where.leaving || !where.home->drained())
    return;
  where.leaving = true;
  job work;
  work.type = job::kind::hand_over;
  work.place = where.place;
  work.epoch = where.home->epoch();
  work.to = where.heir;
  write(std::move(work));
}

void process::left(const job& work, bool done) {
  auto& where = salons_[static_cast<size_t>(work.place)];
  if (!where.home || where.home->epoch() != work.epoch)
    return;
  where.leaving = false;
  ask_again(where, where.home->listed());
  if (done)
    where.home.reset();
  else
    where.home->reopen();
}

void process::lose_salon(int place) {
  auto& where = salons_[static_cast<size_t>(place)];
  if (!where.home)
    return;
  trace("loses salon " + std::to_string(place));
  ask_again(where, where.home->listed());
  where.home.reset();
}

void process::tell_news(int fact) {
  job work;
  work.type = job::kind::tell_news;
  work.row.seq = fact;
  write(std::move(work));
}

} // namespace salond::simulation
