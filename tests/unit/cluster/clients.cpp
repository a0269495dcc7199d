// Those whom all of it is for: each connects to some node, hears all salons, and posts.
#include "tests/unit/cluster/world.hpp"

namespace salond::simulation {

void world::log_in(int user) {
  auto& who = clients_[static_cast<size_t>(user)];
  if (who.slot >= 0)
    return;
  const int slot = luck_.below(nodes);
  const int connection = ++who.connection;
  later(luck_.between(700, 1200) * millisecond, [this, user, connection] { // nobody answered: tries another
    auto& again = clients_[static_cast<size_t>(user)];
    if (again.slot < 0 && again.connection == connection)
      log_in(user);
  });
  if (stands_still(slot) || !at(slot).serving())
    return;
  at(slot).log_in([this, user, slot, connection](bool done, std::array<size_t, salons> before) {
    auto& in = clients_[static_cast<size_t>(user)];
    if (!done || in.slot >= 0 || in.connection != connection)
      return;
    trace("user " + std::to_string(user) + " is in at node " + at(slot).name());
    in.slot = slot;
    in.shown = before;
  });
}

void world::leave(int user) {
  auto& who = clients_[static_cast<size_t>(user)];
  who.slot = -1;
  truth_.abandoned(user);
  later(luck_.between(50, 400) * millisecond, [this, user] { log_in(user); });
}

void world::close_clients(int slot, bool by_the_node) {
  bool any = false;
  for (int user = 0; user < users; ++user)
    if (clients_[static_cast<size_t>(user)].slot == slot) {
      any = true;
      leave(user);
    }
  if (any && by_the_node)
    truth_.closed(at(slot).name(), now() <= closing_excused_until_[static_cast<size_t>(slot)]);
}

void world::write_text(int user, int place) {
  auto& who = clients_[static_cast<size_t>(user)];
  const auto text = truth_.next_text();
  if (who.slot >= 0 && !stands_still(who.slot) && at(who.slot).take_post(user, place, text)) {
    truth_.written(user, who.connection, place);
    return;
  }
  later(250 * millisecond, [this, user, place] { write_text(user, place); });
}

void world::show(int slot, int place, const std::vector<cluster::stored_row>& rows) {
  if (traced_)
    for (const auto& row : rows)
      trace("node " + at(slot).name() + " tells salon " + std::to_string(place) + ": seq " + std::to_string(row.seq)
            + ", text " + row.text);
  for (auto& who : clients_) {
    if (who.slot != slot)
      continue;
    for (const auto& row : rows)
      truth_.shown(place, who.shown[static_cast<size_t>(place)]++, row);
  }
}

void world::answer_author(int slot, const cluster::posts_in_flight::entry& to, bool stored) {
  trace("node " + at(slot).name() + " answers text " + to.text + (stored ? ": stored" : ": refused"));
  truth_.answered(judge::text_of(to.text), stored);
}

void world::check_end() {
  truth_.all_answered();
  std::array<int64_t, nodes> homes{};
  for (int place = 0; place < salons; ++place)
    for (int slot = 0; slot < nodes; ++slot)
      if (home_of(place).value != 0 && at(slot).run() == home_of(place))
        ++homes[static_cast<size_t>(slot)];
  int64_t most = 0, least = salons;
  for (int slot = 0; slot < nodes; ++slot) {
    if (for_good_[static_cast<size_t>(slot)])
      continue;
    if (!at(slot).serving())
      throw broken("does not serve at the end: " + at(slot).standing_text());
    if (at(slot).known_news().size() != store_.news())
      throw broken("does not know the news at the end: node " + at(slot).name());
    most = std::max(most, homes[static_cast<size_t>(slot)]);
    least = std::min(least, homes[static_cast<size_t>(slot)]);
  }
  if (2 * most > 3 * least + 4)
    throw broken("the homes are not spread");
  for (int user = 0; user < users; ++user) {
    const auto& who = clients_[static_cast<size_t>(user)];
    if (who.slot < 0)
      throw broken("is not served at the end: user " + std::to_string(user));
    for (int place = 0; place < salons; ++place)
      if (who.shown[static_cast<size_t>(place)] != truth_.history(place).size())
        throw broken("is not shown all at the end: user " + std::to_string(user) + ", salon " + std::to_string(place));
  }
}

} // namespace salond::simulation
