// A test of what operators do, with the real salonctl beside a server on each kind of database.
#pragma once
#include "tests/end_to_end/databases.hpp"
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/line_client.hpp"
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace salond::end_to_end {

using words = std::vector<std::string>;

/// A server, whose own administrator asks.
class operators_test : public server_test {
protected:
  nlohmann::json answer(const words& command, const std::string& input = {}) {
    return answer_of(server_, command, input);
  }
  ran ctl(const words& command) { return run_salonctl(server_, command); }
  void refused(const words& command, int status, const std::string& why) {
    const auto one = ctl(command);
    EXPECT_EQ(one.status, status) << command.front();
    EXPECT_THAT(one.errors, testing::HasSubstr(why));
  }
  /// The values of a column, those that are no texts as JSON has them.
  static words column(const nlohmann::json& list, const char* name) {
    words result;
    for (const auto& row : list)
      result.push_back(row.at(name).is_string() ? row.at(name).get<std::string>() : row.at(name).dump());
    return result;
  }
  /// Says a text in Général, and waits until it is told.
  static void say(support::line_client& who, const std::string& text) {
    who.say("MSG (Général):" + text);
    for (std::string heard; heard.find(text) == std::string::npos;) {
      heard = who.hear();
      ASSERT_NE(heard, support::nothing);
      ASSERT_NE(heard, support::closed);
    }
  }
  void restart_with(const nlohmann::json& settings) {
    ASSERT_EQ(server_.stop(), 0);
    server_.options.settings = settings;
    server_.start();
  }
};

} // namespace salond::end_to_end
