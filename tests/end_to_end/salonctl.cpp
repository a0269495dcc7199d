#include "tests/end_to_end/salonctl.hpp"
#include <fstream>
#include <gtest/gtest.h>

namespace salond::end_to_end {

ran run_salonctl(const support::daemon& server, const std::vector<std::string>& command, const std::string& input) {
  const support::temporary_folder folder;
  const std::string in = folder / "in";
  std::ofstream(in, std::ios::binary) << input;
  std::vector<std::string> words{"/bin/sh",
                                 "-c",
                                 R"(exec "$@" <"$0")",
                                 in,
                                 SALONCTL_BINARY,
                                 "--server=" + server.admin(),
                                 "--state=" + server.state()};
  words.insert(words.end(), command.begin(), command.end());
  support::process tool(words, {}, folder / "out", folder / "err");
  const auto status = tool.wait();
  return {status, tool.output(), tool.errors()};
}

nlohmann::json answer_of(const support::daemon& server, std::vector<std::string> command, const std::string& input) {
  command.insert(command.begin(), "--json");
  const auto one = run_salonctl(server, command, input);
  EXPECT_EQ(one.status, 0) << command[1] << ": " << one.errors;
  return nlohmann::json::parse(one.output, nullptr, false);
}

} // namespace salond::end_to_end
