#include "tests/end_to_end/salonctl.hpp"
#include <fstream>
#include <gtest/gtest.h>

namespace salond::end_to_end {

using words = std::vector<std::string>;

ran run_salonctl(const support::daemon& server, const words& options, const words& command, const std::string& input,
                 const support::temporary_folder& folder) {
  const std::string in = folder / "in";
  std::ofstream(in, std::ios::binary) << input;
  words all{"/bin/sh",
            "-c",
            R"(cd "$1" && shift && exec "$@" <"$0")",
            in,
            folder / "",
            SALONCTL_BINARY,
            "--server=" + server.admin()};
  all.insert(all.end(), options.begin(), options.end());
  all.insert(all.end(), command.begin(), command.end());
  support::process tool(all, {}, folder / "out", folder / "err");
  const auto status = tool.wait();
  return {status, tool.output(), tool.errors()};
}

ran run_salonctl(const support::daemon& server, const words& command, const std::string& input) {
  return run_salonctl(server, {"--state=" + server.state()}, command, input, support::temporary_folder{});
}

nlohmann::json answer_of(const support::daemon& server, std::vector<std::string> command, const std::string& input) {
  command.insert(command.begin(), "--json");
  const auto one = run_salonctl(server, command, input);
  EXPECT_EQ(one.status, 0) << command[1] << ": " << one.errors;
  return nlohmann::json::parse(one.output, nullptr, false);
}

} // namespace salond::end_to_end
