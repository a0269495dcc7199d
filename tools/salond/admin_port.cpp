#include "tools/salond/admin_port.hpp"
#include "actors/transport/bundle_file.hpp"
#include "actors/transport/transport_context.hpp"
#include "config/load.hpp"
#include "tools/salond/transport_log.hpp"
#include <system_error>
#include <unistd.h>

namespace salond {
namespace {

port_rules operators(const transport& net) {
  port_rules rules;
  rules.kinds = {std::begin(operator_kinds), std::end(operator_kinds)};
  rules.types = net.names_of<admin_request, admin_input, admin_more>();
  return rules;
}

/// Where operators elsewhere find the port, as far as this machine knows.
std::string address_for_operators(std::string host, uint16_t port) {
  if (char name[256] = ""; host == "0.0.0.0" || host == "::")
    host = ::gethostname(name, sizeof name - 1) == 0 && *name != '\0' ? name : "localhost";
  config::endpoint where;
  where.host = std::move(host);
  where.port = port;
  return config::to_string(config::admin_endpoint{where});
}

} // namespace

std::vector<socket_address> admin_addresses(const config::endpoint& where) {
  try {
    return addresses_of(where.host, where.port);
  } catch (const std::runtime_error& why) {
    throw std::runtime_error("cannot open the admin port at " + config::to_string(config::admin_endpoint{where}) + ": "
                             + why.what() + "; choose another with --admin");
  }
}

admin_port::admin_port(caf::actor_system& system, const config::endpoint& where, std::vector<socket_address> addresses,
                       std::shared_ptr<tls_folder> certificates)
    : where_(where), addresses_(std::move(addresses)), folder_(std::move(certificates)),
      net_(std::make_shared<transport>(system, transport_limits{}, writer_of_facts("from", log::level::info))) {
  use_renewed();
}

void admin_port::offer(node_parts& parts) {
  parts.operators = net_->identifier();
  parts.certificates.issue = [folder = folder_, host = where_.host, port = open_at_](const identity& who,
                                                                                     const validity& when) {
    const auto text = folder->issue(who, when);
    const auto until = lifetime_of(bundle_from(text).own.certificate.get()).second;
    return issued_bundle{with_server(text, address_for_operators(host, *port)), until};
  };
  parts.certificates.list = [folder = folder_] { return folder->issued(); };
  parts.certificates.revoke = [folder = folder_, net = net_, revoking = revoking_](const std::string& name) {
    const std::lock_guard lock{*revoking}; // the admin actor revokes, and so does the ban registry
    auto made = folder->revoke(name);
    net->revoke(folder->revoked());
    return made;
  };
}

void admin_port::offer_nodes(node_parts& parts, std::shared_ptr<transport_context> links) {
  parts.certificates.merge = [folder = folder_, net = net_, revoking = revoking_,
                              for_links = parts.certificates.merge](const std::vector<issued_certificate>& others) {
    const std::lock_guard lock{*revoking};
    const auto use = [&] { net->revoke(folder->revoked()); };
    try {
      for_links(others);
    } catch (const pki_error&) {
      use();
      throw;
    }
    use();
  };
  parts.certificates.issue_node = [folder = folder_](const std::string& other) { return folder->issue_node(other); };
  parts.certificates.revoke_node = [folder = folder_, links = std::move(links),
                                    revoking = revoking_](const std::string& other) {
    const std::lock_guard lock{*revoking};
    auto made = folder->revoke_node(other);
    links->tls.revoke(folder->revoked());
    return made;
  };
}

void admin_port::publish(const node_actors& actors) {
  if (published_ == actors.admin)
    return;
  if (published_)
    net_->unpublish(where_.port);
  published_ = actors.admin;
  try {
    *open_at_ = where_.port = net_->publish(caf::actor_cast<admin_actor>(published_), addresses_, operators(*net_));
  } catch (const std::system_error& why) {
    throw std::runtime_error("cannot open the admin port at " + where() + ": " + why.code().message()
                             + "; choose another with --admin");
  }
  for (auto& each : addresses_) // if it is opened again, then where it is
    each.set_port(where_.port);
}

std::string admin_port::where() const {
  return config::to_string(config::admin_endpoint{where_});
}

void admin_port::use_renewed() {
  const std::lock_guard lock{*revoking_};
  net_->use(folder_->server(), folder_->revoked());
}

} // namespace salond
