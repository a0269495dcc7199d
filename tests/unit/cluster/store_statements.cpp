// What one statement of the simulated database does.
#include "actors/rules/cluster/reach.hpp"
#include "tests/unit/cluster/store.hpp"
#include <algorithm>

namespace salond::simulation {

answer store::beat(const request& asked) {
  answer back;
  auto& own = row_of(asked.by);
  back.gone = own.gone;
  back.done = true;
  if (!own.gone) {
    ++own.beat;
    own.homes = asked.homes;
    own.unreached = asked.runs;
    walls_[static_cast<size_t>(asked.by.value - 1)] = asked.wall;
  }
  for (size_t i = 0; i < rows_.size(); ++i)
    if (!rows_[i].gone || rows_[i].id.value + 3 > static_cast<int64_t>(rows_.size())) { // those long gone are forgotten
      back.rows.push_back(rows_[i]);
      back.walls.push_back(walls_[i]);
    }
  back.last_news = asked.after;
  for (const auto& news : news_)
    if (news.number > asked.after) {
      back.news.push_back(news.fact_number);
      back.last_news = std::max(back.last_news, news.number);
    }
  return back;
}

answer store::join(const request& asked) {
  for (auto& row : rows_)
    if (row.name == asked.name && !row.gone) {
      row.gone = true;
      writers_[static_cast<size_t>(row.id.value - 1)].fenced = true;
    }
  answer back;
  back.done = true;
  back.joined = {static_cast<int64_t>(rows_.size()) + 1};
  cluster::node_row fresh;
  fresh.id = back.joined;
  fresh.name = asked.name;
  rows_.push_back(fresh);
  walls_.push_back(asked.wall);
  writers_.emplace_back();
  known_sessions_.push_back({});
  ended_sessions_.push_back({-1, -1, -1, -1});
  back.last_news = last_news_;
  for (const auto& news : news_)
    back.news.push_back(news.fact_number);
  return back;
}

answer store::set_state(const request& asked) {
  answer back;
  const auto aside = cluster::who_steps_aside(rows_);
  if (asked.state == cluster::node_state::apart)
    back.done = std::find(aside.begin(), aside.end(), asked.by) != aside.end();
  else
    back.done = cluster::may_return(rows_, asked.by);
  if (back.done && !row_of(asked.by).gone)
    row_of(asked.by).state = asked.state;
  return back;
}

answer store::read(const request& asked) const {
  answer back;
  back.done = true;
  back.home = homes_[static_cast<size_t>(asked.place)];
  if (asked.type == request::kind::read_positions)
    for (int place = 0; place < salons; ++place)
      back.positions[static_cast<size_t>(place)] = truth_.last_seq(place);
  if (asked.type == request::kind::read_rows)
    for (const auto& row : truth_.history(asked.place))
      if (row.seq > asked.after && row.seq <= asked.to)
        back.texts.push_back({row.seq, row.number, {}, std::to_string(row.text), {}});
  return back;
}

} // namespace salond::simulation
