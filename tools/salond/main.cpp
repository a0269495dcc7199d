// salond: arguments, configuration, start, wait, exit status.
// 0: done, or stopped in order. 1: something outside failed (database, port, folder). 2: wrong configuration.
#include "actors/administrators.hpp"
#include "actors/server.hpp"
#include "actors/system.hpp"
#include "config/command_line.hpp"
#include "config/log.hpp"
#include "persistence/backup/backup.hpp"
#include "persistence/open.hpp"
#include "tools/salond/admin_port.hpp"
#include "tools/salond/service_manager.hpp"
#include "tools/salond/state_folder.hpp"
#include <csignal>
#include <cstdio>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace {

using namespace salond;
using namespace std::chrono_literals;

// How long a start waits for a database that cannot be reached: longer than a database server's own restart.
constexpr auto database_patience = 60s;
// Descriptors that are no client's: database, log, epoll, listeners, and room to say no to those who are too many.
constexpr rlim_t other_descriptors = 512;

/// SIGTERM and SIGINT, as something that can be waited for together with the node's end. Before any thread is started.
int block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  return ::signalfd(-1, &stop, SFD_CLOEXEC);
}

bool signalled(int signals, std::chrono::milliseconds within) {
  pollfd wait{signals, POLLIN, 0};
  return ::poll(&wait, 1, static_cast<int>(within.count())) > 0;
}

persistence::open_options how_to_open(const config::settings& values) {
  persistence::open_options options;
  options.where = values.db;
  options.report = [](const std::string& line) {
    log::info(line);
    notify_service_manager("EXTEND_TIMEOUT_USEC=60000000"); // a take-over may take longer than systemd's patience
  };
  return options;
}

/// Opens the database, trying for a while where it cannot be reached. Null when a signal came first.
std::unique_ptr<persistence::store> open_store(const config::settings& values, int signals) {
  const auto options = how_to_open(values);
  const auto give_up = std::chrono::steady_clock::now() + database_patience;
  for (auto pause = 250ms;; pause = std::min<std::chrono::milliseconds>(2 * pause, 5s)) {
    try {
      return persistence::open(options);
    } catch (const persistence::store_error& error) {
      if (error.what_kind() != persistence::store_error::kind::unavailable
          || std::chrono::steady_clock::now() + pause > give_up)
        throw;
      log::warning("the database cannot be reached, trying again", {{"why", error.what()}, {"in_ms", pause.count()}});
      notify_service_manager("EXTEND_TIMEOUT_USEC=60000000");
    }
    if (signalled(signals, pause))
      return nullptr;
  }
}

/// As many descriptors as the configured connections need; fewer connections where the system allows no more.
void make_room_for(config::limits& limits) {
  rlimit have{};
  ::getrlimit(RLIMIT_NOFILE, &have);
  have.rlim_cur = have.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &have);
  const auto most = have.rlim_cur > 2 * other_descriptors ? have.rlim_cur - other_descriptors : have.rlim_cur / 2;
  if (limits.connections != 0 && limits.connections <= most)
    return;
  const auto allowed = static_cast<uint32_t>(std::min<rlim_t>(most, 1000000));
  if (limits.connections != 0)
    log::warning("fewer connections than configured: the limit of open files is too low",
                 {{"configured", limits.connections}, {"possible", allowed}, {"see", "ulimit -n, LimitNOFILE"}});
  limits.connections = allowed;
}

void greet_administrator(const state_folder& state, const std::string& password) {
  state.write_secret("admin.password", password + "\n");
  const auto text = "The administrator's name is admin, the password is " + password + " (kept in "
                    + state.file("admin.password") + ").\n";
  (void)!::write(STDERR_FILENO, text.data(), text.size()); // shown once, and not a line of the log
}

void print_ready(const std::vector<bound_endpoint>& doors, const std::optional<admin_port>& admin) {
  std::string line = "ready";
  for (const auto& door : doors)
    line += " " + door.where.to_string();
  if (admin)
    line += " admin " + admin->where();
  line += "\n";
  std::fputs(line.c_str(), stdout);
  std::fflush(stdout);
  notify_service_manager("READY=1");
}

/// What the node's actors tell the main thread: each sets what is new and wakes it.
struct news {
  const int wake = ::eventfd(0, EFD_CLOEXEC);
  std::mutex guard;
  std::optional<node_actors> actors; ///< that serve now, if others than before
  std::optional<int> ended;          ///< the node has, with this status

  void tell(const node_actors& now) {
    const std::lock_guard lock{guard};
    actors = now;
    ::eventfd_write(wake, 1);
  }
  void tell_end(int status) {
    const std::lock_guard lock{guard};
    ended = status;
    ::eventfd_write(wake, 1);
  }
};

/// The main thread's part in a running node: it opens the admin port, says that all is ready, and passes signals on.
class attendant {
public:
  attendant(news& told, std::optional<admin_port>& admin, std::vector<bound_endpoint> doors, uint32_t stop_seconds)
      : told_(told), admin_(admin), doors_(std::move(doors)),
        // The stop has a deadline of its own; this is for what that cannot end, as a thread that waits for a database.
        patience_(static_cast<int>(std::max(1u, stop_seconds) * 1000)) {}

  /// Waits for the node's end; answers the exit status.
  int wait_for_end(const server_actor& root, int signals) {
    constexpr int hour = 3600 * 1000; // how often certificates are looked at
    pollfd wait[] = {{signals, POLLIN, 0}, {told_.wake, POLLIN, 0}};
    while (!over_) {
      const auto events_seen = ::poll(wait, 2, stopping_ ? patience_ : hour);
      if (events_seen < 0)
        continue;
      if (events_seen == 0)
        nothing_happened();
      else if (wait[1].revents)
        take_news();
      else
        take_signal(root, signals);
    }
    return status_;
  }

private:
  void nothing_happened() {
    if (stopping_) {
      log::error("not everything could be stopped in time; ending", {{"after_ms", patience_}});
      over_ = true;
    } else if (admin_) {
      admin_->renew();
    }
  }

  void take_news() {
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
  void serve(const node_actors& actors) {
    try {
      if (admin_)
        admin_->publish(actors);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "salond: %s\n", error.what());
      over_ = true;
      return;
    }
    if (!std::exchange(ready_, true))
      print_ready(doors_, admin_);
  }

  void take_signal(const server_actor& root, int signals) {
    signalfd_siginfo what;
    (void)!::read(signals, &what, sizeof what);
    if (std::exchange(stopping_, true)) {
      over_ = true; // the second one: at once
      return;
    }
    log::info("asked to stop");
    notify_service_manager("STOPPING=1");
    caf::anon_send(root, stop{});
  }

  news& told_;
  std::optional<admin_port>& admin_;
  const std::vector<bound_endpoint> doors_;
  const int patience_;
  bool stopping_ = false, ready_ = false, over_ = false;
  int status_ = 1;
};

/// Runs the node until it ends; signals stop it.
int run(config::settings values, std::unique_ptr<persistence::store> db, int signals) {
  auto parts = std::make_shared<node_parts>();
  make_room_for(values.limits);
  for (const auto& where : values.listen)
    parts->doors.push_back(bind_endpoint(where));
  log::info("database open", {{"database", db->describe()}});
  parts->settings = std::move(values);
  parts->db = std::move(db);
  news told;
  system_config cfg;
  caf::actor_system system{cfg};
  std::optional<admin_port> admin;
  if (const auto& at = parts->settings.admin) {
    admin.emplace(system, *at, parts->settings.state);
    admin->offer(*parts);
  }
  attendant here(told, admin, parts->doors, parts->settings.stop.seconds);
  node_events events;
  events.ready = [&told](const node_actors& now) { told.tell(now); };
  events.changed = events.ready;
  events.ended = [&told](int with) { told.tell_end(with); };
  const auto status = here.wait_for_end(system.spawn(server, parts, events), signals);
  // Everything accepted is committed and the database is closed (or the status says that it is not): the process may
  // simply end. Taking the actor system apart would add nothing but a way to hang.
  std::fflush(nullptr);
  ::_exit(status);
}

/// Loads a backup into an empty database: all of it or nothing.
int restore(const config::command_line& asked, int signals) {
  const auto options = how_to_open(asked.values);
  const auto& file = asked.backup;
  try {
    const auto facts = persistence::check_backup(file);
    options.report("the backup " + file + " is whole: written by salond " + facts.version + ", "
                   + std::to_string(facts.all_rows()) + " rows");
    constexpr uint64_t step = 100000;
    uint64_t told = 0;
    const auto db = persistence::open_empty(options);
    persistence::load_backup(*db, file, facts, [&](uint64_t rows) {
      if (signalled(signals, 0ms))
        throw persistence::backup_error("it was told to stop");
      if (rows >= told + step)
        options.report("restored so far: " + std::to_string(told = rows) + " rows");
    });
    log::info("the backup is restored", {{"file", file}, {"rows", facts.all_rows()}, {"database", db->describe()}});
    return 0;
  } catch (const persistence::backup_error& why) {
    throw std::runtime_error("cannot restore " + file + ": " + why.what() + ". The database was not changed");
  } catch (const persistence::store_error& why) {
    throw std::runtime_error("cannot restore " + file + ": " + why.what());
  }
}

int start(const config::command_line& asked) {
  const auto signals = block_signals();
  const auto& values = asked.values;
  const state_folder state{values.state};
  if (asked.what == config::command_line::action::dry_run) {
    for (const auto& line : persistence::dry_run(how_to_open(values)))
      std::printf("%s\n", line.c_str());
    return 0;
  }
  if (asked.what == config::command_line::action::restore)
    return restore(asked, signals);
  auto db = open_store(values, signals);
  if (!db)
    return 0; // told to stop before it could start
  if (asked.what == config::command_line::action::migrate_only)
    return 0;
  if (auto password = prepare_store(*db, values))
    greet_administrator(state, *password);
  return run(values, std::move(db), signals);
}

int refuse(const config::command_line& asked) {
  for (const auto& fault : asked.faults)
    std::fprintf(stderr, "salond: %s\n", fault.to_string().c_str());
  return 2;
}

} // namespace

int main(int argc, char** argv) {
  const auto asked = config::parse(argc, argv, config::this_process());
  using action = config::command_line::action;
  if (asked.what == action::help)
    return std::fputs(config::help_text().c_str(), stdout) < 0;
  if (asked.what == action::version)
    return std::printf("salond %s\n", SALOND_VERSION) < 0;
  if (!asked.faults.empty())
    return refuse(asked);
  log::start(asked.values.log);
  for (const auto& warning : asked.warnings)
    log::warning(warning.to_string());
  if (asked.what == action::check_config)
    return 0;
  try {
    return start(asked);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "salond: %s\n", error.what());
    return 1;
  }
}
