// The thread that beats: rounds, and the failovers that they lead to.
#include "tests/unit/cluster/process.hpp"
#include "tests/unit/cluster/world.hpp"

namespace salond::simulation {

void process::beat() {
  world_.after(*this, part::beat_thread, second + world_.luck().between(-50, 50) * millisecond, [this] { beat(); });
  if (!live_.may_beat(now()) && world_.mistake() != planted::hung_node_beats) {
    trace("does not beat, since it hangs");
    return round_over(now(), nullptr);
  }
  if (members_->has_gap(now()))
    reach_.forget();
  request asked;
  asked.type = request::kind::beat;
  asked.by = run_;
  asked.over = connection::beats;
  asked.session = sessions_[static_cast<size_t>(connection::beats)];
  asked.homes = count_homes();
  asked.runs = reach_.unreached(run_, members_->rows(), now());
  asked.wall = world_.wall(slot_);
  asked.after = last_news_;
  world_.ask(*this, part::beat_thread, std::move(asked), 900 * millisecond,
             [this, began = now()](const answer* back) { round_over(began, back); });
}

void process::round_over(instant began, const answer* back) {
  if (!back || !back->done) {
    ++sessions_[static_cast<size_t>(connection::beats)];
    if (world_.mistake() != planted::gap_counted)
      return members_->round_failed();
    return fail_over(failovers_.round(members_->round_succeeded(began, now(), members_->rows())));
  }
  last_news_ = back->last_news;
  known_news_.insert(back->news.begin(), back->news.end());
  if (world_.mistake() == planted::numbers_before_fence)
    for (const auto& row : members_->rows())
      for (int place = 0; place < salons; ++place) {
        const auto* later = cluster::find(back->rows, row.id);
        auto& early = early_numbers_[static_cast<size_t>(place)];
        if (later && later->beat == row.beat && row.id != run_ && world_.home_of(place) == row.id
            && early.first != row.id)
          early = {row.id, world_.truth().last_seq(place)};
      }
  auto lost = members_->round_succeeded(began, now(), back->rows);
  if (world_.mistake() == planted::clock_judges)
    lost = lost_by_clock(*back);
  if (back->gone)
    members_->found_gone(run_);
  fresh_rows_ = true;
  fail_over(failovers_.round(std::move(lost)));
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

// --- failover ---

request process::of_failover(request::kind type) const {
  request result;
  result.type = type;
  result.by = run_;
  result.over = connection::failover;
  result.session = sessions_[static_cast<size_t>(connection::failover)];
  return result;
}

void process::fail_over(const std::optional<cluster::failovers::step>& step) {
  if (!step)
    return;
  if (step->end_own)
    return end_own_session();
  trace("makes the failover of run " + std::to_string(step->whom.node.value));
  if (step->end_sessions.empty() || world_.mistake() == planted::sessions_left_open)
    return fence(step->whom, !step->end_sessions.empty());
  auto asked = of_failover(request::kind::end_sessions);
  asked.runs = step->end_sessions;
  world_.ask(*this, part::beat_thread, std::move(asked), 2 * second, [this, whom = step->whom](const answer* back) {
    if (!back || !back->done)
      return failed_over(cluster::failovers::outcome::unknown);
    fence(whom, true);
  });
}

void process::fence(cluster::membership::lost whom, bool waits) {
  auto asked = of_failover(request::kind::fence);
  asked.waits = waits;
  asked.whom = whom;
  world_.ask(*this, part::beat_thread, std::move(asked), 2 * second, [this, whom](const answer* back) {
    using outcome = cluster::failovers::outcome;
    if (!back || back->lost)
      return failed_over(outcome::unknown);
    if (!back->done)
      return failed_over(back->blocked ? outcome::blocked : outcome::not_so);
    world_.ask(*this, part::beat_thread, of_failover(request::kind::commit), 2 * second,
               [this, whom](const answer* committed) {
                 const bool done = committed && committed->done;
                 if (done)
                   tell_gone(whom.node);
                 failed_over(done ? outcome::fenced : outcome::unknown);
               });
  });
}

/// That is quicker than everybody's next round.
void process::tell_gone(node_id which) {
  world_.after(*this, part::io_thread, 0, [this, which] { learn_gone(which); });
  for (const auto& link : links_)
    world_.send(slot_, {{run_, link.peer(), 0, 0}, gone{which}});
}

void process::end_own_session() {
  ++sessions_[static_cast<size_t>(connection::failover)];
  if (world_.mistake() == planted::own_session_left_open)
    return failed_over(cluster::failovers::outcome::own_ended);
  world_.ask(*this, part::beat_thread, of_failover(request::kind::connect), 1500 * millisecond,
             [this](const answer* back) {
               if (back && back->done)
                 return failed_over(cluster::failovers::outcome::own_ended);
               world_.after(*this, part::beat_thread, 300 * millisecond, [this] { end_own_session(); });
             });
}

void process::failed_over(cluster::failovers::outcome outcome) {
  fail_over(failovers_.answered(outcome, members_->rows()));
}

} // namespace salond::simulation
