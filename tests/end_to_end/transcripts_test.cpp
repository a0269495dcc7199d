// The conversations of tests/transcripts, with the real server, on each kind of database, over TCP and a unix socket,
// and over TLS.
#include "config/load.hpp"
#include "persistence/open.hpp"
#include "tests/end_to_end/databases.hpp"
#include "tests/support/operator_deeds.hpp"
#include "tests/support/player.hpp"
#include <csignal>

namespace salond::end_to_end {
namespace {

using support::daemon;
using deed = support::transcript::step::kind;

config::database database_of(const daemon& server) {
  if (server.options.db.empty())
    return config::sqlite_database{server.sqlite_path()};
  std::string why;
  auto result = std::get<config::mysql_database>(config::parse_database(server.options.db, why).value());
  static const std::string password = "SALOND_DB_PASSWORD=";
  for (const auto& variable : server.options.variables)
    if (variable.rfind(password, 0) == 0)
      result.password = variable.substr(password.size());
  return result;
}

/// The daemon as the server of a transcript.
class daemon_stage final : public support::stage {
public:
  explicit daemon_stage(daemon& server) : server_(server) {}

  void start() override { server_.start(); }
  void begin_stop() override { server_.running().send(SIGTERM); }
  void kill() override { server_.kill(); }
  std::optional<int> wait() override { return server_.running().wait(); }
  void do_as_operator(deed done, const std::string& who) override {
    persistence::open_options options;
    options.where = database_of(server_);
    support::do_as_operator(*persistence::open(options), done, who);
  }
  std::string endpoint() const override { return server_.endpoint(); }
  std::string administrator_password() const override { return server_.administrator_password(); }
  std::string log() const override { return server_.log(); }

private:
  daemon& server_;
};

enum class way { tcp, unix_socket, tls };

class Transcripts : public testing::TestWithParam<std::tuple<std::string, database_kind, way>> {};

TEST_P(Transcripts, GoAsTheyAreWritten) {
  support::read_promptly();
  const auto& [name, kind, over] = GetParam();
  SALOND_NEEDS(kind);
  const auto played = support::transcript_named(name);
  const auto db = kind.make();
  daemon server(db->options());
  server.options.settings = played.settings;
  if (over == way::unix_socket)
    server.options.listen = {"unix:" + std::string(server.folder() / "socket")};
  if (over == way::tls)
    server.options.listen = {"tls://127.0.0.1:0"};
  server.start();
  daemon_stage shown(server);

  EXPECT_NO_THROW(support::player(shown).play(played));

  EXPECT_EQ(server.stop(), 0) << server.log();
}

std::string name_of_transcript(const testing::TestParamInfo<Transcripts::ParamType>& info) {
  const auto& [name, kind, over] = info.param;
  return name + "_" + kind.name + (over == way::tcp ? "_tcp" : over == way::tls ? "_tls" : "_unix");
}

INSTANTIATE_TEST_SUITE_P(All, Transcripts,
                         testing::Combine(testing::ValuesIn(support::all_transcripts()), testing::ValuesIn(kinds()),
                                          testing::Values(way::tcp, way::unix_socket)),
                         name_of_transcript);
// What the database is makes no difference to it.
INSTANTIATE_TEST_SUITE_P(OverTls, Transcripts,
                         testing::Combine(testing::ValuesIn(support::all_transcripts()),
                                          testing::Values(kinds().front()), testing::Values(way::tls)),
                         name_of_transcript);

} // namespace
} // namespace salond::end_to_end
