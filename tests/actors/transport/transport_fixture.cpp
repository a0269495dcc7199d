#include "tests/actors/transport/transport_fixture.hpp"
#include "tests/support/basp_frames.hpp"

namespace transport_tests {

namespace {

struct admin_state {
  std::vector<listener_actor> listeners; ///< kept, as the real one keeps whom it tells
};

admin_actor::behavior_type admin_of_the_test(admin_actor::stateful_pointer<admin_state> self, salond::identify who,
                                             sightings* seen) {
  self->set_error_handler([](caf::error&) {});
  return {
      [=](const question& asked) -> caf::result<std::string> {
        ++seen->questions;
        const auto peer = who(self->current_sender());
        if (!peer) {
          ++seen->strangers;
          return caf::make_error(caf::sec::invalid_argument);
        }
        return to_string(peer->who()) + " at " + peer->address + " asks " + asked.text;
      },
      [=](const listen& wish) {
        const auto whom = caf::actor_cast<listener_actor>(self->current_sender());
        self->state.listeners.push_back(whom);
        for (uint32_t i = 0; i < wish.count; ++i)
          self->send(whom, told{wish.text});
      },
      [=](const secret&) { ++seen->secrets; },
  };
}

other_actor::behavior_type other_of_the_test(other_actor::pointer self, sightings* seen) {
  self->set_error_handler([](caf::error&) {});
  return {[=](const secret&) {
    ++seen->secrets;
    return std::string{"the secret"};
  }};
}

} // namespace

test_config::test_config(std::chrono::milliseconds heartbeat) {
  load<caf::id_block::transport_tests>();
  salond::support::set_up_io(*this);
  set("middleman.heartbeat-interval", caf::timespan{heartbeat});
  set("middleman.connection-timeout", caf::timespan{5s});
}

end::end(const bundle& own, salond::transport_limits limits, std::set<std::string> revoked,
         std::chrono::milliseconds heartbeat)
    : config(heartbeat), net(system, limits, [this](const salond::transport_fact& fact) {
        const std::lock_guard lock{guard};
        lines.push_back(std::string(fact.text) + " who=" + fact.who + " from=" + fact.from + " why=" + fact.why + ";");
      }) {
  net.use(own, std::move(revoked));
}

bool end::logged(const std::string& part) {
  const std::lock_guard lock{guard};
  for (const auto& line : lines)
    if (line.find(part) != std::string::npos)
      return true;
  return false;
}

bundle Transport::issue(peer_kind kind, const std::string& name, const validity& when) const {
  return salond::issue({kind, name}, authority, when);
}

std::string Transport::serial(const bundle& x) {
  return salond::facts_of(x.own.certificate.get())->serial;
}

void Transport::serve(salond::transport_limits limits, std::set<std::string> revoked) {
  server = std::make_unique<end>(server_bundle, limits, std::move(revoked), heartbeat);
  admin = server->system.spawn(admin_of_the_test, server->net.identifier(), &seen);
  other = server->system.spawn(other_of_the_test, &seen);
  server->system.registry().put(other->id(), caf::actor_cast<caf::strong_actor_ptr>(other));
  server->system.registry().put(caf::atom("other"), caf::actor_cast<caf::strong_actor_ptr>(other));
  salond::port_rules operators;
  operators.kinds = {peer_kind::administrator, peer_kind::moderator};
  operators.types = server->net.names_of<question, listen>();
  port = server->net.publish(admin, salond::addresses_of("127.0.0.1", 0), operators);
}

void Transport::stop() {
  if (!server)
    return;
  server->system.registry().erase(other->id());
  server->system.registry().erase(caf::atom("other"));
  caf::anon_send_exit(admin, caf::exit_reason::kill);
  caf::anon_send_exit(other, caf::exit_reason::kill);
  admin = nullptr;
  other = nullptr;
  server.reset();
}

salond::port_rules Transport::a_server() {
  salond::port_rules rules;
  rules.kinds = {peer_kind::node};
  return rules;
}

std::variant<admin_actor, salond::dial_failure> Transport::dial(end& tool) const {
  return tool.net.dial<admin_actor>("127.0.0.1", port, a_server());
}

admin_actor Transport::reach(end& tool) const {
  auto found = dial(tool);
  if (const auto* why = std::get_if<salond::dial_failure>(&found)) {
    ADD_FAILURE() << "cannot reach the server: " << why->text;
    return {};
  }
  return std::get<admin_actor>(found);
}

std::string Transport::ask(end& tool, const admin_actor& whom, const std::string& text,
                           std::chrono::milliseconds patience) {
  if (!whom)
    return "nobody to ask";
  std::string answer;
  caf::scoped_actor self{tool.system, true};
  self->request(whom, patience, question{text})
      .receive([&](const std::string& said) { answer = said; },
               [&](const caf::error& why) { answer = "error: " + tool.system.render(why); });
  return answer;
}

std::string Transport::failure_of(const bundle& own) const {
  end tool{own};
  const auto found = dial(tool);
  const auto* why = std::get_if<salond::dial_failure>(&found);
  if (!why)
    return "no failure";
  EXPECT_EQ(tool.net.last_failure(), why->text);
  switch (why->kind) {
  case salond::dial_fault::unreachable: return "unreachable: " + why->text;
  case salond::dial_fault::filtered: return "filtered: " + why->text;
  case salond::dial_fault::mute: return "mute: " + why->text;
  case salond::dial_fault::other_protocol: return "other protocol: " + why->text;
  case salond::dial_fault::not_allowed: return "not allowed: " + why->text;
  case salond::dial_fault::lost: return "lost: " + why->text;
  }
  return "unknown";
}

std::string Transport::node_of(char host) const {
  return server_node.substr(0, 8) + support::number(4711, 4) + std::string(20, host);
}

support::raw_peer Transport::insider(const bundle& own, char host) {
  support::raw_peer raw_peer{port};
  EXPECT_TRUE(raw_peer.shake_hands(&own));
  const auto header = raw_peer.take(32);
  EXPECT_TRUE(header) << "no handshake of the server";
  if (!header)
    return raw_peer;
  size_t size = 0;
  for (int i = 4; i < 8; ++i)
    size = size << 8 | static_cast<unsigned char>((*header)[static_cast<size_t>(i)]);
  const auto payload = raw_peer.take(size);
  EXPECT_TRUE(payload);
  if (payload)
    server_node = payload->substr(0, 32);
  if (host != '\0')
    raw_peer.send(support::wire({1, 0, 0, 0, caf::io::basp::version, 0, 0, node_of(host)}));
  return raw_peer;
}

} // namespace transport_tests
