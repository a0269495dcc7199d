#include "actors/cluster/dial_trial.hpp"
#include "actors/cluster/frame_codec.hpp"
#include "actors/transport/transport_context.hpp"
#include <cerrno>
#include <cstring>
#include <utility>

namespace salond::cluster {
namespace {

/// Lives until its connection has ended.
class trial final : public link_owner {
public:
  explicit trial(std::function<void(const std::string&)> over) : over_(std::move(over)) {}

  void keep(std::shared_ptr<trial> self) { self_ = std::move(self); }

  void known(link_socket& who) override {
    std::string last;
    append_frame(last, {0, farewell{"it only tried whether this node is reached"}});
    who.leave(last);
    finish({});
  }
  void heard(link_socket&) override {}
  std::string next_write(link_socket&) override { return {}; }
  void ended(link_socket&, const dial_failure& why) override { finish(why.text.empty() ? "it was closed" : why.text); }

private:
  void finish(const std::string& why) {
    const auto alive = std::move(self_);
    if (const auto tell = std::exchange(over_, nullptr))
      tell(why);
  }

  std::function<void(const std::string&)> over_;
  std::shared_ptr<trial> self_;
};

void try_at(caf::io::network::default_multiplexer& loop, const std::shared_ptr<transport_context>& shared,
            const std::string& name, const socket_address& where, std::function<void(const std::string&)> over) {
  const auto descriptor = connect_to(where);
  if (descriptor < 0)
    return over(std::strerror(errno));
  const auto made = std::make_shared<trial>(std::move(over));
  made->keep(made);
  const auto socket = dial_node(loop, shared, descriptor, name, where.to_string(), *made, node_id{});
  shared->connections.add_dialled(*socket);
  socket->start();
}

} // namespace

void try_to_dial(caf::io::network::default_multiplexer& loop, const std::shared_ptr<transport_context>& shared,
                 const std::string& name, std::vector<socket_address> at,
                 std::function<void(const std::string& why)> over) {
  const auto where = at.front();
  at.erase(at.begin());
  try_at(loop, shared, name, where, [&loop, shared, name, at = std::move(at), over](const std::string& why) {
    why.empty() || at.empty() ? over(why) : try_to_dial(loop, shared, name, at, over);
  });
}

} // namespace salond::cluster
