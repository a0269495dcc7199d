#include "persistence/mysql/cluster/table.hpp"
#include <algorithm>
#include <charconv>

namespace salond::persistence::mysql {
namespace {

constexpr int lock_wait = 1205, deadlock = 1213, not_at_once = 3572;
constexpr int64_t users_at_once = 256; // of one transaction: others wait for their rows
constexpr int64_t news_at_once = 1000; // of one beat
constexpr int64_t beats_a_clearing = 64;

constexpr std::pair<node_state, const char*> state_words[] = {
    {node_state::serving, "serving"}, {node_state::draining, "draining"}, {node_state::apart, "apart"}};

node_state state_of(const std::string& word) {
  for (const auto& [state, known] : state_words)
    if (word == known)
      return state;
  return node_state::serving;
}

std::string list_of(const std::vector<int64_t>& runs) {
  std::string text;
  for (const auto run : runs)
    text += (text.empty() ? "" : ",") + std::to_string(run);
  return text;
}

std::vector<int64_t> runs_in(const std::string& list) {
  std::vector<int64_t> result;
  for (const auto *next = list.data(), *end = next + list.size(); next < end; ++next) {
    int64_t run = 0;
    next = std::from_chars(next, end, run).ptr;
    if (run > lone_writer)
      result.push_back(run);
  }
  return result;
}

/// A connection that is made when it is needed, and made anew after an error. It holds the lock of its kind, by which
/// others end it.
class kept_connection {
public:
  kept_connection(const config::mysql_database& where, const tuning& like, session_kind kind, int64_t run)
      : where_(where), how_(patience_of_beats(like)), lock_(lock_of(kind, run)) {}
  kept_connection(kept_connection&&) = default;

  void take(std::unique_ptr<connection> made) { made_ = std::move(made); }

  /// Runs `work` on it; where that throws, it is to be made anew.
  template <class Work>
  auto with(Work work) {
    try {
      if (!made_)
        connect();
      return work(*made_);
    } catch (const store_error&) {
      made_.reset();
      throw;
    }
  }

private:
  /// A session of ours that was lost may still be at work, and hold rows; it holds the lock as well.
  void connect() {
    auto fresh = std::make_unique<connection>(where_, how_);
    if (fresh->number("SELECT GET_LOCK(" + lock_ + ", 0)") != 1) {
      end_session_with(*fresh, lock_);
      if (fresh->number("SELECT GET_LOCK(" + lock_ + ", 1)") != 1)
        throw error(2013, "our lost session has not ended yet");
    }
    made_ = std::move(fresh);
  }

  config::mysql_database where_;
  tuning how_;
  std::string lock_;
  std::unique_ptr<connection> made_;
};

std::vector<stored_news> news_after(connection& on, int64_t number) {
  auto found = on.ask("SELECT news_id, node_id, what, client_id, salon_id, name FROM news WHERE news_id > ? "
                      "ORDER BY news_id LIMIT ?",
                      {number, news_at_once});
  std::vector<stored_news> result;
  while (found.next())
    result.push_back(
        {found.integer(0),
         found.integer(1),
         {fact_kind_of(found.text(2)), user_id{found.integer(3)}, salon_id{found.integer(4)}, found.text(5)}});
  return result;
}

class mysql_beats final : public node_beats {
public:
  mysql_beats(kept_connection on, int64_t run) : on_(std::move(on)), run_(run) {}

  beaten beat(const node_report& report) override {
    return on_.with([&](connection& on) {
      beaten result;
      result.gone =
          on.run("UPDATE nodes SET beat = beat + 1, homes = ?, connections = ?, users = ?, unreached = ?, "
                 "news_read = ? WHERE node_id = ? AND gone = 0",
                 {report.homes, report.connections, report.users, list_of(report.unreached), report.news_read, run_})
          == 0;
      result.rows = read_nodes(on);
      result.news = news_after(on, report.news_read);
      if (++beats_ % beats_a_clearing == 0) // those that everybody was told
        on.run("DELETE FROM news WHERE news_id <= (SELECT COALESCE(MIN(news_read), 0) FROM nodes WHERE gone = 0)");
      return result;
    });
  }

  bool change_state(node_state next, const std::function<bool(const std::vector<stored_node>&)>& may) override {
    return on_.with([&](connection& on) {
      transaction all(on);
      on.ask("SELECT node_id FROM nodes WHERE gone = 0 ORDER BY node_id FOR UPDATE");
      if (!may(read_nodes(on)))
        return false;
      const auto changed =
          on.run("UPDATE nodes SET state = ? WHERE node_id = ? AND gone = 0", {word_of(next), run_}) != 0;
      all.commit();
      return changed;
    });
  }

  void leave() override {
    on_.with([&](connection& on) { fence_run(on, run_, std::nullopt, true); });
  }

private:
  kept_connection on_;
  int64_t run_, beats_ = 0;
};

void show_who_left(connection& on);

class mysql_failovers final : public node_failovers {
public:
  mysql_failovers(kept_connection on, bool keep_requests) : on_(std::move(on)), keep_requests_(keep_requests) {}

  fencing fence(int64_t run, int64_t beat, bool waits) override {
    return on_.with([&](connection& on) { return fence_run(on, run, beat, waits); });
  }

  void end_sessions(const std::vector<int64_t>& runs) override {
    on_.with([&](connection& on) {
      for (const auto run : runs)
        end_sessions_of(on, run);
    });
  }

  void end_own_sessions() override {
    on_.with([](connection&) {}); // to be connected is to have seen their end
  }

  std::vector<int64_t> end_node(const std::string& name) override {
    return on_.with([&](connection& on) {
      std::vector<int64_t> ended;
      for (const auto& node : read_nodes(on)) {
        if (node.gone || node.name != name)
          continue;
        end_run(on, node, std::nullopt);
        ended.push_back(node.run);
      }
      return ended;
    });
  }

  int64_t end_presences() override {
    return on_.with([&](connection& on) {
      const auto users = end_presences_of_gone(on, keep_requests_);
      show_who_left(on);
      return users;
    });
  }

private:
  kept_connection on_;
  bool keep_requests_;
};

std::string marks(size_t count) {
  std::string text = "?";
  for (size_t place = 1; place < count; ++place)
    text += ",?";
  return text;
}

/// Some users who are connected with a run that is gone.
std::vector<value> users_of_gone(connection& on) {
  std::vector<value> users;
  auto found = on.ask("SELECT DISTINCT p.client_id FROM presences p LEFT JOIN nodes n ON n.node_id = p.node_id "
                      "WHERE n.node_id IS NULL OR n.gone = 1 ORDER BY p.client_id LIMIT ?",
                      {users_at_once});
  while (found.next())
    users.emplace_back(found.integer(0));
  return users;
}

std::vector<value> locked(connection& on, const std::vector<value>& users, const std::string& locking) {
  std::vector<value> result;
  auto found = on.ask("SELECT client_id FROM clients WHERE client_id IN (" + marks(users.size())
                          + ") ORDER BY client_id FOR UPDATE" + locking,
                      users);
  while (found.next())
    result.emplace_back(found.integer(0));
  return result;
}

/// Those of these users who are connected with no run. REQUIRES: their rows are locked.
void show_as_disconnected(connection& on, const std::vector<value>& users) {
  on.run("UPDATE clients SET status = 'disconnected' WHERE client_id IN (" + marks(users.size())
             + ") AND NOT EXISTS (SELECT 1 FROM presences p WHERE p.client_id = clients.client_id)",
         users);
}

/// The users' own rows come first, which a login holds as well: so nobody misses what another one is doing. Those that
/// a node's group holds are left to another time, or two would wait for each other; of these alone, the first is waited
/// for. Answers how many users it was.
size_t end_some_presences(connection& on, const std::vector<value>& some, bool keep_requests) {
  transaction all(on);
  auto users = locked(on, some, " SKIP LOCKED");
  if (users.empty())
    users = locked(on, {some.front()}, "");
  if (users.empty())
    return 0; // the account has gone, and its presences with it
  const auto these = " IN (" + marks(users.size()) + ")";
  on.run("DELETE p FROM presences p LEFT JOIN nodes n ON n.node_id = p.node_id "
         "WHERE (n.node_id IS NULL OR n.gone = 1) AND p.client_id"
             + these,
         users);
  show_as_disconnected(on, users);
  if (!keep_requests)
    on.run("DELETE FROM join_requests WHERE client_id" + these
               + " AND NOT EXISTS (SELECT 1 FROM presences p WHERE p.client_id = join_requests.client_id)",
           users);
  all.commit();
  return users.size();
}

/// Who left a node that was lost before it could show so. Rows that others hold are passed over.
void show_who_left(connection& on) {
  auto found = on.ask("SELECT client_id FROM clients WHERE status <> 'disconnected' AND NOT EXISTS"
                      " (SELECT 1 FROM presences p WHERE p.client_id = clients.client_id) ORDER BY client_id");
  std::vector<value> all;
  while (found.next())
    all.emplace_back(found.integer(0));
  while (!all.empty()) {
    const auto rest = all.size() - std::min(all.size(), static_cast<size_t>(users_at_once));
    transaction work(on);
    const std::vector<value> some{all.begin() + static_cast<std::ptrdiff_t>(rest), all.end()};
    if (const auto users = locked(on, some, " SKIP LOCKED"); !users.empty())
      show_as_disconnected(on, users);
    work.commit();
    all.resize(rest);
  }
}

} // namespace

std::string word_of(node_state wanted) {
  for (const auto& [state, word] : state_words)
    if (state == wanted)
      return word;
  return "serving";
}

std::vector<stored_node> read_nodes(connection& on) {
  auto found =
      on.ask("SELECT node_id, name, endpoint, version, folder, beat, gone, state, homes, connections, users, unreached,"
             " since_ms FROM nodes ORDER BY node_id");
  std::vector<stored_node> result;
  while (found.next())
    result.push_back({found.integer(0), found.text(1), found.text(2), found.text(3), found.text(4), found.integer(5),
                      found.integer(6) != 0, state_of(found.text(7)), found.integer(8), found.integer(9),
                      found.integer(10), runs_in(found.text(11)), from_ms(found.integer(12))});
  return result;
}

node_failovers::fencing fence_run(connection& on, int64_t run, std::optional<int64_t> beat, bool waits) {
  const std::string locking = waits ? " FOR UPDATE" : " FOR UPDATE NOWAIT";
  try {
    transaction all(on);
    const auto seen = on.number("SELECT beat FROM nodes WHERE node_id = ? AND gone = 0" + locking, {run});
    if (!seen || (beat && *seen != *beat))
      return node_failovers::fencing::not_so;
    on.ask("SELECT fenced FROM writers WHERE node_id = ?" + locking, {run});
    on.run("UPDATE nodes SET gone = 1 WHERE node_id = ?", {run});
    on.run("UPDATE writers SET fenced = 1 WHERE node_id = ?", {run});
    all.commit();
    return node_failovers::fencing::fenced;
  } catch (const error& why) {
    if (why.code() != lock_wait && why.code() != not_at_once && why.code() != deadlock)
      throw;
    return node_failovers::fencing::blocked;
  }
}

void end_run(connection& on, const stored_node& node, std::optional<int64_t> beat) {
  if (fence_run(on, node.run, beat, false) != node_failovers::fencing::blocked)
    return;
  end_sessions_of(on, node.run);
  if (fence_run(on, node.run, beat, true) == node_failovers::fencing::blocked)
    throw error(2013, "the last transaction of the node " + node.name + " has not ended yet");
}

void end_sessions_of(connection& on, int64_t run) {
  for (const auto kind : session_kinds)
    end_session_with(on, lock_of(kind, run));
}

int64_t end_presences_of_gone(connection& on, bool keep_requests) {
  for (int64_t count = 0;;) {
    const auto users = users_of_gone(on);
    if (users.empty())
      return count;
    count += static_cast<int64_t>(end_some_presences(on, users, keep_requests));
  }
}

tuning patience_of_beats(tuning like) {
  like.connect_timeout = like.read_timeout = like.beat_timeout;
  like.lock_wait_timeout = like.beat_timeout / 2;
  return like;
}

std::unique_ptr<node_beats> make_beats(const config::mysql_database& where, const tuning& like, int64_t run,
                                       std::unique_ptr<connection> joined) {
  kept_connection on(where, like, session_kind::beats, run);
  on.take(std::move(joined));
  return std::make_unique<mysql_beats>(std::move(on), run);
}

std::unique_ptr<node_failovers> make_failovers(const config::mysql_database& where, const tuning& like, int64_t run,
                                               bool keep_requests) {
  return std::make_unique<mysql_failovers>(kept_connection(where, like, session_kind::failover, run), keep_requests);
}

} // namespace salond::persistence::mysql
