// A client's socket in CAF's loop: what is asked of it twice in one turn, and what becomes of its descriptor.
#include "actors/client_socket.hpp"
#include "actors/system.hpp"
#include "tests/support/process.hpp"
#include <fcntl.h>
#include <future>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace salond {
namespace {

using namespace std::chrono_literals;
using support::eventually;

class ClientSocket : public testing::Test, public socket_owner {
protected:
  /// Not in the constructor: the loop calls us, and a test's own class is made behind it.
  void SetUp() override {
    int ends[2] = {-1, -1};
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends);
    fd = ends[0];
    peer = ends[1];
    on_loop([this] {
      auto& loop = dynamic_cast<net::default_multiplexer&>(system.middleman().backend());
      socket = caf::make_counted<client_socket>(loop, fd, "test");
      socket->belongs_to(this);
    });
    broker = system.middleman().spawn_broker([this](caf::io::broker* self) -> caf::behavior {
      self->add_scribe(caf::io::scribe_ptr{socket});
      self->configure_read(socket->hdl(), caf::io::receive_policy::at_most(1));
      return {
          [this](const caf::io::new_data_msg& msg) { received += msg.buf.size(); },
          [self](const caf::io::connection_closed_msg&) { self->quit(); },
      };
    });
    push("1");
    EXPECT_TRUE(eventually([this] { return received == 1; }));
  }
  void TearDown() override {
    on_loop([this] {
      if (socket)
        socket->belongs_to(nullptr);
      socket = nullptr;
    });
    ::close(peer);
    caf::anon_send_exit(broker, caf::exit_reason::kill);
  }

  void input_ended() override {}
  void input_dropped(size_t) override {}
  void tls_failed(const std::string&) override {}
  void output_drained() override {
    if (when_drained.empty())
      return;
    socket->say(std::make_shared<const std::string>(std::exchange(when_drained, {})));
    socket->flush();
  }

  /// Runs `what` in one turn of the loop.
  void on_loop(const std::function<void()>& work) {
    std::promise<void> done;
    system.middleman().backend().post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }
  void push(const std::string& bytes) {
    ASSERT_EQ(::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  /// What the peer reads up to `bytes`.
  std::string pull(size_t bytes) {
    std::string result;
    pollfd readable{peer, POLLIN, 0};
    char buffer[65536];
    while (result.size() < bytes && ::poll(&readable, 1, 20000) > 0) {
      const auto got = ::recv(peer, buffer, sizeof buffer, 0);
      if (got <= 0)
        break;
      result.append(buffer, static_cast<size_t>(got));
    }
    return result;
  }

  system_config cfg;
  caf::actor_system system{cfg};
  int fd = -1, peer = -1;
  caf::intrusive_ptr<client_socket> socket; // of the loop's thread
  caf::actor broker;
  std::atomic<size_t> received{0};
  std::string when_drained; ///< said in the turn that has emptied the queue
};

TEST_F(ClientSocket, ReadsOnWhenItIsPausedAndResumedInOneTurn) {
  on_loop([this] {
    socket->pause_reading();
    socket->resume_reading();
  });

  push("2");

  EXPECT_TRUE(eventually([this] { return received == 2; }));
}

TEST_F(ClientSocket, ReadsOnAfterItWasResumedAndPausedInOneTurn) {
  on_loop([this] { socket->pause_reading(); });
  on_loop([this] {
    socket->resume_reading();
    socket->pause_reading();
  });
  push("2");

  on_loop([this] { socket->resume_reading(); });

  EXPECT_TRUE(eventually([this] { return received == 2; }));
}

TEST_F(ClientSocket, SaysWhatIsSaidInTheTurnThatEmptiedItsQueue) {
  const std::string much(8 << 20, 'x'); // more than the kernel takes at once
  when_drained = "more";
  on_loop([&] {
    socket->say(std::make_shared<const std::string>(much));
    socket->flush();
    ASSERT_GT(socket->unsent(), 0u);
  });

  EXPECT_EQ(pull(much.size() + 4).substr(much.size()), "more");
}

TEST_F(ClientSocket, KnowsWhatItsPeerHasTaken) {
  const auto taken = [this] {
    uint64_t result = 0;
    on_loop([&] { result = socket->taken_by_peer(); });
    return result;
  };
  on_loop([this] {
    socket->say(std::make_shared<const std::string>("abc"));
    socket->flush();
    EXPECT_EQ(socket->given(), 3u);
  });
  EXPECT_LT(taken(), 3u);

  EXPECT_EQ(pull(3), "abc");

  EXPECT_EQ(taken(), 3u);
  on_loop([this] {
    EXPECT_FALSE(socket->reset_by_peer());
    EXPECT_FALSE(socket->ended_in_order());
  });
}

TEST_F(ClientSocket, KnowsAPeerThatClosedWithSomethingUnread) {
  on_loop([this] { // in one turn: the loop would tell it, too
    socket->say(std::make_shared<const std::string>("abc"));
    socket->flush();
    ::close(std::exchange(peer, -1));
    EXPECT_TRUE(socket->reset_by_peer());
    EXPECT_FALSE(socket->ended_in_order());
  });
}

TEST_F(ClientSocket, KnowsAPeerThatEndedItsOutputInOrder) {
  ::shutdown(peer, SHUT_WR);

  EXPECT_TRUE(eventually([this] {
    bool result = false;
    on_loop([&] { result = socket->ended_in_order() && !socket->reset_by_peer(); });
    return result;
  }));
}

TEST_F(ClientSocket, GivesItsDescriptorBackWhenItIsEndedWhilePaused) {
  on_loop([this] { socket->pause_reading(); });
  on_loop([this] {
    socket->abort();
    socket->graceful_shutdown(); // as the end of its broker does, in the same turn
    socket = nullptr;
  });

  EXPECT_TRUE(eventually([this] { return ::fcntl(fd, F_GETFD) < 0; }));
}

} // namespace
} // namespace salond
