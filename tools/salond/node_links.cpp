#include "tools/salond/node_links.hpp"
#include "actors/transport/hub.hpp"
#include "config/log.hpp"
#include <cerrno>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace salond {
namespace {

void write_log(const transport_fact& fact) {
  if (fact.who.empty())
    log::info(fact.text, {{"why", fact.why}, {"count", fact.count}});
  else if (fact.why.empty())
    log::info(fact.text, {{"who", fact.who}, {"at", fact.from}});
  else
    log::warning(fact.text, {{"who", fact.who}, {"at", fact.from}, {"why", fact.why}});
}

} // namespace

node_links::node_links(std::shared_ptr<tls_folder> certificates, std::string name)
    : folder_(std::move(certificates)), name_(std::move(name)),
      shared_(std::make_shared<hub>(transport_limits{}, write_log, "connections of other nodes refused")) {
  use_renewed();
}

cluster::link_parts node_links::parts(int port) const {
  listening_socket at;
  at.descriptor = port;
  at.address.size = sizeof at.address.bytes;
  if (::listen(port, SOMAXCONN) != 0
      || ::getsockname(port, reinterpret_cast<sockaddr*>(&at.address.bytes), &at.address.size) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot listen to other nodes");
  return {name_, shared_, {at}};
}

void node_links::offer(certificate_office& office) const {
  office.node = name_;
  office.list = [folder = folder_] { return folder->issued(); };
  office.authority = [folder = folder_] { return folder->authority(); };
  office.merge = [folder = folder_, shared = shared_](const std::vector<issued_certificate>& others) {
    const auto use = [&] { shared->tls.revoke(folder->revoked()); };
    try {
      folder->merge(others);
    } catch (const pki_error&) { // a full disk keeps nobody in
      use();
      throw;
    }
    use();
  };
}

/// What is revoked is read once more behind that: a revocation may have come in between.
void node_links::use_renewed() {
  shared_->tls.replace(make_tls_settings(folder_->server(), folder_->revoked()));
  shared_->tls.revoke(folder_->revoked());
}

} // namespace salond
