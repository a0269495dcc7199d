// salond: arguments, configuration, start, wait, exit status.
// 0: done, or stopped in order. 1: something outside failed (database, port, folder). 2: wrong configuration.
#include "actors/administrators.hpp"
#include "actors/certificate_files.hpp"
#include "actors/cluster/certificates.hpp"
#include "actors/server.hpp"
#include "actors/system.hpp"
#include "config/command_line.hpp"
#include "config/log.hpp"
#include "config/standard_streams.hpp"
#include "persistence/backup/backup.hpp"
#include "persistence/open.hpp"
#include "protocol/words/names.hpp"
#include "tools/salond/descriptor_proof.hpp"
#include "tools/salond/kept_configuration.hpp"
#include "tools/salond/main_loop.hpp"
#include "tools/salond/node_links.hpp"
#include "tools/salond/node_membership.hpp"
#include "tools/salond/service_manager.hpp"
#include "tools/salond/start_watch.hpp"
#include "tools/salond/state_folder.hpp"
#include "tools/salond/thread_proof.hpp"
#include "tools/salond/watchdog.hpp"
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <linux/close_range.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace salond;
using namespace std::chrono_literals;

// How long a start waits for a database that cannot be reached: longer than a database server's own restart.
constexpr auto database_patience = 60s;

// Of a process that executed itself again, since others took its node for lost, which had served: set.
constexpr auto comes_back = "SALOND_COMES_BACK";

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
  const auto reporter_at = [](log::level level) {
    return [level](const std::string& line) {
      log::write(level, line);
      notify_service_manager("EXTEND_TIMEOUT_USEC=60000000"); // a take-over may take longer than systemd's patience
    };
  };
  options.report = reporter_at(log::level::info);
  options.warn = reporter_at(log::level::warning);
  return options;
}

/// What `work` answers, something or true; it is tried for a while where the database cannot be reached, or somebody
/// holds its tables; by a node that served and comes back, for as long as that lasts. Nothing when a signal came first.
template <class Work>
auto with_patience(start_watch& watch, Work work) -> decltype(work()) {
  const bool has_served = std::getenv(comes_back) != nullptr;
  const auto give_up = std::chrono::steady_clock::now() + database_patience;
  for (auto pause = 250ms;; pause = std::min<std::chrono::milliseconds>(2 * pause, 5s)) {
    try {
      return work();
    } catch (const persistence::store_error& error) {
      const bool is_late = std::chrono::steady_clock::now() + pause > give_up;
      if (error.what_kind() != persistence::store_error::kind::unavailable || (is_late && !has_served))
        throw;
      log::write(is_late ? log::level::debug : log::level::warning, "the database cannot be reached, trying again",
                 {{"why", error.what()}, {"in_ms", pause.count()}});
      notify_service_manager("EXTEND_TIMEOUT_USEC=60000000");
    }
    if (watch.told_to_stop(pause))
      return {};
  }
}

/// Makes an open database ready to be served; the password of an administrator who could not log in before.
std::optional<std::string> make_ready(persistence::store& db, const config::settings& values,
                                      const state_folder& state) {
  try {
    return prepare_store(db, values, [&](const std::string& password) { state.keep_password(password); });
  } catch (const persistence::store_error& error) {
    throw persistence::store_error(error.what_kind(), "the database (" + db.describe() + "): " + error.what());
  }
}

/// Opens the database and has it made `ready`. Null when a signal came first.
template <class Ready>
std::unique_ptr<persistence::store> open_store(const config::settings& values, const node_membership* membership,
                                               start_watch& watch, const Ready& ready) {
  auto options = how_to_open(values);
  if (membership) {
    options.run = membership->member->run();
    options.node = membership->name;
    options.writer_answered = [member = membership->member] { member->writer_answered(); };
    options.wrote_news = [member = membership->member] { member->wrote_news(); };
  }
  return with_patience(watch, [&] {
    auto db = persistence::open(options);
    ready(*db);
    return db;
  });
}

/// Of a node: its place among the others; null where there is none, or when a signal came first.
std::unique_ptr<node_membership> enter_cluster(const config::command_line& asked, const state_folder& state,
                                               start_watch& watch) {
  const auto& values = asked.values;
  if (!values.cluster.listen || asked.wanted != config::command_line::action::run)
    return nullptr;
  const auto options = how_to_open(values);
  const auto who = identify_node(asked);
  const auto port = std::make_shared<cluster_port>(*values.cluster.listen);
  const auto entry = entry_of(values, who, state, *port);
  return with_patience(
      watch, [&] { return std::make_unique<node_membership>(who.name, port, persistence::join(options, entry)); });
}

void greet_administrator(const state_folder& state, const std::string& password) {
  log::tell("The administrator's name is admin, the password is " + password + " (kept in "
            + state.file("admin.password") + ")."); // shown once, and not a line of the log
}

/// Where it listens. Names are looked up, which takes its time, and is done before a database is touched.
struct places {
  std::vector<planned_endpoint> doors;
  std::vector<socket_address> admin;
};

places find_places(const config::settings& values) {
  places found;
  found.doors = plan_endpoints(values.listen, values.unix_socket);
  if (values.admin)
    found.admin = admin_addresses(*values.admin);
  return found;
}

/// What else takes its time before anything is opened: certificates are made.
struct preparation {
  std::shared_ptr<tls_folder> certificates;
  std::unique_ptr<live_configuration> live;
  std::unique_ptr<node_links> links; ///< of a node
};

preparation prepare(const program& started, const node_membership* membership) {
  auto asked = started.asked;
  const auto& values = asked.values;
  preparation made;
  if (values.admin || speaks_tls(values) || membership)
    made.certificates = membership
                            ? std::make_shared<tls_folder>(values.state + "/tls", hosts_of(values.listen),
                                                           membership->name, local_administrator_of(membership->name))
                            : std::make_shared<tls_folder>(values.state + "/tls", hosts_of(values.listen));
  if (membership && membership->name != values.cluster.node) {
    asked.values.cluster.node = membership->name;
    asked.sources["cluster.node"] = "the state folder";
  }
  made.live =
      std::make_unique<live_configuration>(started.argc, started.argv, asked, started.certificate, made.certificates);
  if (membership)
    made.links = std::make_unique<node_links>(made.certificates, membership->name);
  return made;
}

/// All doors, or none.
std::vector<bound_endpoint> open_doors(const std::vector<planned_endpoint>& plans,
                                       std::vector<config::endpoint>& shown) {
  std::vector<bound_endpoint> doors;
  try {
    for (const auto& plan : plans) {
      const auto opened = bind_endpoint(plan);
      shown.push_back(opened.empty() ? plan.where : opened.front().where);
      for (const auto& door : opened)
        if (opened.size() > 1)
          log::info("listening", {{"on", door.where.to_string()}, {"address", door.at.to_string()}});
      doors.insert(doors.end(), opened.begin(), opened.end());
    }
  } catch (...) {
    for (const auto& door : doors)
      remove_file_of(door);
    throw;
  }
  return doors;
}

/// Of a node with whose work others go on: it comes back by itself, as another run. Whoever looks after the process
/// sees the same one.
/// What was read then is in force: whoever edits the file now has not asked for it yet.
[[noreturn]] void start_again(char** argv, bool has_served, const std::optional<std::string>& file) {
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (file)
    keep_configuration(*file);
  if (has_served)
    ::setenv(comes_back, "1", 1);
  ::execv("/proc/self/exe", argv);
  log::tell(std::string("salond: cannot start anew: ") + std::strerror(errno));
  ::_exit(1);
}

configuration_service service_of(live_configuration& live) {
  configuration_service service;
  service.read = [&live] { return live.read(); };
  service.take_up = [&live](const reread_configuration& read) { live.take_up(read); };
  service.show = [&live] { return live.shown(); };
  service.certificate_lasts = [&live]() -> std::optional<std::pair<std::time_t, std::time_t>> {
    const auto shown = live.in_force().certificate;
    return shown ? std::optional{std::pair{shown->from(), shown->until()}} : std::nullopt;
  };
  return service;
}

/// Of a node: what was revoked while it was away holds before anybody comes.
void share_certificates(node_parts& parts, const node_links& links, start_watch& watch) {
  links.offer(parts.certificates);
  with_patience(watch, [&] {
    share_certificates_now(*parts.db, parts.certificates);
    return true;
  });
}

/// Of a server that runs alone: what was revoked while its folder, or the one that it is a copy of, was a node's.
/// Throws where that node was removed.
void take_up_revoked(persistence::store& db, const config::settings& values, start_watch& watch) {
  if (!std::holds_alternative<config::mysql_database>(values.db))
    return;
  const auto path = values.state + "/tls";
  std::optional<node_certificate> own;
  try {
    own = certificate_in(path);
  } catch (const pki_error&) { // damaged: it is made anew, and nobody has it pinned
  }
  if (!own)
    return;
  certificate_service service;
  offer_list(service, std::make_shared<tls_folder>(path));
  with_patience(watch, [&] {
    share_certificates_alone(db, service, *own);
    return true;
  });
}

/// Runs the node until it ends; signals stop it.
int run(const program& started, places where, std::unique_ptr<persistence::store> db, node_membership* membership,
        int signals, start_watch& watch) {
  const auto& values = started.asked.values;
  log::info("database open", {{"database", db->describe()}});
  if (!membership)
    take_up_revoked(*db, values, watch); // before one that was removed makes certificates of a server alone
  auto prepared = prepare(started, membership);
  auto& live = *prepared.live;
  auto parts = std::make_shared<node_parts>();
  parts->db = std::move(db);
  if (membership)
    share_certificates(*parts, *prepared.links, watch);
  if (watch.over())
    return watch.status();
  std::vector<config::endpoint> shown;
  const auto doors = parts->doors = open_doors(where.doors, shown);
  parts->settings = *live.in_force().values;
  parts->certificate = live.in_force().certificate;
  if (membership) {
    parts->member = membership->member;
    parts->comes_back = std::getenv(comes_back) != nullptr;
    parts->links = prepared.links->parts(membership->port->take());
  }
  news told;
  system_config cfg;
  prefer_io_thread();
  caf::actor_system system{cfg};
  std::optional<admin_port> admin;
  if (values.admin) {
    admin.emplace(system, *values.admin, std::move(where.admin), prepared.certificates);
    admin->offer(*parts);
    if (membership)
      admin->offer_nodes(*parts, prepared.links->shared());
  }
  parts->configuration = service_of(live);
  main_loop loop(told, admin, std::move(shown), membership ? membership->port->where() : std::string{}, live,
                 prepared.links.get());
  node_events events;
  events.ready = [&told](const node_actors& now) { told.tell(now); };
  events.changed = events.ready;
  events.ended = [&told](int with) { told.tell_end(with); };
  if (const auto pause = watchdog_pause())
    start_watchdog(system, *pause);
  const auto root = system.spawn(server, parts, events);
  live.serve(root);
  const auto status = loop.wait_for_end(root, signals);
  for (const auto& door : doors) // of a start that came no further
    remove_file_of(door);
  // Everything accepted is committed and the database is closed (or the status says that it is not): the process may
  // simply end. Taking the actor system apart would add nothing but a way to hang.
  if (membership && status != start_anew)
    membership->member->leave();
  log::flush();
  if (status == start_anew)
    start_again(started.argv, membership && !membership->member->enters(), live.file());
  ::_exit(status);
}

/// Prints what was asked for; the exit status. A plan that nobody could read says nothing of what could be done.
int answer(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0)
    return 0;
  log::tell(std::string("salond: the answer could not be written: ") + std::strerror(errno));
  return 1;
}

/// Loads a backup into an empty database: all of it or nothing.
int restore(const config::command_line& asked, start_watch& watch) {
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
      if (watch.told_to_stop())
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

int start(const program& started, int signals, start_watch& watch) {
  using action = config::command_line::action;
  const auto& asked = started.asked;
  const auto& values = asked.values;
  const state_folder state{values.state};
  if (asked.wanted == action::dry_run) {
    std::string plan;
    for (const auto& line : persistence::dry_run(how_to_open(values)))
      plan += escaped(line) + "\n"; // an old name may be in it
    return answer(plan);
  }
  if (asked.wanted == action::restore)
    return restore(asked, watch);
  if (asked.wanted == action::run) {
    prove_descriptors(descriptors_of_a_node + values.listen.size());
    prove_threads(threads_of_a_node + values.passwords.threads + (values.cluster.listen ? threads_of_a_membership : 0));
  }
  auto where = asked.wanted == action::run ? find_places(values) : places{};
  const auto membership = enter_cluster(asked, state, watch);
  if (watch.told_to_stop())
    return watch.status();
  std::optional<std::string> password;
  const auto ready = [&](persistence::store& db) {
    if (asked.wanted == action::run && !watch.told_to_stop())
      password = make_ready(db, values, state);
  };
  auto db = open_store(values, membership.get(), watch, ready);
  if (password)
    greet_administrator(state, *password);
  if (asked.wanted == action::migrate_only)
    return db ? 0 : watch.status();
  if (!db || watch.told_to_stop())
    return watch.status();
  return run(started, std::move(where), std::move(db), membership.get(), signals, watch);
}

int refuse(const config::command_line& asked) {
  for (const auto& fault : asked.faults)
    log::tell("salond: " + fault.to_string());
  return 2;
}

/// Reads what is asked, and does it.
int obey(int argc, char** argv, int signals, start_watch& watch) {
  prove_descriptors(descriptors_of_a_start);
  auto around = config::this_process();
  around.kept = take_kept_configuration();
  auto asked = config::parse(argc, argv, around);
  using action = config::command_line::action;
  if (asked.wanted == action::help)
    return answer(config::help_text());
  if (asked.wanted == action::version)
    return answer("salond " SALOND_VERSION "\n");
  if (asked.wanted != action::run)
    watch.ends_with(1); // what was asked is not done
  const auto certificate = read_certificate(asked.values.tls, config::this_process(), std::time(nullptr));
  const auto of_doors = faults_of_doors(asked.values);
  for (const auto* some : {&certificate.faults, &of_doors})
    asked.faults.insert(asked.faults.end(), some->begin(), some->end());
  if (const auto why = persistence::fault_of_place(asked.values.db, asked.values.state))
    asked.faults.push_back({"db", *why});
  if (const auto why = fault_of_state_folder(asked.values.state))
    asked.faults.push_back({"state", *why});
  asked.warnings.insert(asked.warnings.end(), certificate.warnings.begin(), certificate.warnings.end());
  if (!asked.faults.empty())
    return refuse(asked);
  log::start(asked.values.log);
  for (const auto& warning : asked.warnings)
    log::warning(warning.to_string());
  if (asked.wanted == action::check_config)
    return 0;
  return start({argc, argv, std::move(asked), certificate.credentials}, signals, watch);
}

} // namespace

int main(int argc, char** argv) {
  hold_standard_streams();
  ::umask(::umask(0) & 077); // what salond makes is its owner's to use, with the modes that its documents tell
  try {
    const auto signals = block_signals();
    start_watch watch(signals);
    return obey(argc, argv, signals, watch);
  } catch (const std::bad_alloc&) {
    log::tell("salond: there is not enough memory (MemoryMax= in the unit, ulimit -v)");
    return 1;
  } catch (const std::system_error& error) {
    log::tell(std::string("salond: ") + error.what()
              + (error.code() == std::errc::resource_unavailable_try_again ? no_thread : ""));
    return 1;
  } catch (const std::exception& error) {
    log::tell(std::string("salond: ") + error.what());
    return 1;
  }
}
