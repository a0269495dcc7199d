#include "tools/bench/operators.hpp"
#include "tools/bench/large_salon.hpp"

namespace salond::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto pause = 1s;
// Of so many commands one is a ban and one a backup; the others are searches.
constexpr size_t cycle = 16, ban = 5, backup = 11;

} // namespace

operators::operators(const running_server& at, size_t authors) : at_(at) {
  thread_ = std::thread{[this, authors] { work(authors); }};
}

operators::~operators() {
  stop();
}

void operators::stop() {
  over_ = true;
  if (thread_.joinable())
    thread_.join();
}

void operators::work(size_t authors) {
  language said;
  ask({"salon", "retention", "salon1", "365"});
  for (size_t turn = 0, banned = 0; !over_; ++turn) {
    if (turn % cycle == ban && banned < authors)
      ask({"ban", "large" + std::to_string(banned++), "--yes"});
    else if (turn % cycle == backup)
      ask({"backup", "soak" + std::to_string(turn), "--keep=2"});
    else
      ask({"search", "salon1", turn % 3 == 0 ? said.absent() : said.word(turn)});
    std::this_thread::sleep_for(pause);
  }
}

void operators::ask(const std::vector<std::string>& command) {
  ++commands_;
  try {
    const auto answer = at_.ask(0, command);
    if (answer.is_object() && answer.contains("error") && fault_.empty())
      fault_ = command.front() + ": " + answer.dump();
  } catch (const std::exception& error) {
    if (fault_.empty())
      fault_ = error.what();
  }
}

} // namespace salond::bench
