#include "actors/cluster/link_socket.hpp"
#include "actors/transport/transport_context.hpp"
#include <utility>

namespace salond::cluster {

link_socket::link_socket(caf::io::network::default_multiplexer& loop, int descriptor, tls_socket::origin from,
                         link_owner& owner, node_id peer)
    : tls_socket(loop, descriptor, std::move(from)), owner_(&owner), peer_(peer) {}

void link_socket::let_in(node_id peer) {
  peer_ = peer;
  if (at() == phase::greeting)
    admit();
}

void link_socket::flush() {
  if (at() == phase::greeting || at() == phase::open)
    write_now();
}

void link_socket::leave(const std::string& last) {
  if (!std::exchange(owner_, nullptr) || at() == phase::dead)
    return;
  if (at() != phase::greeting && at() != phase::open)
    return end({dial_fault::lost, "left"}); // nobody is there to be told
  last_ = last;
  part();
}

void link_socket::drop(const std::string& why) {
  owner_ = nullptr;
  end({dial_fault::lost, why});
}

void link_socket::shaken() {
  if (owner_)
    owner_->known(*this);
}

/// What comes after it was left is read and forgotten: unread input would turn our FIN into a reset.
tls_socket::step link_socket::take(std::vector<char>& heard) {
  if (owner_) {
    frames_.feed({heard.data(), heard.size()});
    owner_->heard(*this);
  }
  heard.clear();
  return at() == phase::dead ? step::wait : step::go_on;
}

std::string_view link_socket::to_say() {
  if (done_ == said_.size()) {
    said_ = owner_ ? owner_->next_write(*this) : std::exchange(last_, {});
    done_ = 0;
  }
  constexpr size_t at_once = 65536; // encrypted before the kernel is asked whether it takes it
  return std::string_view{said_}.substr(done_, at_once);
}

void link_socket::ended(phase was, const dial_failure& why) {
  if (accepted() && was != phase::open && !parts())
    shared().connections.refused(why.text);
  if (auto* owner = std::exchange(owner_, nullptr))
    owner->ended(*this, why);
}

caf::intrusive_ptr<link_socket> dial_node(caf::io::network::default_multiplexer& loop,
                                          const std::shared_ptr<transport_context>& shared, int descriptor,
                                          const std::string& name, const std::string& address, link_owner& owner,
                                          node_id peer) {
  auto rules = std::make_shared<port_rules>();
  rules->kinds = {peer_kind::node};
  rules->name = name;
  return caf::make_counted<link_socket>(
      loop, descriptor, tls_socket::origin{shared, std::move(rules), gate::side::dialled, address}, owner, peer);
}

} // namespace salond::cluster
