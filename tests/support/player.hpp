// Plays a transcript against the real server.
#pragma once
#include "tests/support/daemon.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/transcript.hpp"
#include <functional>
#include <map>
#include <variant>

namespace salond::support {

/// What operators do to the database while no server runs on it. Opens the database of that server.
using operator_deed = std::function<void(const daemon& server, transcript::step::kind what, const std::string& who)>;

class player {
public:
  /// REQUIRES: `server` is started.
  player(daemon& server, operator_deed deed) : server_(server), deed_(std::move(deed)) {}

  /// Plays all steps; throws std::runtime_error at the first that goes otherwise, naming its line.
  void play(const transcript& what);

private:
  using client = std::variant<line_client, raw_client>;

  void play(const transcript::step& step);
  client& find(const std::string& who);
  void say(const std::string& who, std::string text);
  std::string hear(const std::string& who);
  void expect(const std::string& who, const std::string& expected);
  void expect_silence(const std::string& who);
  void serve(transcript::step::kind what, const std::string& who);
  void register_once(const std::string& who);
  std::vector<std::pair<std::string, std::string>> values() const;

  daemon& server_;
  operator_deed deed_;
  std::map<std::string, client> clients_;
  std::string it_;
};

} // namespace salond::support
