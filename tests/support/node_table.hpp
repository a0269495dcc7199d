// A table of nodes in memory: beats and failovers of runs that have joined it, for tests that need no database.
#pragma once
#include "actors/cluster/member.hpp"
#include "persistence/store.hpp"
#include <algorithm>
#include <mutex>
#include <stdexcept>

namespace salond::support {

using persistence::beaten;
using persistence::node_failovers;
using persistence::node_report;
using persistence::store_error;

/// What all nodes share.
struct node_table {
  std::mutex mutex;
  std::vector<persistence::stored_node> rows;
  std::vector<persistence::stored_news> news;
  bool away = false, left = false;
  int beats = 0;
  node_report last;
  std::vector<int64_t> fenced, ended;
  int blocked = 0; ///< so many tries of a fence
  int cleared = 0;

  template <class Work>
  auto with(Work work) {
    const std::lock_guard lock{mutex};
    if (away)
      throw store_error(store_error::kind::unavailable, "away");
    return work();
  }
  persistence::stored_node& row(int64_t run) {
    for (auto& row : rows)
      if (row.run == run)
        return row;
    throw std::logic_error("no such run");
  }
};

class beats_in_memory final : public persistence::node_beats {
public:
  beats_in_memory(node_table& of, int64_t run) : of_(of), run_(run) {}
  beaten beat(const node_report& report) override {
    return of_.with([&] {
      auto& own = of_.row(run_);
      ++of_.beats;
      of_.last = report;
      if (!own.gone)
        ++own.beat;
      auto fresh = of_.news;
      const auto known = [&](const persistence::stored_news& news) { return news.number <= report.news_read; };
      fresh.erase(std::remove_if(fresh.begin(), fresh.end(), known), fresh.end());
      return beaten{own.gone, of_.rows, fresh};
    });
  }
  bool change_state(persistence::node_state next,
                    const std::function<bool(const std::vector<persistence::stored_node>&)>& may) override {
    return of_.with([&] {
      auto& own = of_.row(run_);
      if (own.gone || !may(of_.rows))
        return false;
      own.state = next;
      return true;
    });
  }
  void leave() override {
    of_.with([&] {
      of_.left = true;
      return 0;
    });
  }

private:
  node_table& of_;
  int64_t run_;
};

class failovers_in_memory final : public node_failovers {
public:
  explicit failovers_in_memory(node_table& of) : of_(of) {}
  fencing fence(int64_t run, int64_t beat, bool waits) override {
    return of_.with([&] {
      auto& row = of_.row(run);
      if (row.gone || row.beat != beat)
        return fencing::not_so;
      if (of_.blocked > 0 && !(waits && !of_.ended.empty())) {
        --of_.blocked;
        return fencing::blocked;
      }
      row.gone = true;
      of_.fenced.push_back(run);
      return fencing::fenced;
    });
  }
  void end_sessions(const std::vector<int64_t>& runs) override {
    of_.with([&] {
      of_.ended = runs;
      return 0;
    });
  }
  void end_own_sessions() override {}
  std::vector<int64_t> end_node(const std::string& name) override {
    return of_.with([&] {
      std::vector<int64_t> ended;
      for (auto& row : of_.rows)
        if (row.name == name && !std::exchange(row.gone, true))
          ended.push_back(row.run);
      return ended;
    });
  }
  int64_t end_presences() override {
    return of_.with([&] { return int64_t{++of_.cleared}; });
  }

private:
  node_table& of_;
};

/// That run, as it has joined. REQUIRES: the table has a row of it, and lives longer.
inline persistence::joined_node joined(node_table& to, int64_t run) {
  persistence::joined_node in;
  in.run = run;
  in.state = to.row(run).state;
  in.beats = std::make_unique<beats_in_memory>(to, run);
  in.failovers = std::make_unique<failovers_in_memory>(to);
  return in;
}

} // namespace salond::support
