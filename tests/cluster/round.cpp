#include "tests/cluster/round.hpp"
#include "tests/cluster/crowd.hpp"
#include "tests/cluster/disturbances.hpp"
#include "tests/cluster/town.hpp"
#include <algorithm>
#include <map>
#include <set>

namespace salond::faults {
namespace {

using namespace std::chrono_literals;
using support::eventually;

constexpr auto come_back = 60s;

/// The second of two at once, besides each fault of a node.
const std::vector<std::pair<std::string, std::string>> pairs_of_faults{
    {"kill", "freeze"}, {"kill", "database_kill"}, {"cut", "kill"}, {"stop", "database_freeze"}, {"freeze", "cut"}};

class round {
public:
  round(support::mariadb_server& server, const round_options& wanted)
      : how_(wanted), random_(wanted.seed), server_(server) {
    for (size_t i = 0; i < wanted.clients; ++i)
      scene_.users.push_back("u" + std::to_string(i));
    const auto connections = wanted.clients + (wanted.clients + 2) / 3;
    scene_.pause_ms = std::max(20, static_cast<int>(connections) * 1000 / std::max(1, wanted.posts_per_second));
  }

  round_result run() {
    result_.violations.clear();
    try {
      live();
    } catch (const std::exception& why) { // then there is nothing to judge
      result_.wrong += std::string(why.what()) + "\n";
    }
    crowd_.reset();
    if (town_)
      result_.logs = town_->logs();
    result_.record = scene_.notes.events();
    judge();
    return std::move(result_);
  }

private:
  uint64_t below(uint64_t bound) { return random_() % bound; }
  void pass(double seconds) {
    const auto until = scene_.notes.now_us() + static_cast<int64_t>(seconds * 1e6);
    eventually([&] { return scene_.notes.now_us() >= until; }, std::chrono::milliseconds(60000 + int(seconds * 1000)));
  }
  void missing(const std::string& promise) {
    if (!promise.empty())
      result_.wrong += promise + "\n";
  }

  void live() {
    town_ = std::make_unique<town>(server_, scene_, how_.nodes);
    town_->register_users();
    const auto faults = choose();
    missing(town_->wait_until_whole(30s));
    crowd_ = std::make_unique<crowd>(scene_, how_.seed);
    if (!eventually([&] { return crowd_->in() == crowd_->size(); }, 60s))
      missing("not all clients are in");
    pass(how_.calm);
    suffer(faults);
    kick_somebody();
    pass(how_.calm);
    wind_up();
    missing(town_->stop());
    town_->add_rows();
    judged_ = true;
  }

  /// A victim is never the last node that is left.
  std::vector<mishap> choose() {
    const auto& names = town_->nodes();
    const auto first = below(names.size()), second = (first + 1 + below(names.size() - 1)) % names.size();
    if (how_.fault != "two")
      return {town_->make(how_.fault, names[first])};
    const auto& pair = pairs_of_faults[how_.seed % pairs_of_faults.size()];
    return {town_->make(pair.first, names[first]), town_->make(pair.second, names[second])};
  }

  void note(kind type, const mishap& mishap) { scene_.notes.note({0, "", mishap.node, 0, type, mishap.name, "", 0}); }

  void suffer(const std::vector<mishap>& faults) {
    fault_us_ = scene_.notes.now_us();
    for (const auto& fault : faults) {
      result_.faults.push_back(fault.told);
      note(kind::down, fault);
      lost_.insert(fault.node);
      fault.begin();
    }
    last(faults);
    healed_us_ = scene_.notes.now_us();
    // No node starts without its database, which comes last.
    for (auto one = faults.rbegin(); one != faults.rend(); ++one) {
      one->end();
      if (!one->back_later)
        note(kind::up, *one);
    }
    const auto left = town_->wait_until_whole(come_back);
    if (!left.empty())
      result_.wrong += "not back " + std::to_string(come_back.count()) + " s after the fault: " + left + "\n";
    for (const auto& fault : faults)
      if (fault.back_later)
        note(kind::up, fault);
  }

  /// Somebody is kicked meanwhile, where that is possible.
  void last(const std::vector<mishap>& faults) {
    constexpr double until_apart = 18; // and until who steps aside has told its clients
    auto hold = how_.hold;
    bool database = true;
    for (const auto& fault : faults) {
      database = database && fault.name != "database";
      if (fault.name == "links")
        hold = std::max(hold, until_apart);
    }
    const auto begin = scene_.notes.now_us();
    if (database)
      kick_somebody();
    pass(hold - static_cast<double>(scene_.notes.now_us() - begin) / 1e6);
  }

  void kick_somebody() {
    const auto user = scene_.users[below(scene_.users.size())];
    auto nodes = town_->nodes();
    const auto away = [&](const std::string& text) { return lost_.count(text) > 0; };
    nodes.erase(std::remove_if(nodes.begin(), nodes.end(), away), nodes.end());
    const auto node = nodes[below(nodes.size())];
    const bool done = town_->operate(node, {"kick", user, "1"});
    scene_.notes.note({0, user, node, 0, kind::kicked, "", "", 0});
    if (done)
      pass(3.5);
    scene_.notes.note({0, user, node, 0, kind::unkicked, "", "", 0}); // before it is: what comes behind is right
    if (done)
      town_->operate(node, {"unban", user});
  }

  /// All are answered, all come in and hear what waits for them; then all say farewell.
  void wind_up() {
    scene_.calm = true;
    if (!eventually([&] { return crowd_->waiting() == 0 && crowd_->in() == crowd_->size(); }, 30s))
      missing("in the end " + std::to_string(crowd_->in()) + " of " + std::to_string(crowd_->size())
              + " clients are in, and " + std::to_string(crowd_->waiting()) + " wait for an answer");
    pass(bounds().settle + 1);
    scene_.ending = true;
    eventually([&] { return crowd_->gone() == crowd_->size(); }, 30s);
  }

  void judge() {
    if (judged_)
      result_.violations = check(result_.record);
    const auto closed = [](const violation& violation) { return violation.promise == broken::closed; };
    result_.closed = static_cast<size_t>(std::count_if(result_.violations.begin(), result_.violations.end(), closed));
    const disturbances troubles(result_.record);
    result_.closed_apart =
        static_cast<size_t>(std::count_if(result_.record.begin(), result_.record.end(), [&](const event& event) {
          return event.type == kind::out && event.text == "closed" && troubles.links(event.at_us, event.at_us);
        }));
    count_posts();
  }

  void count_posts();

  const round_options how_;
  std::mt19937_64 random_;
  support::mariadb_server& server_;
  scene scene_;
  std::unique_ptr<town> town_;
  std::unique_ptr<crowd> crowd_;
  int64_t fault_us_ = 0, healed_us_ = 0;
  std::set<std::string> lost_; ///< nodes that something happens to
  bool judged_ = false;        ///< it came to its end
  round_result result_;
};

/// A post that waits for longer is not taken at once.
constexpr int64_t at_once_us = 500000;

void round::count_posts() {
  std::map<std::string, const event*> open;
  for (const auto& each : result_.record) {
    if (each.type == kind::post) {
      ++result_.posts;
      open[each.text] = &each;
    }
    const bool refused = each.type == kind::refused;
    result_.shown += each.type == kind::shown;
    result_.refused += refused;
    const auto found = open.find(each.text);
    if (!(refused || each.type == kind::shown) || found == open.end() || found->second->connection != each.connection)
      continue;
    const auto sent = found->second->at_us;
    open.erase(found);
    if (!fault_us_ || each.at_us < fault_us_ || lost_.count(each.node))
      continue;
    const auto seconds_since = [&](int64_t begin) { return static_cast<double>(each.at_us - begin) / 1e6; };
    result_.longest_wait = std::max(result_.longest_wait, seconds_since(sent));
    if (sent < healed_us_ && (refused || each.at_us - sent > at_once_us))
      result_.service_seconds = std::max(result_.service_seconds, seconds_since(fault_us_));
  }
}

} // namespace

const std::vector<std::string>& kinds_of_faults() {
  static const std::vector<std::string> all{
      "kill", "freeze", "stop", "database_restart", "database_kill", "database_freeze", "cut", "peers", "pair", "two"};
  return all;
}

round_result run_round(support::mariadb_server& server, const round_options& wanted) {
  return round(server, wanted).run();
}

} // namespace salond::faults
