// salonctl's command line: whom to talk to and how, then the command's own words.
#pragma once
#include "config/config.hpp"
#include "protocol/words/operator_command.hpp"
#include <string>
#include <vector>

namespace salonctl {

struct options {
  std::string bundle; ///< the file with the operator's certificate
  salond::config::endpoint server = *salond::config::settings{}.admin;
  bool names_server = false; ///< it was given, so the bundle's does not count
  bool json = false;
  bool help = false, version = false;
  std::vector<std::string> words;
  std::string fault; ///< what is wrong; empty: nothing
};

options parse(int argc, char** argv);

/// salonctl's own options as `--help` writes them: "--state=DIR", "--json".
const std::vector<const char*>& own_options();
/// All commands: the server's, and those that salonctl carries out by itself.
std::vector<const salond::operator_command*> all_commands();

/// What `--help` prints: the options and all commands.
std::string help_text();
/// What `help COMMAND` prints: every command that begins with the words. Empty: there is none.
std::string help_text(const std::vector<std::string>& words);

} // namespace salonctl
