#include "config/command_line.hpp"
#include "protocol/words/peer_name.hpp"
// A comma may stand in the path of a unix socket; an argument never holds a NUL.
#define CXXOPTS_VECTOR_DELIMITER '\0'
#include <algorithm>
#include <cstdlib>
#include <cxxopts.hpp>
#include <functional>
#include <set>
#include <unistd.h>

namespace salond::config {

namespace {

using action = command_line::action;

cxxopts::Options options() {
  cxxopts::Options out("salond", "salond, a chat server. Without options it listens on tcp://127.0.0.1:5000 and keeps\n"
                                 "its data, in SQLite, in the state folder.\n");
  out.set_width(100).custom_help(
      "[--config=FILE] [--db=DATABASE] [--listen=ADDRESS]... [--admin=HOST:PORT] [--state=DIR]\n"
      "         [--cluster=HOST:PORT [--node=NAME] [--join=FILE]]");
  const auto text = [] { return cxxopts::value<std::string>(); };
  // clang-format off
  out.add_options()
      ("config", "Read the configuration from this file; the other options override it", text(), "FILE")
      ("db", "The database: sqlite:PATH or mysql://USER@HOST[:PORT]/NAME[?socket=PATH&tls=ca:FILE]", text(), "DATABASE")
      ("listen", "Accept clients here: tls://HOST:PORT (port 0: any free one), tls://[IPV6]:PORT, unix:PATH, or in "
                 "clear tcp://HOST:PORT; may be given several times",
                 cxxopts::value<std::vector<std::string>>(), "ADDRESS")
      ("admin", "Where salonctl reaches the server, 127.0.0.1:5001 if not given; none: nowhere", text(), "HOST:PORT")
      ("state", "The folder for what the server keeps; made if it is missing", text(), "DIR")
      ("cluster", "Be a node of several on one MySQL or MariaDB database, which the others reach here (port 0: any free "
                  "one)", text(), "HOST:PORT")
      ("node", "With --cluster: what this node is called; the host's name, made to fit, if not given", text(), "NAME")
      ("join", "With --cluster: the bundle with which a new node enters", text(), "FILE")
      ("check-config", "Say all that is wrong with the configuration, and end")
      ("migrate-only", "Bring the database up to date, or take over an old one, and end; opens no port")
      ("dry-run", "With --migrate-only, or alone: say what that would do, change nothing")
      ("restore", "Load this backup into the database, which must be empty, and end; opens no port", text(), "FILE")
      ("h,help", "Print this, and end")
      ("version", "Print the version, and end");
  // clang-format on
  out.allow_unrecognised_options(); // so that each can be named, not only the first
  return out;
}

constexpr const char* more_help = R"(
The state folder, unless --state or the configuration names it: $STATE_DIRECTORY (set by systemd), /var/lib/salond
for root, otherwise $XDG_STATE_HOME/salond or ~/.local/state/salond. The database there: salond.db.

The password of the database is never given here: set SALOND_DB_PASSWORD, or name a file in the configuration
(db_password_file).

When it accepts connections, salond prints `ready` and its addresses on standard output; it logs to standard error.
SIGTERM and SIGINT stop it in order; one more, after a second or later, at once.
Exit status: 0 all is well, 1 it could not do its work, 2 the command line or the configuration is wrong.

  salond --state=/tmp/try --listen=tcp://127.0.0.1:0
  SALOND_DB_PASSWORD=... salond --db=mysql://chat@db.example/chat --listen=tls://0.0.0.0:5000
)";

constexpr const char* clear_to_others =
    " would carry passwords and messages in clear over the network; write tls:// in place of tcp://, or a loopback "
    "address, or, if the network is trusted, \"listen_clear_anywhere\": true into the configuration";
constexpr const char* unknown_option = "is no option of salond; see salond --help";

/// The options that take no value, with their hyphens.
std::set<std::string, std::less<>> switches() {
  std::set<std::string, std::less<>> result;
  const auto all = options();
  for (const auto& each : all.group_help("").options)
    if (each.is_boolean)
      for (const auto& name : each.l)
        result.insert("--" + name);
  return result;
}

/// The environment variable, if it holds anything.
std::optional<std::string> variable_of(const surroundings& around, const std::string& name) {
  auto value = around.variable(name);
  return value && !value->empty() ? value : std::nullopt;
}

/// Takes the command line apart, step by step, into one result.
class parser {
public:
  explicit parser(const surroundings& around) : around_(around) {}

  command_line parse(int argc, const char* const* argv) {
    if (!sort_out(argc, argv))
      return std::move(out_);
    auto known = options();
    try {
      given_ = known.parse(static_cast<int>(arguments_.size()), arguments_.data());
    } catch (const cxxopts::exceptions::exception& wrong) {
      fault("command line", wrong.what());
      return std::move(out_);
    }
    choose_action();
    if (out_.wanted == action::help || out_.wanted == action::version)
      return std::move(out_);
    refuse_unknown(given_.unmatched());
    read_file();
    override_with_options();
    fill_in_state();
    fill_in_password();
    check_authorities();
    check_listen();
    check_cluster();
    for (auto& each : warnings_about(out_.values))
      out_.warnings.push_back(std::move(each));
    return std::move(out_);
  }

private:
  void fault(std::string where, std::string cure) { out_.faults.push_back({std::move(where), std::move(cure)}); }

  void choose_action() {
    const bool migrate = given_.count("migrate-only") != 0, dry = given_.count("dry-run") != 0;
    if (given_.count("help"))
      out_.wanted = action::help;
    else if (given_.count("version"))
      out_.wanted = action::version;
    else if (given_.count("check-config"))
      out_.wanted = action::check_config;
    else if (dry)
      out_.wanted = action::dry_run;
    else if (migrate)
      out_.wanted = action::migrate_only;
    if (out_.wanted == action::check_config && (migrate || dry))
      fault("--check-config", "does not go with --migrate-only or --dry-run; give one of them");
    if (const auto file = option("restore")) {
      if (out_.wanted != action::run)
        fault("--restore", "goes with no other thing to do");
      out_.wanted = action::restore;
      out_.backup = *file;
    }
  }

  /// Takes out what the option parser would make letters of. False: a password is there, and nothing more is said of a
  /// command line that holds one, since any part of it may be the password.
  bool sort_out(int argc, const char* const* argv) {
    const auto without_value = switches();
    for (int i = 0; i < argc; ++i) {
      const std::string_view text = argv[i];
      const auto name = text.substr(0, text.find('='));
      const bool one_dash = i > 0 && text.size() > 1 && text[0] == '-' && text[1] != '-' && text != "-h";
      if (i > 0 && text.substr(0, 1) == "-" && name.find("pass") != std::string_view::npos) {
        out_.faults.clear();
        fault("command line", "a password does not belong here, where every user of this machine can read it; put it "
                              "into the environment variable SALOND_DB_PASSWORD or into a file named by "
                              "db_password_file in the configuration");
        return false;
      }
      if (one_dash)
        fault(std::string(name), unknown_option);
      else if (name != text && without_value.count(name) != 0)
        fault(std::string(name), "takes no value; write " + std::string(name) + " alone");
      else
        arguments_.push_back(argv[i]);
    }
    return true;
  }

  void refuse_unknown(const std::vector<std::string>& unknown) {
    for (const auto& each : unknown) {
      if (each.substr(0, 1) == "-")
        fault(each.substr(0, each.find('=')), unknown_option);
      else
        fault("command line", "\"" + each + "\" stands alone; options are written --name=value, see salond --help");
    }
  }

  /// The option's value, if it is given.
  std::optional<std::string> option(const std::string& name) {
    if (given_.count(name) == 0)
      return {};
    if (given_.count(name) > 1)
      fault("--" + name, "is given twice; remove one");
    const auto value = given_[name].as<std::string>();
    if (!value.empty())
      return value;
    fault("--" + name, "needs a value: --" + name + "=...");
    return {};
  }

  void read_file() {
    const auto path = option("config");
    if (!path)
      return;
    if (around_.kept) {
      out_.file = around_.kept;
    } else {
      auto content = around_.read(*path);
      if (const auto* why = std::get_if<std::string>(&content))
        return fault(*path, "cannot be read: " + *why);
      out_.file = std::move(std::get<file_content>(content).bytes);
    }
    auto read = load(*out_.file);
    for (const auto& each : read.faults)
      fault(*path, each.to_string());
    out_.values = std::move(read.values);
    password_file_ = std::move(read.db_password_file);
    for (const auto& name : read.named)
      out_.sources[name] = "file " + *path;
  }

  void override_with_options() {
    for (const auto& [name, of] :
         {std::pair{"db", "db"}, std::pair{"admin", "admin.listen"}, std::pair{"state", "state"},
          std::pair{"listen", "listen"}, std::pair{"cluster", "cluster.listen"}, std::pair{"node", "cluster.node"},
          std::pair{"join", "cluster.join"}})
      if (given_.count(name) != 0)
        out_.sources[of] = "command line";
    std::string why;
    if (const auto db = option("db")) {
      if (auto parsed = parse_database(*db, why))
        out_.values.db = *parsed;
      else
        fault("--db", why);
    }
    if (const auto admin = option("admin")) {
      out_.values.admin = parse_admin(*admin, why);
      if (!why.empty())
        fault("--admin", why);
    }
    if (const auto state = option("state"))
      out_.values.state = *state;
    override_cluster();
    if (given_.count("listen") == 0)
      return;
    out_.values.listen.clear();
    for (const auto& each : given_["listen"].as<std::vector<std::string>>()) {
      if (auto parsed = parse_endpoint(each, why))
        out_.values.listen.push_back(*parsed);
      else
        fault("--listen=" + each, why);
    }
  }

  void override_cluster() {
    auto& cluster = out_.values.cluster;
    std::string why;
    if (const auto listen = option("cluster")) {
      cluster.listen = parse_cluster(*listen, why);
      if (!cluster.listen)
        fault("--cluster", why);
    }
    if (const auto node = option("node"))
      cluster.node = *node;
    if (const auto join = option("join"))
      cluster.join = *join;
  }

  void check_cluster() {
    auto& cluster = out_.values.cluster;
    const bool asked = out_.sources.count("cluster.listen") != 0;
    for (const auto& [name, value] : {std::pair{"cluster.node", cluster.node}, std::pair{"cluster.join", cluster.join}})
      if (!asked && !value.empty())
        fault(name, "is about a node: say with --cluster=HOST:PORT where the others reach it, or remove it");
    if (!cluster.node.empty() && !is_peer_name(cluster.node))
      fault("cluster.node", std::string("is no name of a node: ") + peer_name_rule);
    if (!asked)
      return;
    if (std::holds_alternative<sqlite_database>(out_.values.db))
      fault("cluster.listen", "nodes share a MySQL or MariaDB database, and SQLite is for one process: "
                              "--db=mysql://USER@HOST/NAME");
    if (cluster.node.empty()) {
      cluster.node = node_name_of(around_.host);
      out_.sources["cluster.node"] = host_name;
    }
  }

  void fill_in_state() {
    auto& values = out_.values;
    if (values.state.empty()) {
      values.state = default_state(around_);
      out_.sources["state"] = source_of_state();
    }
    if (values.state.empty())
      fault("--state", "is needed, since neither STATE_DIRECTORY nor HOME is set: --state=DIR");
    if (auto* sqlite = std::get_if<sqlite_database>(&values.db); sqlite && sqlite->path.empty())
      sqlite->path = values.state + "/salond.db";
  }

  /// As default_state() looks for it.
  std::string source_of_state() {
    if (variable_of(around_, "STATE_DIRECTORY"))
      return "environment STATE_DIRECTORY";
    if (around_.root)
      return "default";
    const auto given = variable_of(around_, "XDG_STATE_HOME");
    return given && given->front() == '/' ? "environment XDG_STATE_HOME" : "environment HOME";
  }

  void fill_in_password() {
    auto* mysql = std::get_if<mysql_database>(&out_.values.db);
    if (!mysql)
      return;
    if (const auto given = variable_of(around_, "SALOND_DB_PASSWORD")) {
      mysql->password = *given;
      out_.sources["db_password"] = "environment SALOND_DB_PASSWORD";
    } else if (!password_file_.empty()) {
      mysql->password = password_from_file();
      out_.sources["db_password"] = "file " + password_file_;
    }
  }

  /// The client library reads that file by itself, and would wait for one that never begins.
  void check_authorities() {
    const auto* mysql = std::get_if<mysql_database>(&out_.values.db);
    if (!mysql || mysql->ca_file.empty())
      return;
    const auto content = around_.read(mysql->ca_file);
    if (const auto* why = std::get_if<std::string>(&content))
      fault("db", mysql->ca_file + " cannot be read: " + *why);
  }

  std::string password_from_file() {
    const std::string name = "db_password_file";
    const auto content = around_.read(password_file_);
    if (const auto* why = std::get_if<std::string>(&content)) {
      fault(name, password_file_ + " cannot be read: " + *why);
      return {};
    }
    // Its group may well be the service's own (root:salond, 0640); everyone never is.
    if (std::get<file_content>(content).open_to_others)
      out_.warnings.push_back({name, password_file_ + " can be read by everyone on this machine; chmod o-r it"});
    auto password = std::get<file_content>(content).bytes;
    for (const char end : {'\n', '\r'}) // one line end: an editor leaves it
      if (!password.empty() && password.back() == end)
        password.pop_back();
    if (password.empty())
      fault(name, password_file_ + " is empty; write the password into it");
    return password;
  }

  void check_listen() {
    std::set<std::string> seen;
    for (const auto& each : out_.values.listen) {
      const bool any_port = each.type != endpoint::kind::unix_socket && each.port == 0;
      if (!any_port && !seen.insert(each.to_string()).second)
        fault("listen", each.to_string() + " is named twice; remove one");
      if (is_clear_to_others(each) && !out_.values.listen_clear_anywhere)
        fault("listen", each.to_string() + clear_to_others);
    }
  }

  const surroundings& around_;
  std::vector<const char*> arguments_;
  cxxopts::ParseResult given_;
  command_line out_;
  std::string password_file_;
};

} // namespace

surroundings this_process() {
  const auto variable = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>{value} : std::nullopt;
  };
  char host[256] = "";
  if (::gethostname(host, sizeof host - 1) != 0)
    host[0] = '\0';
  return {variable, [](const std::string& path) { return read_regular_file(path); }, geteuid() == 0, host};
}

command_line parse(int argc, const char* const* argv, const surroundings& around) {
  return parser{around}.parse(argc, argv);
}

std::string default_state(const surroundings& around) {
  if (const auto given = variable_of(around, "STATE_DIRECTORY")) // systemd lists several with colons between
    return given->substr(0, given->find(':'));
  if (around.root)
    return "/var/lib/salond";
  if (const auto given = variable_of(around, "XDG_STATE_HOME");
      given && given->front() == '/') // its rule: else ignored
    return *given + "/salond";
  if (const auto home = variable_of(around, "HOME"))
    return *home + "/.local/state/salond";
  return {};
}

std::string help_text() {
  return options().help() + more_help;
}

} // namespace salond::config
