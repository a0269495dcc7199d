#include "tools/salond/main_loop.hpp"
#include "actors/ask_store.hpp"
#include "actors/wall_clock.hpp"
#include "config/line_writer.hpp"
#include "config/log.hpp"
#include "persistence/contracts/audit.hpp"
#include "persistence/contracts/health.hpp"
#include "tools/salond/service_manager.hpp"
#include "tools/salond/start_watch.hpp"
#include <algorithm>
#include <csignal>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace salond {
namespace {

// timeout(1) and some supervisors send a signal to the process and to its group: that is one wish. Who wants the end at
// once, because it takes too long, has waited longer.
constexpr std::chrono::seconds same_wish{1};

constexpr std::chrono::minutes look_each{1};

/// Standard output may be a pipe that nobody reads; the server serves all the same.
void print(std::string line) {
  static auto* const out = new line_writer(STDOUT_FILENO, [](uint64_t) { return std::string{}; }); // has a thread
  out->put(std::move(line));
  out->flush(std::chrono::milliseconds{200}); // a script that waits for the line has it before anything that follows
}

} // namespace

main_loop::main_loop(news& told, std::optional<admin_port>& admin, std::vector<config::endpoint> shown,
                     std::string cluster, live_configuration& live, node_links* links)
    : told_(told), admin_(admin), shown_(std::move(shown)), cluster_(std::move(cluster)), live_(live), links_(links) {}

int main_loop::wait_for_end(const server_actor& root, int signals) {
  root_ = root;
  looked_at_ = renewed_at_ = std::chrono::steady_clock::now();
  pollfd wait[] = {{signals, POLLIN, 0}, {told_.wake, POLLIN, 0}};
  while (!over_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due() - std::chrono::steady_clock::now());
    // A second at most: what an operator does may bring the time nearer.
    const auto events_seen = ::poll(wait, 2, static_cast<int>(std::clamp<int64_t>(left.count(), 0, 1000)));
    if (events_seen > 0 && wait[1].revents)
      take_news();
    else if (events_seen > 0)
      take_signal(signals);
    if (!over_ && std::chrono::steady_clock::now() >= due()) // signals that come all the time put nothing off
      time_is_up();
  }
  store_revocations();
  return status_;
}

/// The next look at certificates and database, or the next try to store what is revoked; of a stop, its end.
std::chrono::steady_clock::time_point main_loop::due() const {
  if (stopping_)
    return told_to_stop_ + std::chrono::milliseconds{patience()};
  const auto look = looked_at_ + look_each;
  return live_.has_unstored_revocations() ? std::min(look, renewed_at_ + std::chrono::seconds{1}) : look;
}

/// The stop has a deadline of its own; this is for what that cannot end, as a thread that waits for a database.
int main_loop::patience() const {
  return static_cast<int>(std::max(1u, live_.in_force().values->stop.seconds) * 1000);
}

void main_loop::time_is_up() {
  if (stopping_) {
    log::error("not everything could be stopped in time; ending", {{"after_ms", patience()}});
    over_ = true;
    return;
  }
  renew_certificates();
  if (renewed_at_ < looked_at_ + look_each)
    return;
  looked_at_ = renewed_at_;
  look_at_database();
}

void main_loop::look_at_database() {
  if (!store_)
    return;
  const auto job = make_read_job([](const persistence::reading& db) {
    if (const auto trouble = db.health.trouble(); !trouble.empty())
      log::error(persistence::in_trouble, {{"why", trouble}});
    return done{};
  });
  caf::anon_send(store_, store_work{job});
}

void main_loop::renew_certificates() {
  renewed_at_ = std::chrono::steady_clock::now();
  try {
    if (live_.renew().server) {
      if (admin_)
        admin_->use_renewed();
      if (links_)
        links_->use_renewed();
    }
    if (shared_certificates_) // other nodes are to list what was made, and a clock may have jumped here
      caf::anon_send(shared_certificates_, share_certificates{});
    renewal_fault_.clear();
  } catch (const std::exception& error) { // the old ones are good for months yet: said once, and tried on
    if (std::exchange(renewal_fault_, error.what()) != error.what())
      log::error("the certificates cannot be renewed", {{"why", error.what()}});
  }
}

/// What could not be stored until now, a restart would bring back.
void main_loop::store_revocations() {
  if (!live_.has_unstored_revocations())
    return;
  renew_certificates();
  if (live_.has_unstored_revocations())
    log::error("revoked certificates are good again with the next start, since the list of them cannot be written; "
               "revoke them again then");
}

void main_loop::take_news() {
  eventfd_t count = 0;
  ::eventfd_read(told_.wake, &count);
  const std::lock_guard lock{told_.guard};
  if (told_.ended) {
    status_ = *told_.ended;
    over_ = true;
  } else if (const auto actors = std::exchange(told_.actors, std::nullopt)) {
    serve(*actors);
  }
}

/// Opens the admin port for the actors that serve now; the first time, says that all is ready.
void main_loop::serve(const node_actors& actors) {
  store_ = actors.store;
  shared_certificates_ = actors.certificates;
  try {
    if (admin_)
      admin_->publish(actors);
  } catch (const std::exception& error) {
    log::tell(std::string("salond: ") + error.what());
    over_ = true;
    return;
  }
  if (!std::exchange(ready_, true))
    print_ready();
}

void main_loop::take_signal(int signals) {
  signalfd_siginfo heard;
  if (::read(signals, &heard, sizeof heard) != static_cast<ssize_t>(sizeof heard) || means_nothing(heard))
    return;
  if (heard.ssi_signo == SIGHUP)
    return reload();
  const auto now = std::chrono::steady_clock::now();
  if (std::exchange(stopping_, true)) {
    over_ = now - told_to_stop_ >= same_wish; // a second one: at once
    return;
  }
  told_to_stop_ = now;
  log::info("asked to stop");
  notify_service_manager("STOPPING=1");
  caf::anon_send(root_, stop{});
}

/// What `salonctl reload` does; what it would answer goes into the log.
void main_loop::reload() {
  if (!store_ || stopping_)
    return;
  renew_certificates();
  std::string result = "done", reason;
  try {
    const auto read = live_.read();
    for (const auto& fault : read.faults) {
      log::error("the configuration was not read again", {{"fault", fault}});
      reason += (reason.empty() ? "" : "; ") + fault;
    }
    for (const auto& warning : read.warnings)
      log::warning(warning);
    if (read.faults.empty())
      live_.take_up(read);
    else
      result = "refused";
  } catch (const std::exception& error) {
    log::error("the configuration was not read again", {{"fault", error.what()}});
    result = "refused";
    reason = error.what();
  }
  tell_store(store_,
             [why = decision{"SIGHUP", "signal", reason, wall_clock()}, result](const persistence::writing& db) {
               db.audit.note(why, audited::reload, "configuration", result);
             });
}

void main_loop::print_ready() const {
  std::string line = "ready";
  for (const auto& each : shown_)
    line += " " + each.to_string();
  if (admin_)
    line += " admin " + admin_->where();
  if (!cluster_.empty())
    line += " cluster " + cluster_;
  print(line + "\n");
  notify_service_manager("READY=1");
}

} // namespace salond
