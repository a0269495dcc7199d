#include "tools/bench/scenarios.hpp"
#include "tools/bench/stage.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

namespace salond::bench {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr const char* flooders_address = "127.0.0.9"; // others come from 127.0.0.1
constexpr size_t first_account = 500;                 // of the flooders; others have those before

/// What is said again and again.
struct flood_kind {
  enum class manner { stream, once_each, nothing };
  const char* name;
  const char* bytes;
  bool in_session = false;
  manner way = manner::stream; ///< once_each: and then the connection is opened again; nothing: opened and closed
};

constexpr flood_kind kinds[] = {
    {"connections", "", false, flood_kind::manner::nothing},
    {"first frames", "hello\n", false, flood_kind::manner::once_each},
    {"bad bytes", "\xff\n"},
    {"empty lines", "\n"},
    {"no line end", "abcdefgh"},
    {"unknown commands", "x\n", true},
    {"empty lines in a session", "\n", true},
    {"no line end in a session", "abcdefgh", true},
    {"HELP", "HELP\n", true},
    {"HISTORY", "HISTORY:Général:500\n", true},
    {"JOIN", "JOIN:Général\n", true},
    {"PRIVATE", "PRIVATE:nobody:x\n", true},
    {"TOKEN", "TOKEN\n", true},
    {"AUTH", "AUTH:u0:secret\n", true},
    {"PASSWORD", "PASSWORD:secret:secret\n", true},
};

const flood_kind& find_kind(const std::string& name) {
  const auto found =
      std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& kind) { return kind.name == name; });
  if (found == std::end(kinds))
    throw std::invalid_argument("no kind of flood is called " + name);
  return *found;
}

bool wanted(const flood_kind& kind, const run_options& options) {
  return options.kinds.empty()
         || ("," + options.kinds + ",").find("," + std::string{kind.name} + ",") != std::string::npos;
}

[[noreturn]] void be_busy() {
  for (volatile uint64_t n = 0;; n = n + 1)
    ;
}

/// As many of them as fill a read of the server.
std::string payload_of(const flood_kind& kind) {
  std::string result = kind.bytes;
  while (kind.way == flood_kind::manner::stream && result.size() < 16384)
    result += kind.bytes;
  return result;
}

/// What others notice.
struct notice {
  measurement talk;
  std::vector<double> logins_ms;
  double load = 0; ///< of the server
};

/// Members who post now and then, far below what a user may; and a visitor who comes and goes.
class others {
public:
  others(subject& tested, const run_options& options, checker& checks)
      : on_(tested, members + 1, 1000, limited()), driver_(on_.clients, checks, on_.processes()), options_(options) {
    let_in(on_.clients);
    fill_salon(on_, checks, driver_, "Général", 0, members, members);
    driver_.run({phase::kind::open, 200 * members, 0ms, 3000ms}); // so that there is something to read again
  }
  uint16_t port() const { return on_.server.port; }
  const stage& where() const { return on_; }

  notice look() {
    const auto spent = cpu_seconds(on_.server.id());
    const auto start = clock::now();
    notice found;
    found.talk = driver_.run({phase::kind::open, 40 * members, 500ms, options_.quick ? 1500ms : 3000ms});
    auto& visitor = on_.clients.at(members);
    for (int n = 0; n < 10; ++n) {
      visitor.close();
      found.logins_ms.push_back(on_.clients.log_in(1, 30s).seconds * 1000);
    }
    std::sort(found.logins_ms.begin(), found.logins_ms.end());
    found.load = (cpu_seconds(on_.server.id()) - spent) / std::chrono::duration<double>(clock::now() - start).count();
    return found;
  }

private:
  static constexpr size_t members = 50;
  static server_options limited() {
    server_options result;
    result.limits_messages = true;
    return result;
  }

  stage on_;
  load driver_;
  run_options options_;
};

/// The flooder in a process of its own, on this program's core: the server keeps its own.
child_process start_flooder(const std::string& kind, size_t connections, const others& at, way over,
                            const std::string& errors) {
  std::vector<std::string> words{std::filesystem::read_symlink("/proc/self/exe"), "flood", "--kind=" + kind,
                                 "--port=" + std::to_string(at.port()), "--connections=" + std::to_string(connections)};
  if (over == way::tls)
    words.push_back("--tls");
  return child_process{words, std::nullopt, errors};
}

/// One flood, or one busy loop. Answers others' p99.
double run_case(subject& tested, const run_options& options, journal& out, const std::string& kind, size_t connections,
                double busy_p99) {
  checker checks{options.text_bytes};
  others people{tested, options, checks};
  work_folder folder;
  auto flooder = start_flooder(kind, connections, people, people.where().server.over, folder.file("errors"));
  flooder.read_line(30s); // it has begun
  const auto found = people.look();
  const auto running = flooder.running();
  auto line = line_about("floods", people.where(), options);
  line["phase"] = kind == "busy" ? "busy loop" : kind + " × " + std::to_string(connections);
  add(line, found.talk);
  const auto p99 = found.talk.latencies.quantile_ms(0.99);
  line["p99_to_busy_loop"] = std::round(100 * p99 / (busy_p99 > 0 ? busy_p99 : p99)) / 100;
  line["login_ms"] = found.logins_ms[found.logins_ms.size() / 2];
  line["longest_login_ms"] = found.logins_ms.back();
  line["server_load"] = std::round(100 * found.load) / 100;
  line["flooder_went_on"] = running;
  flooder.stop();
  add(line, checks.verdict());
  out.write(line);
  return p99;
}

} // namespace

void floods(subject& tested, const run_options& options, journal& out) {
  if (!tested.stores())
    return; // the floor has no commands
  const auto busy_p99 = run_case(tested, options, out, "busy", 1, 0);
  const std::vector<size_t> sizes = options.quick ? std::vector<size_t>{200} : std::vector<size_t>{1, 20, 200};
  for (const auto& kind : kinds)
    for (const auto connections : sizes)
      if (wanted(kind, options))
        run_case(tested, options, out, kind.name, connections, busy_p99);
}

void flood(const std::string& kind, uint16_t port, size_t connections, way over) {
  if (kind == "busy") {
    std::puts("begun");
    std::fflush(stdout);
    be_busy();
  }
  const auto& said = find_kind(kind);
  const auto payload = payload_of(said);
  crowd clients{port, first_account + connections, over};
  const auto enter = [&](client& flooder) {
    if (!said.in_session)
      flooder.stay_a_stranger();
    flooder.come_from(flooders_address);
    flooder.open(port, clients.epoll());
  };
  for (size_t i = first_account; i < clients.size(); ++i)
    enter(clients.at(i));
  std::puts("begun");
  std::fflush(stdout);
  for (;;) {
    clients.turn(1ms);
    for (size_t i = first_account; i < clients.size(); ++i) {
      auto& flooder = clients.at(i);
      if (flooder.now_at() == client::stage::closed) {
        enter(flooder); // whoever was closed comes again
      } else if (flooder.ready() && said.way == flood_kind::manner::nothing) {
        flooder.close();
      } else if (flooder.ready() && !flooder.wants_flush()
                 && !(said.way == flood_kind::manner::once_each && flooder.has_spoken())) {
        flooder.send(payload);
        flooder.flush();
      }
    }
  }
}

} // namespace salond::bench
