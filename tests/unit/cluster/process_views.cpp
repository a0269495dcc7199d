// The salons that a node's clients hear, and what they post.
#include "tests/unit/cluster/process.hpp"
#include "tests/unit/cluster/world.hpp"

namespace salond::simulation {

void process::log_in(std::function<void(bool, std::array<size_t, salons>)> done) {
  const std::array<size_t, salons> nowhere{};
  if (!members_ || !look() || !serving())
    return done(false, nowhere);
  request asked;
  asked.type = request::kind::read_positions;
  asked.by = run_;
  world_.ask(*this, part::io_thread, std::move(asked), second, [this, done, nowhere](const answer* back) {
    if (!back || !back->done || !serving())
      return done(false, nowhere);
    auto before = nowhere;
    for (auto& salon : salons_) {
      const auto place = static_cast<size_t>(salon.place);
      if (!salon.view)
        salon.view.emplace(salon_at(salon.place), back->positions[place]);
      before[place] = world_.truth().count_up_to(salon.place, salon.view->told());
    }
    done(true, before);
  });
}

bool process::take_post(int user, int place, int text) {
  auto& where = salons_[static_cast<size_t>(place)];
  if (!members_ || !look() || !serving() || !where.view)
    return false;
  where.posts.add({cluster::number_of(run_, ++posts_), {user + 1}, {user + 1}, std::to_string(text), now(), false});
  send_posts(where);
  return true;
}

void process::send_posts(salon& where) {
  for (auto& next : where.posts.send(salon_at(where.place)))
    send(where.at, std::move(next));
}

// --- attaching ---

void process::keep_view(salon& where) {
  using phase = cluster::subscription::phase;
  if (!where.view)
    return;
  const auto waited = world_.now() - where.since;
  switch (where.view->state()) {
  case phase::detached: return look_for_home(where);
  case phase::asking: return waited > 1500 * millisecond ? attach_anew(where) : void();
  case phase::reading: return waited > 2500 * millisecond ? attach_anew(where) : void();
  case phase::following: return;
  }
}

void process::attach_anew(salon& where) {
  where.view->detach();
  where.posts.detach();
  look_for_home(where);
}

void process::detach_views(node_id home) {
  for (auto& salon : salons_) {
    if (!salon.view || salon.at != home || salon.view->state() == cluster::subscription::phase::detached)
      continue;
    salon.view->detach();
    salon.posts.detach();
    if (world_.mistake() == planted::lost_posts_refused)
      for (const auto& entry : std::vector<cluster::posts_in_flight::entry>(salon.posts.entries()))
        refuse({*salon.posts.refused(entry.number)});
  }
}

void process::look_for_home(salon& where) {
  if (where.looking)
    return;
  where.looking = true;
  request asked;
  asked.type = request::kind::read_home;
  asked.by = run_;
  asked.place = where.place;
  world_.ask(*this, part::io_thread, std::move(asked), 1500 * millisecond, [this, &where](const answer* back) {
    where.looking = false;
    if (!back || !back->done || !look() || !where.view || where.view->state() != cluster::subscription::phase::detached)
      return;
    where.seen_row = back->home;
    const bool held = back->home && !members_->knows_gone(back->home->node);
    const auto to = held ? back->home->node : cluster::choose_home(salon_at(where.place), members_->rows());
    if (to)
      ask_home(where, *to);
  });
}

void process::ask_home(salon& where, node_id home) {
  const auto* with = link_with(home);
  where.at = home;
  if (home != run_ && !(with && with->up())) {
    if (world_.mistake() == planted::claim_without_fence && state_ == cluster::node_state::serving)
      claim(where);
    return; // tried again with the next tick
  }
  where.since = world_.now();
  send(home, where.view->ask());
}

void process::hear_answer(const cluster::attached& attached) {
  auto& where = salons_[static_cast<size_t>(place_of(attached.salon))];
  if (!where.view)
    return;
  const auto range = where.view->answered(attached);
  if (!range)
    return;
  where.answer = attached;
  where.since = world_.now();
  if (world_.mistake() == planted::resent_unseen) {
    refuse(where.posts.attached(attached));
    send_posts(where);
  }
  if (range->empty())
    return caught_up(where, *range, {});
  request ask;
  ask.type = request::kind::read_rows;
  ask.by = run_;
  ask.place = where.place;
  ask.after = range->after;
  ask.to = range->to;
  world_.ask(*this, part::io_thread, std::move(ask), 2 * second, [this, &where, read = *range](const answer* back) {
    if (back && back->done && look())
      caught_up(where, read, back->texts);
  });
}

void process::caught_up(salon& where, const cluster::subscription::range& read,
                        const std::vector<cluster::stored_row>& rows) {
  if (!where.view || !where.view->caught_up(read))
    return;
  tell(where, rows);
  if (world_.mistake() != planted::resent_unseen)
    refuse(where.posts.attached(where.answer));
  for (const auto& each : where.view->kept())
    hear_batch(each);
  send_posts(where);
}

void process::hear_batch(const cluster::batch& said) {
  auto& where = salons_[static_cast<size_t>(place_of(said.salon))];
  if (!where.view)
    return;
  auto batch = said;
  if (world_.mistake() == planted::batch_epoch_unchecked)
    batch.epoch = where.view->epoch();
  if (world_.mistake() == planted::told_hole)
    batch.before = std::min(batch.before, where.view->told());
  switch (where.view->hear(batch)) {
  case cluster::subscription::verdict::nothing: return;
  case cluster::subscription::verdict::again: return attach_anew(where);
  case cluster::subscription::verdict::tell: break;
  }
  tell(where, batch.rows);
  for (const auto& each : batch.refused)
    if (const auto entry = where.posts.refused(each.number))
      refuse({*entry});
}

void process::tell(salon& where, const std::vector<cluster::stored_row>& rows) {
  if (rows.empty())
    return;
  world_.show(slot_, where.place, rows);
  for (const auto& row : rows)
    if (const auto entry = where.posts.stored(row.number))
      world_.answer_author(slot_, *entry, true);
}

void process::refuse(const std::vector<cluster::posts_in_flight::entry>& posts) {
  for (const auto& post : posts)
    world_.answer_author(slot_, post, false);
}

} // namespace salond::simulation
