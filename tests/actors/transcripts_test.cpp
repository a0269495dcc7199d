// The conversations of tests/transcripts once more, in memory: no daemon and no network, but the same actors, rules and
// codecs inside this process, where the sanitizers see them. The clients' sockets are local ones.
#include "actors/administrators.hpp"
#include "actors/server.hpp"
#include "actors/system.hpp"
#include "config/load.hpp"
#include "persistence/open.hpp"
#include "tests/support/operator_deeds.hpp"
#include "tests/support/player.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_settings.hpp"
#include <caf/io/all.hpp>
#include <future>
#include <gmock/gmock.h>

namespace salond {
namespace {

using deed = support::transcript::step::kind;

constexpr std::chrono::seconds patience{20};

/// A node inside the test as the server of a transcript.
class node_stage final : public support::stage {
public:
  explicit node_stage(const nlohmann::json& settings) {
    auto all = support::test_settings();
    all.merge_patch(settings);
    auto read = config::load(all.dump());
    if (!read.faults.empty())
      throw std::runtime_error(read.faults.front().to_string());
    settings_ = read.values;
    settings_.log.least = config::log::level::error;
  }
  ~node_stage() override {
    if (system_ && !ended_.valid())
      return;
    begin_stop();
    wait();
  }

  void start() override {
    auto parts = std::make_shared<node_parts>();
    parts->settings = settings_;
    parts->db = open();
    if (auto password = prepare_store(*parts->db, settings_, [](const std::string&) {}))
      password_ = *password;
    config::endpoint where;
    where.type = config::endpoint::kind::unix_socket;
    where.path = folder_ / "socket";
    parts->doors = bind_endpoint(where);
    cfg_ = std::make_unique<system_config>();
    system_ = std::make_unique<caf::actor_system>(*cfg_);
    auto ready = std::make_shared<std::promise<void>>();
    auto over = std::make_shared<std::promise<int>>();
    node_events events;
    events.ready = [ready](const node_actors&) { ready->set_value(); };
    events.ended = [over](int status) { over->set_value(status); };
    ended_ = over->get_future();
    server_ = system_->spawn(server, parts, events);
    if (ready->get_future().wait_for(patience) != std::future_status::ready)
      throw std::runtime_error("the node was not ready in time");
  }
  void begin_stop() override { caf::anon_send(server_, stop{}); }
  void kill() override { throw std::logic_error("a node in this process cannot be killed"); }
  std::optional<int> wait() override {
    if (!ended_.valid() || ended_.wait_for(patience) != std::future_status::ready)
      return std::nullopt;
    const auto status = ended_.get();
    server_ = nullptr;
    system_.reset();
    return status;
  }
  void do_as_operator(deed done, const std::string& who) override { support::do_as_operator(*open(), done, who); }
  std::string endpoint() const override { return "unix:" + std::string(folder_ / "socket"); }
  std::string administrator_password() const override { return password_; }
  std::string log() const override { return "it is on standard error"; }

private:
  std::unique_ptr<persistence::store> open() const {
    persistence::open_options options;
    options.where = config::sqlite_database{folder_ / "salond.db"};
    return persistence::open(options);
  }

  support::temporary_folder folder_;
  config::settings settings_;
  std::string password_;
  std::unique_ptr<system_config> cfg_;
  std::unique_ptr<caf::actor_system> system_;
  server_actor server_;
  std::future<int> ended_;
};

/// All but those in which a process is killed.
std::vector<std::string> transcripts() {
  std::vector<std::string> result;
  for (const auto& name : support::all_transcripts()) {
    const auto steps = support::transcript_named(name).steps;
    if (std::none_of(steps.begin(), steps.end(), [](const auto& one) { return one.type == deed::server_is_killed; }))
      result.push_back(name);
  }
  return result;
}

class TranscriptsInMemory : public testing::TestWithParam<std::string> {};

TEST_P(TranscriptsInMemory, GoAsTheyAreWritten) {
  support::read_promptly();
  const auto played = support::transcript_named(GetParam());
  node_stage shown(played.settings);
  shown.start();

  EXPECT_NO_THROW(support::player(shown).play(played));

  shown.begin_stop();
  EXPECT_EQ(shown.wait(), 0);
}

INSTANTIATE_TEST_SUITE_P(All, TranscriptsInMemory, testing::ValuesIn(transcripts()),
                         [](const auto& info) { return info.param; });

} // namespace
} // namespace salond
