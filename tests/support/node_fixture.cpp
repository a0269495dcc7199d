#include "tests/support/node_fixture.hpp"
#include "actors/administrators.hpp"
#include "actors/rules/password.hpp"
#include "persistence/decisions/registrations.hpp"
#include "persistence/open.hpp"
#include <sqlite3.h>
#include <thread>

namespace salond {
namespace {

constexpr rules::password_cost cheap{8, 1}; // libsodium's least

} // namespace

NodeTest::NodeTest() {
  settings.passwords.memory_kib = cheap.memory_kib;
  settings.passwords.passes = cheap.passes;
  settings.rate = {0, 0, 0}; // tests are many at one address; those about limits set their own
  settings.registration.per_hour_per_address = 0;
  settings.registration.per_hour = 0;
  settings.log.least = config::log::level::error;
  persistence::open_options options;
  options.where = config::sqlite_database{folder_ / "salond.db"};
  db_ = support::guarded(persistence::open(options), guard);
  prepare_store(*db_, settings, [](const std::string&) {});
  status_ = ended_.get_future().share();
}

NodeTest::~NodeTest() {
  end();
}

user_id NodeTest::add_user(const std::string& name, role as) {
  const auto hash = rules::hash_password("secret", cheap);
  user_id made;
  db_->transact([&](const auto& db) {
    made = persistence::decisions::register_user(db, {name, name, hash, as})->user.id;
  });
  return made;
}

void NodeTest::launch() {
  auto parts = std::make_shared<node_parts>();
  config::endpoint where;
  where.port = 0;
  if (certificate)
    where.type = config::endpoint::kind::tls;
  parts->certificate = certificate;
  parts->settings = settings;
  parts->operators = operators;
  parts->certificates = certificates;
  parts->member = member;
  parts->links = links;
  parts->db = std::move(db_);
  where.dialect = speaks;
  parts->doors = bind_endpoint(plan_endpoints({where}, {}, dialects).front());
  port = parts->doors.front().where.port;
  cfg_ = std::make_unique<system_config>();
  system = std::make_unique<caf::actor_system>(*cfg_);
  node_events events;
  events.ready = [this](const node_actors& all) { ready_.set_value(all); };
  events.changed = [this](const node_actors& all) {
    std::lock_guard lock{mutex_};
    now_ = all;
    ++restarts_;
  };
  events.ended = [this](int status) { ended_.set_value(status); };
  server_ = system->spawn(server, parts, events);
}

void NodeTest::start() {
  launch();
  auto all = ready_.get_future();
  if (all.wait_for(support::deadline) != std::future_status::ready)
    throw std::runtime_error("the node was not ready in time");
  actors = all.get();
  {
    std::lock_guard lock{mutex_};
    now_ = actors;
  }
  // The door is in the loop after this turn. CAF 0.17.6 never gives one back that is closed in the turn it came in.
  on_io_thread([](audience&) { return true; });
}

int NodeTest::stop_node() {
  caf::anon_send(server_, stop{});
  return end_status();
}

int NodeTest::end_status() {
  if (status_.wait_for(support::deadline) == std::future_status::ready)
    return status_.get();
  ADD_FAILURE() << "the node did not end in time";
  return -1;
}

/// What the daemon need not do: takes the actor system apart. A hang would be a cycle of handles, and ends the program.
void NodeTest::end() {
  if (!system)
    return;
  guard->release(access::writes);
  guard->release(access::reads);
  if (status_.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
    stop_node();
  if (member) { // it tells actors, and has handles of them
    member->stop();
    member->when_gone(nullptr);
    member->tell_links({});
  }
  actors = now_ = {};
  server_ = nullptr;
  std::promise<void> gone;
  std::thread watch{[waiting = gone.get_future()] {
    if (waiting.wait_for(support::deadline) == std::future_status::ready)
      return;
    std::fprintf(stderr, "the actor system does not end\n");
    std::abort();
  }};
  system.reset(); // on the thread that made it: that one holds a reference to its logger
  gone.set_value();
  watch.join();
}

NodeTest::client NodeTest::begin_login(const std::string& name) {
  auto who = connect();
  who.say(name + ":secret");
  return who;
}

void NodeTest::welcomed(client& who) {
  EXPECT_EQ(who.line(), "CONNECTED");
  who.line();
  who.line();
}

NodeTest::client NodeTest::log_in(const std::string& name) {
  auto who = begin_login(name);
  welcomed(who);
  return who;
}

NodeTest::client NodeTest::add_user_and_log_in(const std::string& name) {
  auto who = connect();
  who.say("INSCRIPTION:" + name + ":" + name + ":secret");
  EXPECT_EQ(who.line(), "Inscription réussie!");
  return log_in(name);
}

size_t NodeTest::restarts() {
  std::lock_guard lock{mutex_};
  return restarts_;
}

node_actors NodeTest::actors_now() {
  std::lock_guard lock{mutex_};
  return now_;
}

salon_actor NodeTest::salon_named(const std::string& name) {
  return on_io_thread([&](audience& clients) { return clients.salons.find(name)->actor; });
}

std::vector<caf::actor> NodeTest::connections_of(user_id who) {
  return on_io_thread([&](audience& clients) {
    std::vector<caf::actor> result;
    for (auto* each : clients.salons.find("Général")->subscribers.all())
      if (each->account() == who)
        result.push_back(caf::actor_cast<caf::actor>(dynamic_cast<caf::io::broker*>(each)));
    return result;
  });
}

std::string NodeTest::look_up(const std::string& query) {
  sqlite3* db = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::string result;
  const auto path = (folder_ / "salond.db").string();
  if (sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK
      && sqlite3_busy_timeout(db, 5000) == SQLITE_OK
      && sqlite3_prepare_v2(db, query.c_str(), -1, &statement, nullptr) == SQLITE_OK
      && sqlite3_step(statement) == SQLITE_ROW)
    if (const auto* text = sqlite3_column_text(statement, 0))
      result = reinterpret_cast<const char*>(text);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return result;
}

bool NodeTest::stored(const std::string& text) {
  return look_up("SELECT count(*) FROM messages WHERE contenu = '" + text + "'") == "1";
}

std::string NodeTest::status_of(const std::string& username) {
  return look_up("SELECT status FROM clients WHERE username = '" + username + "'");
}

} // namespace salond
