#include "tools/salonctl/options.hpp"
#include "config/command_line.hpp"
#include <getopt.h>

namespace salonctl {
namespace {

constexpr const char* about = R"(salonctl [--state=DIR | --bundle=FILE] [--server=HOST:PORT] [--json] COMMAND...

Administers a salond. Without --bundle it uses the certificate that salond made for local administrators, in the
state folder: --state, or the default one of salond.

  --state=DIR         the server's state folder
  --bundle=FILE       the operator's certificate, as `salonctl cert issue` wrote it
  --server=HOST:PORT  the admin port; the bundle's, or 127.0.0.1:5001, if not given
  --json              print JSON, one value a line
  --help, --version

Exit status: 0 done, 1 refused, 2 wrong usage, 3 cannot connect, 4 not allowed (certificate or role).

)";

/// What salonctl does by itself.
const std::vector<salond::operator_command> own_commands = {
    {"console", "", "Reads commands, one a line; also KICK:user, BAN:user, ACCEPT:user:salon, REJECT:user:salon, KILL.",
     salond::right::operators},
    {"help", "[COMMAND...]", "What a command takes.", salond::right::operators},
};

std::string line_of(const salond::operator_command& command) {
  auto line = "  " + std::string(command.name);
  if (!command.arguments.empty())
    line += " " + std::string(command.arguments);
  line += line.size() < 40 ? std::string(40 - line.size(), ' ') : "\n" + std::string(40, ' ');
  return line + std::string(command.summary) + "\n";
}

} // namespace

options parse(int argc, char** argv) {
  enum : int { state = 256, bundle, server, json, help, version };
  const option known[] = {{"state", required_argument, nullptr, state},
                          {"bundle", required_argument, nullptr, bundle},
                          {"server", required_argument, nullptr, server},
                          {"json", no_argument, nullptr, json},
                          {"help", no_argument, nullptr, help},
                          {"version", no_argument, nullptr, version},
                          {nullptr, 0, nullptr, 0}};
  options out;
  std::string folder, why;
  opterr = 0; // what is wrong is said by us
  // "+": the first word that is no option begins the command, whose own options are not ours.
  for (int letter; (letter = ::getopt_long(argc, argv, "+:h", known, nullptr)) != -1;) {
    const std::string value = optarg ? optarg : "";
    switch (letter) {
    case state:
    case bundle:
      (letter == state ? folder : out.bundle) = value;
      if (value.empty())
        out.fault = std::string(letter == state ? "--state" : "--bundle") + " needs a value";
      break;
    case server:
      out.names_server = true;
      if (const auto where = salond::config::parse_admin(value, why))
        out.server = *where;
      else
        out.fault = "--server: write HOST:PORT, as 127.0.0.1:5001";
      break;
    case json: out.json = true; break;
    case 'h':
    case help: out.help = true; break;
    case version: out.version = true; break;
    case ':': out.fault = std::string(argv[optind - 1]) + " needs a value"; break;
    default: out.fault = std::string(argv[optind - 1]) + " is no option of salonctl; see salonctl --help";
    }
  }
  out.words.assign(argv + optind, argv + argc);
  if (!folder.empty() && !out.bundle.empty())
    out.fault = "--state and --bundle do not go together; give one of them";
  if (folder.empty())
    folder = salond::config::default_state(salond::config::this_process());
  if (out.bundle.empty() && !folder.empty()) // without either it is asked for, once a certificate is needed
    out.bundle = folder + "/tls/administrator.pem";
  return out;
}

const std::vector<const char*>& own_options() {
  static const std::vector<const char*> all = {"--state=DIR", "--bundle=FILE", "--server=HOST:PORT",
                                               "--json",      "--help",        "--version"};
  return all;
}

std::vector<const salond::operator_command*> all_commands() {
  std::vector<const salond::operator_command*> result;
  for (const auto* commands : {&salond::operator_commands(), &own_commands})
    for (const auto& command : *commands)
      result.push_back(&command);
  return result;
}

std::string help_text() {
  return about + ("Commands:\n" + help_text({}));
}

std::string help_text(const std::vector<std::string>& words) {
  std::string wanted, text;
  for (const auto& word : words)
    wanted += (wanted.empty() ? "" : " ") + word;
  for (const auto* command : all_commands())
    if (command->name.substr(0, wanted.size()) == wanted)
      text += line_of(*command);
  return text;
}

} // namespace salonctl
