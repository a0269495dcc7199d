// salond: arguments, configuration, start, wait, exit status.
// 0: done, or stopped in order. 1: something outside failed (database, port, folder). 2: wrong configuration.
#include "actors/administrators.hpp"
#include "actors/certificate_files.hpp"
#include "actors/server.hpp"
#include "actors/system.hpp"
#include "config/command_line.hpp"
#include "config/log.hpp"
#include "persistence/backup/backup.hpp"
#include "persistence/open.hpp"
#include "tools/salond/attendant.hpp"
#include "tools/salond/service_manager.hpp"
#include "tools/salond/state_folder.hpp"
#include "tools/salond/watchdog.hpp"
#include <csignal>
#include <cstdio>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace {

using namespace salond;
using namespace std::chrono_literals;

// How long a start waits for a database that cannot be reached: longer than a database server's own restart.
constexpr auto database_patience = 60s;

/// SIGTERM, SIGINT and SIGHUP, as something that can be waited for together with the node's end. Before any thread is
/// started.
int block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  return ::signalfd(-1, &stop, SFD_CLOEXEC);
}

/// Whether a signal asked to stop within that time.
bool signalled(int signals, std::chrono::milliseconds within) {
  pollfd wait{signals, POLLIN, 0};
  signalfd_siginfo what;
  return ::poll(&wait, 1, static_cast<int>(within.count())) > 0
         && ::read(signals, &what, sizeof what) == static_cast<ssize_t>(sizeof what) && what.ssi_signo != SIGHUP;
}

/// What the process was started with.
struct program {
  int argc = 0;
  char** argv = nullptr;
  config::command_line asked;
  std::shared_ptr<const tls_credentials> certificate; ///< of the files that the configuration names, if any
};

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

void greet_administrator(const state_folder& state, const std::string& password) {
  state.write_secret("admin.password", password + "\n");
  const auto text = "The administrator's name is admin, the password is " + password + " (kept in "
                    + state.file("admin.password") + ").\n";
  (void)!::write(STDERR_FILENO, text.data(), text.size()); // shown once, and not a line of the log
}

/// Runs the node until it ends; signals stop it.
int run(const program& how, std::unique_ptr<persistence::store> db, int signals) {
  const auto& values = how.asked.values;
  auto parts = std::make_shared<node_parts>();
  for (const auto& where : values.listen)
    parts->doors.push_back(bind_endpoint(where));
  log::info("database open", {{"database", db->describe()}});
  std::shared_ptr<tls_folder> certificates;
  if (values.admin || speaks_tls(values))
    certificates = std::make_shared<tls_folder>(values.state + "/tls", hosts_of(values.listen));
  live_configuration live(how.argc, how.argv, values, how.certificate, certificates);
  parts->settings = *live.in_force().values;
  parts->certificate = live.in_force().certificate;
  parts->db = std::move(db);
  news told;
  system_config cfg;
  caf::actor_system system{cfg};
  std::optional<admin_port> admin;
  if (values.admin) {
    admin.emplace(system, *values.admin, certificates);
    admin->offer(*parts);
  }
  parts->configuration.read = [&live] { return live.read(); };
  parts->configuration.take_up = [&live](const reread_configuration& what) { live.take_up(what); };
  attendant here(told, admin, parts->doors, live);
  node_events events;
  events.ready = [&told](const node_actors& now) { told.tell(now); };
  events.changed = events.ready;
  events.ended = [&told](int with) { told.tell_end(with); };
  if (const auto pause = watchdog_pause())
    start_watchdog(system, *pause);
  const auto root = system.spawn(server, parts, events);
  live.serve(root);
  const auto status = here.wait_for_end(root, signals);
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

int start(const program& how) {
  const auto& asked = how.asked;
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
  return run(how, std::move(db), signals);
}

int refuse(const config::command_line& asked) {
  for (const auto& fault : asked.faults)
    std::fprintf(stderr, "salond: %s\n", fault.to_string().c_str());
  return 2;
}

} // namespace

int main(int argc, char** argv) {
  auto asked = config::parse(argc, argv, config::this_process());
  using action = config::command_line::action;
  if (asked.what == action::help)
    return std::fputs(config::help_text().c_str(), stdout) < 0;
  if (asked.what == action::version)
    return std::printf("salond %s\n", SALOND_VERSION) < 0;
  const auto certificate = read_certificate(asked.values.tls, config::this_process(), std::time(nullptr));
  asked.faults.insert(asked.faults.end(), certificate.faults.begin(), certificate.faults.end());
  asked.warnings.insert(asked.warnings.end(), certificate.warnings.begin(), certificate.warnings.end());
  if (!asked.faults.empty())
    return refuse(asked);
  log::start(asked.values.log);
  for (const auto& warning : asked.warnings)
    log::warning(warning.to_string());
  if (asked.what == action::check_config)
    return 0;
  try {
    return start({argc, argv, std::move(asked), certificate.credentials});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "salond: %s\n", error.what());
    return 1;
  }
}
