// Commands as salonctl runs them: one answer for most, and what is more than that: files, passwords, live views.
#pragma once
#include "protocol/words/operator_command.hpp"
#include "tools/salonctl/link.hpp"

namespace salonctl {

/// The words as a command. Throws failure.
salond::spoken_command understood(const std::vector<std::string>& words);

/// What `help …` prints. Throws failure where there is no such command.
std::string help_about(const std::vector<std::string>& words);

class runner {
public:
  runner(const options& settings, server_link& server) : options_(settings), server_(server) {}

  /// Runs one command and prints its answer. Throws failure.
  void run(const std::vector<std::string>& words);

  /// Reads commands until the input's end, `quit` or `exit`; says what went wrong and goes on. Throws failure at the
  /// end of a script in which something did.
  void console();

private:
  bool obey(const std::string& line);
  server_link::answer answer_of(const std::vector<std::string>& words, const server_link::input& more);
  void print(const std::string& answer) const;
  void issue_certificate(const std::vector<std::string>& words, const salond::spoken_command& said);
  int64_t tell_new_lines(const std::vector<std::string>& words);
  void follow_log(const salond::spoken_command& said, std::vector<std::string> words);
  void watch(const std::vector<std::string>& words);

  const options& options_;
  server_link& server_;
  bool lines_as_json_ = false; ///< of the log that is followed
};

} // namespace salonctl
