#include "persistence/mysql/cluster/joining.hpp"
#include "persistence/contracts/certificates.hpp"
#include <algorithm>
#include <thread>

namespace salond::persistence::mysql {
namespace {

using std::chrono::seconds;

// As of who is lost (actors/rules/cluster/membership.hpp), and a round more: the first one is not at a whole second.
constexpr int rounds_of_silence = 4;
constexpr seconds round_length{1};

// Clocks of nodes stamp messages, which people compare.
constexpr seconds clocks_differ{2}, clocks_differ_too_much{60};

// Rows of runs that are gone stay for a while, for who looks for a run that it knew.
constexpr int64_t runs_kept = 16;

std::string day_and_time(moment when) {
  const auto time = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  return std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts) != 0 ? std::string(text) + " UTC"
                                                                            : "a while ago";
}

std::string described(const stored_node& node) {
  return node.name + " (" + node.endpoint + ", since " + day_and_time(node.since) + ")";
}

[[noreturn]] void refuse(const std::string& why) {
  throw store_error(store_error::kind::setup, why);
}

/// One of these that still raises its counter, as soon as one does; nothing when all stood still for long enough.
std::optional<stored_node> who_beats(connection& on, std::vector<stored_node> these) {
  for (int round = 0; round < rounds_of_silence && !these.empty(); ++round) {
    std::this_thread::sleep_for(round_length);
    const auto rows = read_nodes(on);
    const auto now = [&](const stored_node& node) {
      return std::find_if(rows.begin(), rows.end(), [&](const stored_node& row) { return row.run == node.run; });
    };
    these.erase(std::remove_if(these.begin(), these.end(),
                               [&](const auto& node) { return now(node) == rows.end() || now(node)->gone; }),
                these.end());
    for (const auto& node : these)
      if (now(node)->beat != node.beat)
        return node;
  }
  return std::nullopt;
}

std::vector<stored_node> living(connection& on) {
  auto rows = read_nodes(on);
  rows.erase(std::remove_if(rows.begin(), rows.end(), [](const stored_node& node) { return node.gone; }), rows.end());
  return rows;
}

std::string address_and_cure(const stored_node& node, const std::string& address) {
  return "the node " + described(node) + " works on " + address;
}

/// Whoever this one may not be beside. `them`: all that are not gone.
std::vector<stored_node> rivals_in(const std::vector<stored_node>& them, const node_entry& who) {
  std::vector<stored_node> result;
  for (const auto& node : them)
    if (node.folder != who.folder && (node.name == who.name || !who.beside_others))
      result.push_back(node);
  return result;
}

constexpr const char* get_a_bundle = "salonctl node add NAME there, then --join=NAME.pem here";

void refuse_rival(const stored_node& node, const node_entry& who, const std::string& address) {
  if (node.name == who.name)
    refuse("the name " + node.name + " is in use: " + address_and_cure(node, address)
           + "; this one needs an empty state folder and a bundle of another name: " + get_a_bundle);
  refuse(address_and_cure(node, address)
         + "; a new node needs an empty state folder and a bundle of that cluster: " + get_a_bundle);
}

/// Ends former runs of this state folder, and rivals that have stopped.
void clear_the_way(connection& on, const node_entry& who, const std::string& address) {
  const auto them = living(on);
  for (const auto& node : them)
    if (node.folder == who.folder)
      end_run(on, node, std::nullopt);
  const auto rivals = rivals_in(them, who);
  if (const auto beats = who_beats(on, rivals))
    refuse_rival(*beats, who, address);
  for (const auto& node : rivals)
    end_run(on, node, node.beat);
}

/// No lone writer writes from now on; one that is at work is refused. Holds the row that its start and every joining
/// change, so that these come one after the other.
void fence_lone_writer(connection& on, const std::string& address) {
  on.number("SELECT fenced FROM writers WHERE node_id = ? FOR UPDATE", {lone_writer});
  const auto lock = lock_of(session_kind::writer, lone_writer);
  if (const auto holder = on.number("SELECT IS_USED_LOCK(" + lock + ")"))
    refuse("a salond without --cluster writes to " + address + " (connection " + std::to_string(*holder)
           + "); stop it first, or start it with --cluster as well");
  on.run("UPDATE writers SET fenced = 1 WHERE node_id = ?", {lone_writer});
}

/// Who revokes its certificate meanwhile waits, and finds this run.
bool was_removed(connection& on, const node_entry& who) {
  on.number("SELECT value FROM counters WHERE name = 'certificates' FOR UPDATE");
  auto found = on.ask("SELECT serial, revoked_s, holder FROM certificates WHERE authority = ? AND"
                      " (holder = ? OR serial = ?)",
                      {who.authority, who.holder, who.serial});
  std::vector<listed_certificate> all;
  while (found.next())
    all.push_back({found.text(0), found.text(2), 0, 0, found.integer(1)});
  return persistence::was_removed(all, who.holder, who.serial);
}

void refuse_removed(connection& on, const node_entry& who, const std::string& address) {
  if (was_removed(on, who))
    refuse("this node, " + who.name + ", was removed from the cluster of " + address
           + "; to add it again, begin with an empty state folder and another bundle: salonctl node add " + who.name);
}

/// Its certificates are of another authority than those of a node that lives: neither would let the other in.
void refuse_foreigner(connection& on, const node_entry& who, const std::vector<stored_node>& others,
                      const std::string& address) {
  if (who.holder.size() < who.name.size()) // it has no certificate yet
    return;
  const auto kind = who.holder.substr(0, who.holder.size() - who.name.size());
  for (const auto& node : others) {
    auto found = on.ask("SELECT authority FROM certificates WHERE holder = ? AND revoked_s = 0", {kind + node.name});
    bool any = false, ours = false;
    while (found.next()) {
      any = true;
      ours = ours || found.text(0) == who.authority;
    }
    if (any && !ours)
      refuse("the certificates of this node are not of the cluster of " + address + ", where " + described(node)
             + " works; begin with an empty state folder and a bundle of that cluster: " + get_a_bundle);
  }
}

// A number that was given is not yet committed, or all up to it is: its row is locked in between.
int64_t last_news(connection& on) {
  return on.number("SELECT value FROM counters WHERE name = 'news' FOR UPDATE").value_or(0);
}

/// The run is 0 where somebody joined meanwhile whom this one may not be beside.
void enter(connection& on, const node_entry& who, const std::string& address, joined_node& result) {
  transaction all(on);
  fence_lone_writer(on, address);
  refuse_removed(on, who, address);
  const auto others = living(on);
  refuse_foreigner(on, who, others, address);
  if (!rivals_in(others, who).empty())
    return;
  result.state = who.waits && !others.empty() ? node_state::apart : node_state::serving;
  result.last_news = last_news(on);
  on.run("INSERT INTO nodes(name, endpoint, version, folder, state, unreached, news_read, since_ms)"
         " VALUES (?, ?, ?, ?, ?, '', ?, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED))",
         {who.name, who.endpoint, who.version, who.folder, word_of(result.state), result.last_news});
  const auto run = on.last_insert_id();
  on.run("INSERT INTO writers(node_id, batch) VALUES (?, 0)", {run});
  if (on.number("SELECT GET_LOCK(" + lock_of(session_kind::beats, run) + ", 0)") != 1)
    throw error(2013, "the database gives no locks");
  on.run("DELETE FROM writers WHERE node_id > ? AND node_id < ? AND fenced = 1", {lone_writer, run - runs_kept});
  on.run("DELETE FROM nodes WHERE node_id < ? AND gone = 1", {run - runs_kept});
  all.commit();
  result.run = run;
}

void compare_clocks(connection& on, const std::string& address, const reporter& warn) {
  const auto theirs = on.number("SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)").value_or(0);
  const auto ours = std::chrono::system_clock::now().time_since_epoch();
  const auto apart = std::chrono::abs(ours - std::chrono::milliseconds{theirs});
  const auto told = "the clock of this machine is " + std::to_string(std::chrono::duration_cast<seconds>(apart).count())
                    + " s off that of the database " + address + "; set both by NTP";
  if (apart >= clocks_differ_too_much)
    refuse(told);
  if (apart >= clocks_differ)
    warn(told);
}

} // namespace

std::vector<stored_node> stopped_nodes(connection& on, const std::string& address) {
  auto them = living(on);
  if (const auto beats = who_beats(on, them))
    refuse(address_and_cure(*beats, address) + "; stop all nodes first, or start this one with --cluster as well");
  return them;
}

void refuse_living_nodes(connection& on, const std::string& address) {
  for (const auto& node : stopped_nodes(on, address))
    end_run(on, node, node.beat);
}

std::optional<int64_t> who_writes_alone(connection& on) {
  constexpr int looks = 20;
  const auto question = "SELECT IS_USED_LOCK(" + lock_of(session_kind::writer, lone_writer) + ")";
  for (int look = 1;; ++look) {
    const auto holder = on.number(question);
    if (!holder || look == looks)
      return holder;
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
}

int64_t begin_alone(connection& on, const std::string& address) {
  transaction all(on);
  const auto batch = on.number("SELECT batch FROM writers WHERE node_id = ? FOR UPDATE", {lone_writer});
  if (const auto them = living(on); !them.empty())
    refuse(address_and_cure(them.front(), address) + "; it has joined this moment");
  on.run("UPDATE writers SET fenced = 0 WHERE node_id = ?", {lone_writer});
  all.commit();
  return batch.value_or(0);
}

joined_node join_nodes(const config::mysql_database& where, const node_entry& who, const open_options& options,
                       const tuning& settings) {
  const auto address = address_of(where);
  auto on = std::make_unique<connection>(where, patience_of_beats(settings));
  compare_clocks(*on, address, options.warn);
  joined_node result;
  while (result.run == 0) {
    clear_the_way(*on, who, address);
    enter(*on, who, address, result);
  }
  const auto run = result.run;
  end_presences_of_gone(*on, who.keep_requests);
  result.beats = make_beats(where, settings, run, std::move(on));
  result.failovers = make_failovers(where, settings, run, who.keep_requests);
  return result;
}

} // namespace salond::persistence::mysql
