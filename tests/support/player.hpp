// Plays a transcript against a server.
#pragma once
#include "tests/support/raw_client.hpp"
#include "tests/support/stage.hpp"
#include <map>
#include <variant>

namespace salond::support {

class player {
public:
  /// REQUIRES: `server` is started.
  explicit player(stage& server) : server_(server) {}

  /// Plays all steps; throws std::runtime_error at the first that goes otherwise, naming its line.
  void play(const transcript& script);

private:
  using client = std::variant<line_client, raw_client>;

  void play(const transcript::step& step);
  client& find(const std::string& who);
  void say(const std::string& who, std::string text);
  std::string hear(const std::string& who);
  void expect(const std::string& who, const std::string& expected);
  void expect_silence(const std::string& who);
  void serve(transcript::step::kind deed, const std::string& who);
  void register_once(const std::string& who);
  std::vector<std::pair<std::string, std::string>> values() const;

  stage& server_;
  std::map<std::string, client> clients_;
  std::string it_;
};

} // namespace salond::support
