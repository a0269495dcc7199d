// The thread that beats: rounds, and the take-overs that they lead to.
#include "process.hpp"
#include "world.hpp"

namespace salond::simulation {

void process::beat() {
  world_.after(*this, part::beat_thread, second + world_.luck().between(-50, 50) * millisecond, [this] { beat(); });
  if (!live_.may_beat(now()) && world_.mistake() != planted::hung_node_beats) {
    trace("does not beat, since it hangs");
    return round_over(now(), nullptr);
  }
  if (members_->has_gap(now()))
    reach_.forget();
  request what;
  what.what = request::kind::beat;
  what.by = run_;
  what.over = connection::beats;
  what.session = sessions_[static_cast<size_t>(connection::beats)];
  what.homes = count_homes();
  what.runs = reach_.unreached(run_, members_->rows(), now());
  what.wall = world_.wall(slot_);
  what.after = last_news_;
  world_.ask(*this, part::beat_thread, std::move(what), 900 * millisecond,
             [this, began = now()](const answer* back) { round_over(began, back); });
}

void process::round_over(instant began, const answer* back) {
  if (!back || !back->done) {
    ++sessions_[static_cast<size_t>(connection::beats)];
    if (world_.mistake() != planted::gap_counted)
      return members_->round_failed();
    for (const auto& whom : members_->round_succeeded(began, now(), members_->rows()))
      if (const auto step = take_overs_.begin(whom))
        take_over(*step);
    return;
  }
  last_news_ = back->last_news;
  known_news_.insert(back->news.begin(), back->news.end());
  if (world_.mistake() == planted::numbers_before_fence)
    for (const auto& row : members_->rows())
      for (int place = 0; place < salons; ++place) {
        const auto* later = cluster::find(back->rows, row.id);
        auto& early = early_numbers_[static_cast<size_t>(place)];
        if (later && later->beat == row.beat && row.id != run_ && world_.home_of(place) == row.id && early.first != row.id)
          early = {row.id, world_.truth().last_seq(place)};
      }
  auto lost = members_->round_succeeded(began, now(), back->rows);
  if (world_.mistake() == planted::clock_judges)
    lost = lost_by_clock(*back);
  if (back->gone)
    members_->found_gone();
  fresh_rows_ = true;
  for (const auto& whom : lost)
    if (const auto step = take_overs_.begin(whom))
      take_over(*step);
}

std::vector<cluster::membership::lost> process::lost_by_clock(const answer& back) const {
  std::vector<cluster::membership::lost> result;
  for (size_t i = 0; i < back.rows.size(); ++i) {
    const auto& row = back.rows[i];
    if (row.id != run_ && !row.gone && back.walls[i] + 4 * second < world_.wall(slot_))
      result.push_back({row.id, row.beat});
  }
  return result;
}

void process::take_over(const cluster::take_overs::step& step) {
  trace("takes over run " + std::to_string(step.whom.node.value));
  request what;
  what.by = run_;
  what.over = connection::taker;
  what.session = sessions_[static_cast<size_t>(connection::taker)];
  if (!step.end_sessions.empty() && world_.mistake() != planted::sessions_left_open) {
    what.what = request::kind::end_sessions;
    what.runs = step.end_sessions;
    return world_.ask(*this, part::beat_thread, std::move(what), 2 * second, [this, whom = step.whom](const answer* back) {
      if (!back || !back->done)
        return take_over_answered(whom, cluster::take_overs::outcome::unknown);
      take_over({whom, {}});
    });
  }
  what.what = request::kind::fence;
  what.whom = step.whom;
  world_.ask(*this, part::beat_thread, what, 2 * second, [this, what, whom = step.whom](const answer* back) mutable {
    using outcome = cluster::take_overs::outcome;
    if (!back || back->lost)
      return take_over_answered(whom, outcome::unknown);
    if (!back->done)
      return take_over_answered(whom, back->blocked ? outcome::blocked : outcome::not_so);
    what.what = request::kind::commit;
    world_.ask(*this, part::beat_thread, what, 2 * second, [this, whom](const answer* committed) {
      take_over_answered(whom, committed && committed->done ? outcome::fenced : outcome::unknown);
    });
  });
}

void process::take_over_answered(cluster::membership::lost whom, cluster::take_overs::outcome how) {
  if (how == cluster::take_overs::outcome::unknown)
    ++sessions_[static_cast<size_t>(connection::taker)];
  if (const auto next = take_overs_.answered(whom, how, members_->rows()))
    take_over(*next);
}

} // namespace salond::simulation
