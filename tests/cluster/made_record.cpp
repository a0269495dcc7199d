#include "tests/cluster/made_record.hpp"
#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace salond::faults {
namespace {

constexpr int64_t second = 1000000;
constexpr int users = 6;
constexpr const char* nodes[] = {"a", "b", "c"};
constexpr const char* salons[] = {"Général", "Blabla", "Lyon"};

struct in_flight {
  std::string text, salon;
  int64_t connection, sent_us;
};
struct connection {
  std::string client, node;
  std::map<std::string, size_t> next; ///< of each salon that it hears, the place of what it is shown next
  bool open = true;
};
struct told_later {
  std::string text, target;
};

/// The cluster. Whatever it does is right.
class world {
public:
  explicit world(uint64_t seed) : random_(seed) {}

  std::vector<event> live() {
    for (int i = 0; i < users; ++i)
      log_in("u" + std::to_string(i));
    for (int i = 0; i < 400; ++i) {
      now_ += below(400000) + 1;
      step();
      keep_up();
    }
    end();
    return std::move(record_);
  }

private:
  uint64_t below(uint64_t bound) { return random_() % bound; }
  template <class List>
  auto& any_of(List& list) {
    return list[below(std::size(list))];
  }
  void note(const connection& on, int64_t id, kind type, const std::string& where, const std::string& text) {
    record_.push_back({now_, on.client, on.node, id, type, where, text, 0});
  }
  void note(kind type, const std::string& client, const std::string& node, const std::string& where) {
    record_.push_back({now_, client, node, 0, type, where, "", 0});
  }

  void step() {
    switch (below(16)) {
    case 0: return log_in("u" + std::to_string(below(users)));
    case 1: return below(3) == 0 ? quit() : history();
    case 2: return below(4) == 0 ? kick() : unkick();
    case 3: return below(4) == 0 ? lose_node() : find_node();
    case 4: return below(4) == 0 ? join_or_leave() : database();
    case 5:
    case 6: return say_privately();
    default: return post();
    }
  }

  bool away(const std::string& node) const { return node == lost_; }
  /// A random open connection; its number, or 0.
  int64_t some_connection() {
    std::vector<int64_t> open;
    for (const auto& [id, one] : connections_)
      if (one.open)
        open.push_back(id);
    return open.empty() ? 0 : any_of(open);
  }

  void log_in(const std::string& client) {
    const std::string node = any_of(nodes);
    if (kicked_.count(client) || away(node) || no_database_)
      return;
    auto& made = connections_[++last_connection_];
    made.client = client;
    made.node = node;
    std::string all;
    for (const auto* salon : salons)
      if (!outside_.count({client, salon})) {
        made.next[salon] = rows_[salon].size();
        all += (all.empty() ? "" : ",") + std::string(salon);
      }
    note(made, last_connection_, kind::in, "", all);
    record_.back().number = now_ - 1000;
    for (auto one = mail_.begin(); one != mail_.end();)
      if (one->target == client) {
        note(made, last_connection_, kind::told, "", one->text);
        one = mail_.erase(one);
      } else {
        ++one;
      }
  }

  void end_connection(int64_t id, const std::string& reason) {
    auto& on = connections_[id];
    on.open = false;
    note(on, id, kind::out, "", reason);
    flights_.erase(
        std::remove_if(flights_.begin(), flights_.end(),
                       [&](const in_flight& in_flight) { return in_flight.connection == id && below(2) == 0; }),
        flights_.end());
  }
  void quit() {
    const auto id = some_connection();
    if (id && !waits(id))
      end_connection(id, below(4) ? "quit" : "left");
  }
  bool waits(int64_t id) const {
    return std::any_of(flights_.begin(), flights_.end(), [&](const auto& one) { return one.connection == id; });
  }
  void history() {
    const auto id = some_connection();
    if (id)
      for (const auto& [salon, next] : connections_[id].next)
        if (!rows_[salon].empty())
          note(connections_[id], id, kind::past, salon, rows_[salon].back().second);
  }

  void post() {
    const auto id = some_connection();
    if (!id)
      return;
    auto& on = connections_[id];
    if (on.next.empty())
      return;
    const auto salon = std::next(on.next.begin(), static_cast<std::ptrdiff_t>(below(on.next.size())))->first;
    for (auto count = below(4) == 0 ? 3 : 1; count-- > 0;) {
      const auto text = on.client + "-" + std::to_string(++last_text_);
      note(on, id, kind::post, salon, text);
      flights_.push_back({text, salon, id, now_});
    }
  }
  void say_privately() {
    const auto id = some_connection();
    if (!id || no_database_)
      return;
    const auto on = connections_[id];
    const auto target = "u" + std::to_string(below(users));
    const auto text = on.client + "-" + std::to_string(++last_text_);
    note(on, id, kind::private_, target, text);
    if (below(8) == 0)
      return note(on, id, kind::refused, target, text);
    kept_.push_back({0, on.client, "", 0, kind::kept, target, text, static_cast<int64_t>(kept_.size()) + 1});
    bool reached = target == on.client;
    for (const auto& [other, its] : connections_)
      if (its.open && other != id && (its.client == target || its.client == on.client)) {
        note(its, other, kind::told, "", text);
        reached = reached || its.client == target;
      }
    if (!reached)
      mail_.push_back({text, target});
    note(on, id, kind::sent, target, text);
  }

  void kick() {
    const auto client = "u" + std::to_string(below(users));
    if (!kicked_.insert(client).second || no_database_)
      return;
    note(kind::kicked, client, "", "");
    for (auto& [id, on] : connections_)
      if (on.open && on.client == client)
        end_connection(id, "closed");
  }
  void unkick() {
    if (kicked_.empty())
      return;
    note(kind::unkicked, *kicked_.begin(), "", "");
    kicked_.erase(kicked_.begin());
  }
  void lose_node() {
    if (!lost_.empty())
      return;
    lost_ = any_of(nodes);
    note(kind::down, "", lost_, "node");
    for (auto& [id, on] : connections_)
      if (on.open && on.node == lost_)
        end_connection(id, "closed");
  }
  void find_node() {
    if (lost_.empty())
      return;
    note(kind::up, "", lost_, "node");
    lost_.clear();
  }
  void database() {
    if (below(3) != 0)
      return;
    no_database_ = !no_database_;
    note(no_database_ ? kind::down : kind::up, "", "database", "database");
  }
  void join_or_leave() {
    const auto client = "u" + std::to_string(below(users));
    const std::string salon = any_of(salons);
    if (no_database_)
      return;
    const bool leaves = outside_.insert({client, salon}).second;
    if (!leaves)
      outside_.erase({client, salon});
    for (auto& [id, on] : connections_) {
      if (!on.open || on.client != client)
        continue;
      if (leaves && std::any_of(flights_.begin(), flights_.end(), [&, at = id](const in_flight& in_flight) {
            return in_flight.connection == at && in_flight.salon == salon;
          }))
        store_all(); // its author hears its answer first
      if (leaves)
        show(id, salon, rows_[salon].size());
      note(on, id, leaves ? kind::left : kind::joined, salon, "");
      if (leaves)
        on.next.erase(salon);
      else
        on.next[salon] = rows_[salon].size();
    }
  }

  void store_first() {
    const auto one = flights_.front();
    flights_.pop_front();
    const auto& on = connections_[one.connection];
    if (on.open && (no_database_ || below(10) == 0))
      return note(on, one.connection, kind::refused, one.salon, one.text);
    if (!no_database_)
      rows_[one.salon].push_back({on.client, one.text});
  }
  void store_all() {
    while (!flights_.empty())
      store_first();
  }
  /// Up to the place `to`.
  void show(int64_t id, const std::string& salon, size_t to) {
    auto& on = connections_[id];
    for (auto& next = on.next[salon]; next < to; ++next)
      note(on, id, kind::shown, salon, rows_[salon][next].second);
  }
  void show_all() {
    for (auto& [id, on] : connections_)
      for (const auto* salon : salons)
        if (on.open && on.next.count(salon))
          show(id, salon, rows_[salon].size());
  }

  /// Nothing waits for longer than some seconds.
  void keep_up() {
    while (!flights_.empty() && (below(3) != 0 || flights_.front().sent_us + 3 * second < now_))
      store_first();
    const auto id = some_connection();
    if (!id || now_ > caught_up_ + 3 * second) {
      caught_up_ = now_;
      return show_all();
    }
    const auto& next = connections_[id].next;
    if (next.empty())
      return;
    const auto [salon, place] = *std::next(next.begin(), static_cast<std::ptrdiff_t>(below(next.size())));
    show(id, salon, std::min(rows_[salon].size(), place + below(4)));
  }

  void end() {
    if (no_database_)
      note(kind::up, "", "database", "database");
    no_database_ = false;
    while (!kicked_.empty())
      unkick();
    find_node();
    store_all();
    show_all();
    for (int i = 0; i < users; ++i)
      log_in("u" + std::to_string(i));
    now_ += 30 * second;
    for (auto& [id, on] : connections_)
      if (on.open)
        end_connection(id, "quit");
    for (const auto& [salon, all] : rows_)
      for (size_t i = 0; i < all.size(); ++i)
        record_.push_back(
            {0, all[i].first, "", 0, kind::stored, salon, all[i].second, static_cast<int64_t>(2 * i) + 1});
    record_.insert(record_.end(), kept_.begin(), kept_.end());
  }

  randomness random_;
  int64_t now_ = second;
  std::vector<event> record_, kept_;
  std::map<int64_t, connection> connections_;
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> rows_; ///< author and text
  std::deque<in_flight> flights_;
  std::vector<told_later> mail_;
  std::set<std::string> kicked_;
  std::set<std::pair<std::string, std::string>> outside_;
  std::string lost_;
  bool no_database_ = false;
  int64_t last_connection_ = 0, last_text_ = 0, caught_up_ = 0;
};

} // namespace

std::vector<event> made_record(uint64_t seed) {
  return world(seed).live();
}

} // namespace salond::faults
