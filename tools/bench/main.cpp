// salond-bench: the project's own benchmark. `salond-bench --help` says what it can do.
#include "tools/bench/scenarios.hpp"
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <stdexcept>

namespace {

using namespace salond::bench;

constexpr const char* help_text =
    R"(usage: salond-bench [OPTION…]             starts servers, puts them through scenarios, prints a table
       salond-bench prefill --db=ADDRESS --users=N [--memory-kib=N] [--passes=N]
                                         makes the accounts u0 … (password: secret) and the salons salon1 …
       salond-bench flood --port=N --kind=NAME --connections=N [--tls]
                                         the flooder of the scenario floods, until it is ended; --kind=busy: a busy loop
       salond-bench report --from=FILE [--docs=FOLDER]
                                         prints the table of earlier results, or puts it into FOLDER/performance.md

Servers, all in turn (default: --sqlite --floor):
  --sqlite             salond on SQLite in a temporary folder
  --mariadb            salond on a private MariaDB with its default durability
  --db=mysql://…       salond on this database, which is filled with accounts and messages
  --nodes=N            so many nodes of salond on one private MariaDB; with --nodes=1 --nodes=3 these two
  --floor              a bare epoll loop without features: what the others are compared with

  --tls                salond over TLS, under the name of the database with -tls; the floor has none

  --scenarios=A,B      these alone; --list names them all
  --quick              shorter, and fewer connections
  --repeat=N           medians of N runs
  --out=FILE           appends one line of JSON a result
  --text-bytes=N       length of a message (100)
  --minutes=N          of the soak (30)
  --kinds=A,B          of floods, these alone: HISTORY, TOKEN, connections, ...
  --server-core=N      of the server and its database (0); --own-core=N: of this program (1)
  --unpinned           the system may move both
  --salond=PROGRAM     (beside this one in the build folder); --salonctl=PROGRAM, for nodes
  --note=TEXT          goes into each line
Everything runs on 127.0.0.1. Status 1: a message was lost, doubled, altered or out of order, or a scenario failed.
)";

struct arguments {
  std::vector<std::pair<std::string, std::string>> options; ///< without the dashes
  std::vector<std::string> words;

  arguments(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
      const std::string word = argv[i];
      const auto equals = word.find('=');
      if (word.rfind("--", 0) == 0)
        options.emplace_back(word.substr(2, equals - 2), equals == std::string::npos ? "" : word.substr(equals + 1));
      else
        words.push_back(word);
    }
  }
  bool has(const std::string& name) const {
    return std::any_of(options.begin(), options.end(), [&](const auto& option) { return option.first == name; });
  }
  /// The last one given holds.
  std::string get(const std::string& name, const std::string& otherwise) const {
    auto result = otherwise;
    for (const auto& [known, value] : options)
      if (known == name)
        result = value;
    return result;
  }
  int number(const std::string& name, int otherwise) const { return std::stoi(get(name, std::to_string(otherwise))); }
};

void check_names(const arguments& asked) {
  static const std::vector<std::string> known{"sqlite", "mariadb",     "db",    "floor",      "scenarios",   "list",
                                              "quick",  "repeat",      "out",   "text-bytes", "own-core",    "unpinned",
                                              "salond", "note",        "help",  "memory-kib", "server-core", "passes",
                                              "users",  "from",        "docs",  "minutes",    "tls",         "port",
                                              "kind",   "connections", "kinds", "nodes",      "salonctl"};
  for (const auto& [name, value] : asked.options)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw std::invalid_argument("unknown option --" + name);
}

size_t number_of_nodes(const std::string& text) {
  const auto number = std::stoi(text);
  if (number < 1 || number > 26)
    throw std::invalid_argument("--nodes: from 1 to 26");
  return static_cast<size_t>(number);
}

std::vector<std::unique_ptr<subject>> subjects(const arguments& asked) {
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  subject::programs programs;
  programs.salond = asked.get("salond", (here / "../salond/salond").lexically_normal());
  programs.salonctl = asked.get("salonctl", (here / "../salonctl/salonctl").lexically_normal());
  programs.floor = here / "salond-bench-floor";
  if (!asked.has("unpinned"))
    programs.core = asked.number("server-core", 0);
  if (asked.has("tls"))
    programs.over = way::tls;
  std::vector<std::unique_ptr<subject>> all;
  for (const auto& [name, value] : asked.options) {
    if (name == "sqlite")
      all.push_back(std::make_unique<subject>(subject::kind::sqlite, programs));
    if (name == "mariadb")
      all.push_back(std::make_unique<subject>(subject::kind::mariadb, programs));
    if (name == "db")
      all.push_back(std::make_unique<subject>(subject::kind::mysql, programs, value));
    if (name == "nodes")
      all.push_back(std::make_unique<subject>(subject::kind::nodes, programs, "", number_of_nodes(value)));
    if (name == "floor")
      all.push_back(std::make_unique<subject>(subject::kind::floor, programs));
  }
  if (all.empty()) {
    all.push_back(std::make_unique<subject>(subject::kind::sqlite, programs));
    all.push_back(std::make_unique<subject>(subject::kind::floor, programs));
  }
  return all;
}

bool wanted(const arguments& asked, const scenario& candidate) {
  const auto names = "," + asked.get("scenarios", "") + ",";
  return asked.has("scenarios") ? names.find("," + std::string{candidate.name} + ",") != std::string::npos
                                : !candidate.long_one;
}

std::string settings(const arguments& asked) {
  return std::string{"Server and database "}
         + (asked.has("unpinned")
                ? "on any core"
                : "on core " + asked.get("server-core", "0") + ", generator on core " + asked.get("own-core", "1"))
         + "; texts of " + asked.get("text-bytes", "100")
         + " bytes; cheap password hashes (8 KiB, 1 pass) unless stated; "
         + "SQLite with synchronous=FULL, MariaDB with its default durability.";
}

int measure(const arguments& asked) {
  auto servers = subjects(asked); // before this program is kept to a core: children inherit that
  if (!asked.has("unpinned"))
    stay_on(asked.number("own-core", 1));
  auto common = surroundings(asked.get("note", ""));
  common["settings"] = settings(asked);
  journal out{asked.get("out", ""), common};
  run_options options;
  options.quick = asked.has("quick");
  options.text_bytes = static_cast<size_t>(asked.number("text-bytes", 100));
  options.minutes = asked.number("minutes", 0);
  options.kinds = asked.get("kinds", "");
  auto complete = true;
  for (const auto& candidate : all_scenarios())
    for (options.repetition = 1; wanted(asked, candidate) && options.repetition <= asked.number("repeat", 1);
         ++options.repetition)
      for (const auto& server : servers) {
        std::fprintf(stderr, "%s on %s\n", candidate.name, server->name().c_str());
        try {
          candidate.run(*server, options, out);
        } catch (const std::exception& error) {
          std::fprintf(stderr, "%s on %s: %s\n", candidate.name, server->name().c_str(), error.what());
          complete = false;
        }
      }
  std::cout << table(out.lines());
  return complete && faultless(out.lines()) ? 0 : 1;
}

int run(const arguments& asked) {
  check_names(asked);
  const auto command = asked.words.empty() ? "" : asked.words.front();
  if (asked.has("help")) {
    std::cout << help_text;
  } else if (asked.has("list")) {
    for (const auto& candidate : all_scenarios())
      std::cout << candidate.name << ": " << candidate.about << "\n";
  } else if (command == "prefill") {
    const account_cost cheapest;
    prefill(asked.get("db", ""), static_cast<size_t>(asked.number("users", 10000)),
            {static_cast<unsigned>(asked.number("memory-kib", static_cast<int>(cheapest.memory_kib))),
             static_cast<unsigned>(asked.number("passes", static_cast<int>(cheapest.passes)))});
  } else if (command == "flood") {
    flood(asked.get("kind", ""), static_cast<uint16_t>(asked.number("port", 0)),
          static_cast<size_t>(asked.number("connections", 1)), asked.has("tls") ? way::tls : way::clear);
  } else if (command == "report") {
    const auto lines = read_lines(asked.get("from", ""));
    if (asked.has("docs"))
      write_documents(lines, asked.get("docs", "docs"));
    else
      std::cout << table(lines);
  } else if (command.empty()) {
    return measure(asked);
  } else {
    throw std::invalid_argument("unknown command " + command);
  }
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run({argc, argv});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "salond-bench: %s\n", error.what());
    return 2;
  }
}
