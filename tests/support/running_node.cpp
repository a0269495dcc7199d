#include "tests/support/running_node.hpp"
#include "actors/administrators.hpp"
#include "actors/rules/password.hpp"
#include "persistence/open.hpp"

namespace salond::support {
namespace {

constexpr rules::password_cost cheap{8, 1}; // libsodium's least

config::settings quick_settings() {
  config::settings settings;
  settings.passwords.memory_kib = cheap.memory_kib;
  settings.passwords.passes = cheap.passes;
  settings.rate = {0, 0, 0};
  settings.registration.per_hour_per_address = 0;
  settings.registration.per_hour = 0;
  settings.requests.keep_offline = true;
  settings.log.least = config::log::level::error;
  return settings;
}

std::optional<peer> administrator_of(const caf::strong_actor_ptr&) {
  peer from;
  from.certificate.who = {peer_kind::administrator, "root"};
  from.address = "192.0.2.1";
  return from;
}

} // namespace

running_node::running_node(const config::mysql_database& where, const std::string& name) {
  persistence::open_options options;
  options.where = where;
  persistence::node_entry entry;
  entry.name = name;
  entry.endpoint = "127.0.0.1:1";
  entry.version = "test";
  entry.folder = "folder of " + name;
  member_ = std::make_shared<cluster_member>(persistence::join(options, entry));
  options.run = member_->run();
  options.node = name;
  options.writer_answered = [member = member_] { member->writer_answered(); };
  options.wrote_news = [member = member_] { member->wrote_news(); };

  auto parts = std::make_shared<node_parts>();
  parts->settings = quick_settings();
  parts->db = guarded(persistence::open(options), guard);
  prepare_store(*parts->db, parts->settings, [](const std::string&) {});
  parts->operators = administrator_of;
  parts->member = member_;
  config::endpoint door;
  door.port = 0;
  parts->doors = bind_endpoint(door);
  port_ = parts->doors.front().where.port;
  system_ = std::make_unique<caf::actor_system>(config_);
  std::promise<node_actors> ready;
  node_events events;
  events.ready = [&ready](const node_actors& all) { ready.set_value(all); };
  events.ended = [this](int status) { ended_.set_value(status); };
  server_ = system_->spawn(server, parts, events);
  auto all = ready.get_future();
  if (all.wait_for(deadline) != std::future_status::ready)
    throw std::runtime_error("the node was not ready in time");
  actors = all.get();
  notices_ = std::make_unique<cluster::notices>(actors.clients, member_, actors.asking);
}

running_node::~running_node() {
  if (status_.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
    caf::anon_send(server_, stop{});
    end_status();
  }
  member_->leave();
  member_->when_gone(nullptr);
  on_io_thread([](audience& clients) {
    clients.peers.send = nullptr; // which may hold another node
    for (const auto& [id, salon] :
         clients.salons.all()) // they hold the placements, which hold the audience, which holds them
      caf::anon_send_exit(salon->actor, caf::exit_reason::kill);
    return true;
  });
  notices_.reset();
  actors = {};
  server_ = nullptr;
  system_.reset();
  member_->stop();
}

int running_node::end_status() {
  if (status_.wait_for(deadline) == std::future_status::ready)
    return status_.get();
  ADD_FAILURE() << "the node did not end in time";
  return -1;
}

port_client running_node::log_in(const std::string& name, const std::string& password) {
  auto who = connect();
  who.say(name + ":" + password);
  EXPECT_EQ(who.line(), "CONNECTED");
  who.line();
  who.line();
  return who;
}

std::string running_node::answer_to_login(const std::string& name, const std::string& password) {
  auto who = connect();
  who.say(name + ":" + password);
  return who.line();
}

std::string running_node::command(const words& said, const std::string& input) {
  caf::scoped_actor self{*system_, true};
  admin_answer answer;
  const auto say = [&](auto message) {
    self->request(caf::actor_cast<admin_actor>(actors.admin), deadline, std::move(message))
        .receive([&](const admin_answer& told) { answer = told; },
                 [&](const caf::error& why) { throw std::runtime_error(to_string(why)); });
  };
  say(admin_request{1, said});
  std::string text;
  for (;;) {
    switch (static_cast<admin_verdict>(answer.verdict)) {
    case admin_verdict::part: text += answer.text; [[fallthrough]];
    case admin_verdict::progress: say(admin_more{1}); break;
    case admin_verdict::input_wanted: say(admin_input{1, input, true}); break;
    default:
      if (static_cast<admin_verdict>(answer.verdict) != admin_verdict::done_with_words) {
        EXPECT_EQ(static_cast<admin_verdict>(answer.verdict), admin_verdict::done) << answer.text;
      }
      return text + answer.text;
    }
  }
}

size_t running_node::hearers(const std::string& salon) {
  return on_io_thread([&](audience& clients) {
    const auto* found = clients.salons.find(salon);
    return found ? found->subscribers.size() : size_t{0};
  });
}

void running_node::hear(const std::function<void(cluster::peer_hearer&)>& act) {
  on_io_thread([&](audience&) {
    act(*notices_);
    return true;
  });
}

void running_node::link_to(running_node& to, std::shared_ptr<std::atomic<link>> state) {
  const auto send = [this, &to, state](cluster::node_id run, cluster::frame_body body) {
    const link now = *state;
    if (run.value != to.run() || now == link::down)
      return false;
    if (now == link::up)
      to.system_->middleman().backend().post(
          [&to, from = cluster::node_id{this->run()}, body]() mutable { to.notices_->peer_said(from, body); });
    return true;
  };
  on_io_thread([&](audience& clients) {
    clients.peers.send = send;
    return true;
  });
}

} // namespace salond::support
