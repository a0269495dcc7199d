// The conversations of tests/transcripts, with the real server, on each kind of database, over TCP and a unix socket.
#include "config/load.hpp"
#include "persistence/open.hpp"
#include "protocol/words/names.hpp"
#include "tests/end_to_end/databases.hpp"
#include "tests/support/player.hpp"
#include <filesystem>

namespace salond::end_to_end {
namespace {

using support::daemon;
using deed = support::transcript::step::kind;

config::database database_of(const daemon& server) {
  if (server.how.db.empty())
    return config::sqlite_database{server.sqlite_path()};
  std::string why;
  auto result = std::get<config::mysql_database>(config::parse_database(server.how.db, why).value());
  static const std::string password = "SALOND_DB_PASSWORD=";
  for (const auto& variable : server.how.variables)
    if (variable.rfind(password, 0) == 0)
      result.password = variable.substr(password.size());
  return result;
}

void do_as_operator(const daemon& server, deed what, const std::string& who) {
  persistence::open_options options;
  options.where = database_of(server);
  const auto db = persistence::open(options);
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const decision why{"root", "local", "", now};
  db->transact([&] {
    if (what == deed::operator_kicks)
      ASSERT_TRUE(db->kick(key_of(who), now + std::chrono::minutes(5), why));
    else
      ASSERT_TRUE(db->unban(key_of(who), why));
  });
}

std::vector<std::string> all_transcripts() {
  std::vector<std::string> result;
  for (const auto& entry : std::filesystem::directory_iterator(SALOND_TRANSCRIPTS))
    if (entry.path().extension() == ".transcript")
      result.push_back(entry.path().stem());
  std::sort(result.begin(), result.end());
  return result;
}

enum class way { tcp, unix_socket };

class Transcripts : public testing::TestWithParam<std::tuple<std::string, database_kind, way>> {};

TEST_P(Transcripts, GoAsTheyAreWritten) {
  support::read_promptly();
  const auto& [name, kind, over] = GetParam();
  SALOND_NEEDS(kind);
  auto what = support::read_transcript(std::string(SALOND_TRANSCRIPTS) + "/" + name + ".transcript");
  what.name = name;
  const auto db = kind.make();
  daemon server(db->options());
  server.how.settings = what.settings;
  if (over == way::unix_socket)
    server.how.listen = {"unix:" + std::string(server.folder() / "socket")};
  server.start();

  EXPECT_NO_THROW(support::player(server, do_as_operator).play(what));

  EXPECT_EQ(server.stop(), 0) << server.log();
}

INSTANTIATE_TEST_SUITE_P(All, Transcripts,
                         testing::Combine(testing::ValuesIn(all_transcripts()), testing::ValuesIn(kinds()),
                                          testing::Values(way::tcp, way::unix_socket)),
                         [](const auto& info) {
                           return std::get<0>(info.param) + "_" + std::get<1>(info.param).name
                                  + (std::get<2>(info.param) == way::tcp ? "_tcp" : "_unix");
                         });

} // namespace
} // namespace salond::end_to_end
