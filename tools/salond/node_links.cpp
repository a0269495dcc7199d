#include "tools/salond/node_links.hpp"
#include "actors/transport/transport_context.hpp"
#include "tools/salond/transport_log.hpp"
#include <cerrno>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace salond {

void offer_list(certificate_service& service, std::shared_ptr<tls_folder> folder) {
  service.list = [folder] { return folder->issued(); };
  service.authority = [folder] { return folder->authority(); };
  service.merge = [folder](const std::vector<issued_certificate>& others) { folder->merge(others); };
}

node_links::node_links(std::shared_ptr<tls_folder> certificates, std::string name)
    : folder_(std::move(certificates)), name_(std::move(name)),
      shared_(std::make_shared<transport_context>(transport_limits{}, writer_of_facts("at", log::level::warning),
                                                  "connections of other nodes refused")) {
  use_renewed();
}

cluster::link_parts node_links::parts(int port) const {
  listening_socket socket;
  socket.descriptor = port;
  socket.address.size = sizeof socket.address.bytes;
  if (::listen(port, SOMAXCONN) != 0
      || ::getsockname(port, reinterpret_cast<sockaddr*>(&socket.address.bytes), &socket.address.size) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot listen to other nodes");
  return {name_, shared_, {socket}};
}

void node_links::offer(certificate_service& service) const {
  service.node = name_;
  offer_list(service, folder_);
  service.merge = [folder = folder_, shared = shared_,
                   merge = service.merge](const std::vector<issued_certificate>& others) {
    const auto use = [&] { shared->tls.revoke(folder->revoked()); };
    try {
      merge(others);
    } catch (const pki_error&) { // a full disk keeps nobody in
      use();
      throw;
    }
    use();
  };
}

void node_links::use_renewed() {
  shared_->tls.replace(make_tls_settings(folder_->server(), folder_->revoked()));
}

} // namespace salond
