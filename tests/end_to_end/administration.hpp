// A test of the administration, with the real salonctl beside a server on each kind of database: as an operator types
// its commands, with options and files of his own.
#pragma once
#include "tests/end_to_end/databases.hpp"
#include "tests/end_to_end/salonctl.hpp"
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace salond::end_to_end {

using nlohmann::json;
using words = std::vector<std::string>;

class administration_test : public server_test {
protected:
  void restart_with(const json& settings) {
    ASSERT_EQ(server_.stop(), 0);
    server_.options.settings = settings;
    server_.start();
  }

  /// Runs salonctl with these words; `input` is what it reads.
  ran run(const words& options, const words& command, const std::string& input = {}) {
    return run_salonctl(server_, options, command, input, folder_);
  }
  ran ctl(const words& command, const std::string& input = {}) {
    return run({"--state=" + server_.state()}, command, input);
  }
  /// The JSON that a command answers; it must succeed.
  json answer(const words& command, const std::string& input = {}) {
    const auto one = run({"--state=" + server_.state(), "--json"}, command, input);
    EXPECT_EQ(one.status, 0) << command.front() << ": " << one.errors;
    return json::parse(one.output, nullptr, false);
  }
  void refused(const words& command, int status, const std::string& why) {
    const auto one = ctl(command);
    EXPECT_EQ(one.status, status) << command.front();
    EXPECT_THAT(one.errors, testing::HasSubstr(why));
    EXPECT_EQ(one.output, "");
  }

  support::temporary_folder folder_;
};

} // namespace salond::end_to_end
