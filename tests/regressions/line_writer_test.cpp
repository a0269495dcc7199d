// The lower half of tests/regressions/unread_log_test.cpp: what is written for a reader that pauses, or is gone. A line
// never waits; order is kept; what is too much is lost, counted, and told at its place.
#include "config/line_writer.hpp"
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace salond {
namespace {

using namespace std::chrono_literals;

/// A pipe and a writer into it.
struct piped {
  piped() {
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    writer = new line_writer(ends[1], [](uint64_t lost) { return "lost " + std::to_string(lost) + "\n"; });
  }
  ~piped() { ::close(ends[0]); } // the writer has a thread, which may be writing

  /// All lines, read until all that was put is out.
  std::vector<std::string> read() {
    std::string all;
    char piece[65536];
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    for (bool over = false;;) {
      const auto count = ::read(ends[0], piece, sizeof piece);
      if (count > 0)
        all.append(piece, static_cast<size_t>(count));
      else if (over)
        break;
      else
        over = writer->flush(1ms);
    }
    std::vector<std::string> lines;
    std::istringstream in(all);
    for (std::string line; std::getline(in, line);)
      lines.push_back(line);
    return lines;
  }

  int ends[2];
  line_writer* writer;
};

TEST(LineWriter, KeepsEveryLineInOrderForAReaderThatPauses) {
  piped to;
  std::vector<std::string> expected;
  for (int i = 0; i < 20000; ++i) {
    expected.push_back("line " + std::to_string(i));
    to.writer->put(expected.back() + "\n");
  }

  EXPECT_EQ(to.read(), expected);
}

TEST(LineWriter, CountsWhatIsTooMuchAndTellsItAtItsPlace) {
  piped to;
  const std::string text(1000, 'x');
  constexpr uint64_t put = 3000;
  for (uint64_t i = 0; i < put; ++i)
    to.writer->put(std::to_string(i) + text + "\n");
  EXPECT_FALSE(to.writer->flush(10ms)) << "nobody reads";

  const auto before = to.read();
  to.writer->put("after\n");
  const auto behind = to.read();

  uint64_t lost = 0, whole = 0;
  for (const auto& line : before) {
    if (line.rfind("lost ", 0) == 0)
      lost += std::stoul(line.substr(5));
    else
      EXPECT_EQ(line, std::to_string(whole++) + text);
  }
  EXPECT_GT(whole, 1000u) << "a MiB is kept";
  EXPECT_GT(lost, 0u);
  EXPECT_EQ(lost + whole, put);
  EXPECT_THAT(behind, testing::ElementsAre("after"));
}

TEST(LineWriter, TellsWhatADescriptorRefusedAsSoonAsItTakesLinesAgain) {
  piped to;
  const int pipe = ::dup(to.ends[1]), full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ::dup2(full, to.ends[1]);
  for (int i = 0; i < 3; ++i)
    to.writer->put("never seen\n");
  EXPECT_TRUE(to.writer->flush(10s)) << "refused is done with";
  ::dup2(pipe, to.ends[1]);

  to.writer->put("seen\n");

  EXPECT_THAT(to.read(), testing::ElementsAre("lost 3", "seen"));
  ::close(pipe);
  ::close(full);
}

/// Files of this process grow to so many bytes, as on a disk that is full then; until it ends.
class file_limit {
public:
  explicit file_limit(rlim_t bytes) {
    before_ = std::signal(SIGXFSZ, SIG_IGN);
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &old_), 0);
    const rlimit now{bytes, old_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &now), 0);
  }
  ~file_limit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, before_);
  }
  file_limit(const file_limit&) = delete;
  file_limit& operator=(const file_limit&) = delete;

private:
  rlimit old_{};
  void (*before_)(int) = nullptr;
};

TEST(LineWriter, EndsALineThatWasWrittenByHalfBeforeTheNext) {
  auto* const file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  auto* const writer =
      new line_writer(::fileno(file), [](uint64_t lost) { return "lost " + std::to_string(lost) + "\n"; });
  {
    const file_limit full(10);
    writer->put("whole\n");
    writer->put("half\n");
    writer->put("none\n");
    EXPECT_TRUE(writer->flush(10s));
  }

  writer->put("after\n");
  EXPECT_TRUE(writer->flush(10s));

  std::string all(100, ' ');
  all.resize(static_cast<size_t>(::pread(::fileno(file), all.data(), all.size(), 0)));
  EXPECT_EQ(all, "whole\nhalf\nlost 2\nafter\n");
  std::fclose(file);
}

TEST(LineWriter, WritesWholeLinesIntoAPipeThatSomebodyMadeNonBlocking) {
  piped to;
  ::fcntl(to.ends[1], F_SETFL, O_NONBLOCK);
  std::vector<std::string> expected;
  for (int i = 0; i < 300; ++i) {
    expected.push_back(std::to_string(i) + std::string(2000, 'x'));
    to.writer->put(expected.back() + "\n");
  }

  EXPECT_EQ(to.read(), expected);
}

} // namespace
} // namespace salond
