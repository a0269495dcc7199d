// One connection between two nodes, in CAF's loop: frames in both directions over TLS. Knows no peer and no session:
// it asks its owner for what is to be written, and tells it what came. I/O thread only.
#pragma once
#include "actors/cluster/frame_codec.hpp"
#include "actors/transport/tls_socket.hpp"

namespace salond::cluster {

class link_socket;

/// What a connection asks and tells. The connection that is given may have ended or been left when it returns.
class link_owner {
public:
  virtual ~link_owner() = default;
  /// TLS is done: its certificate is known, and may be told something now.
  virtual void known(link_socket& who) = 0;
  /// Bytes came; they are in its frames().
  virtual void heard(link_socket& who) = 0;
  /// What is to be written next: frames, or nothing.
  virtual std::string next_write(link_socket& who) = 0;
  /// It is over, and nothing of it is asked any more.
  virtual void ended(link_socket& who, const dial_failure& why) = 0;
};

class link_socket final : public tls_socket {
public:
  /// Takes the descriptor, connected or connecting, and not blocking. `peer`: who is dialled; nobody where it was
  /// accepted. `owner` lives until the connection has ended or is left.
  link_socket(caf::io::network::default_multiplexer& loop, int descriptor, tls_socket::origin from, link_owner& owner,
              node_id peer);

  /// Begins; REQUIRES: peer_connections knows it.
  void start() { launch(); }
  /// Whose connection it is; nobody yet, of one that was accepted.
  node_id peer() const { return peer_; }
  /// The peer is let in.
  void let_in(node_id peer);
  frame_reader& frames() { return frames_; }
  /// Something is to be written.
  void flush();
  /// Its owner has nothing to do with it any more. `last` goes out behind what is being written, then it ends.
  void leave(const std::string& last);
  /// The same, at once.
  void drop(const std::string& why);
  bool is_left() const { return owner_ == nullptr; }
  /// Bytes that were taken from the owner and that the kernel has not taken.
  size_t unsent() const { return said_.size() - done_ + sealed_bytes(); }
  const std::string& from() const { return address(); }

  // What a broker would call: there is none.
  void configure_read(caf::io::receive_policy::config) override {}
  std::vector<char>& wr_buf() override { return unused_; }
  std::vector<char>& rd_buf() override { return unused_; }
  void graceful_shutdown() override { leave({}); }

protected:
  void shaken() override;
  step take(std::vector<char>& heard) override;
  std::string_view to_say() override;
  void advance(size_t said) override { done_ += said; }
  void ended(phase was, const dial_failure& why) override;
  const char* why_late() const override { return "no hello in time"; }

private:
  link_owner* owner_; ///< null: it is left
  node_id peer_;
  frame_reader frames_;
  std::string said_, last_; // from done_ on; what goes behind it before the end
  size_t done_ = 0;
  std::vector<char> unused_;
};

/// The connection to the node of that name, connected or connecting over the descriptor. It is to be greeted and begun.
caf::intrusive_ptr<link_socket> dial_node(caf::io::network::default_multiplexer& loop,
                                          const std::shared_ptr<transport_context>& shared, int descriptor,
                                          const std::string& name, const std::string& address, link_owner& owner,
                                          node_id peer);

} // namespace salond::cluster
