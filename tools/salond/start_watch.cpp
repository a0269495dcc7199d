#include "tools/salond/start_watch.hpp"
#include "config/log.hpp"
#include "tools/salond/descriptor_proof.hpp"
#include <csignal>
#include <poll.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace salond {
namespace {

using namespace std::chrono_literals;

// With what the log may take to be written, the process ends within a second.
constexpr auto time_to_end = 500ms;
constexpr auto time_to_log = 300ms;

struct signal_name {
  unsigned number;
  const char* name;
};
constexpr signal_name meaningless[] = {{SIGUSR1, "SIGUSR1"}, {SIGUSR2, "SIGUSR2"},     {SIGALRM, "SIGALRM"},
                                       {SIGIO, "SIGIO"},     {SIGVTALRM, "SIGVTALRM"}, {SIGPWR, "SIGPWR"},
                                       {SIGPROF, "SIGPROF"}, {SIGXCPU, "SIGXCPU"},     {SIGSTKFLT, "SIGSTKFLT"}};

/// Those that programs agree upon among themselves, of which we agreed upon none.
bool is_real_time(unsigned signal) {
  return static_cast<int>(signal) >= SIGRTMIN && static_cast<int>(signal) <= SIGRTMAX;
}

/// What the system refuses a start is told, and nobody waits for what is not there.
int demanded(int descriptor) {
  if (descriptor < 0)
    throw std::runtime_error(no_descriptor);
  return descriptor;
}

} // namespace

int block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error of its write, as a full disk is
  sigset_t stop;
  sigemptyset(&stop);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&stop, signal);
  for (const auto& each : meaningless)
    sigaddset(&stop, static_cast<int>(each.number));
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal)
    sigaddset(&stop, signal);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  return demanded(::signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK));
}

bool means_nothing(const signalfd_siginfo& heard) {
  std::string name;
  for (const auto& each : meaningless)
    if (each.number == heard.ssi_signo)
      name = each.name;
  if (is_real_time(heard.ssi_signo))
    name = "SIGRTMIN+" + std::to_string(static_cast<int>(heard.ssi_signo) - SIGRTMIN);
  if (name.empty())
    return false;
  log::warning("a signal that means nothing here", {{"signal", name}, {"from_process", heard.ssi_pid}});
  return true;
}

start_watch::start_watch(int signals)
    : wake_(demanded(::eventfd(0, EFD_CLOEXEC))), thread_([this, signals] { listen(signals); }) {}

start_watch::~start_watch() {
  over();
  ::close(wake_);
}

bool start_watch::told_to_stop(std::chrono::milliseconds within) {
  std::unique_lock lock{guard_};
  return changed_.wait_for(lock, within, [this] { return told_; });
}

bool start_watch::over() {
  {
    const std::lock_guard lock{guard_};
    over_ = true;
  }
  changed_.notify_all();
  ::eventfd_write(wake_, 1);
  if (thread_.joinable())
    thread_.join();
  return told_;
}

void start_watch::listen(int signals) {
  pollfd wait[] = {{signals, POLLIN, 0}, {wake_, POLLIN, 0}};
  for (;;) {
    if (::poll(wait, 2, -1) < 0)
      continue;
    signalfd_siginfo heard;
    if (wait[1].revents != 0)
      return;
    if (::read(signals, &heard, sizeof heard) != static_cast<ssize_t>(sizeof heard) || means_nothing(heard))
      continue;
    if (heard.ssi_signo != SIGHUP)
      break;
  }
  log::info("asked to stop before it had started");
  std::unique_lock lock{guard_};
  told_ = true;
  changed_.notify_all();
  if (changed_.wait_for(lock, time_to_end, [this] { return over_; }))
    return;
  log::flush(time_to_log);
  ::_exit(status_);
}

} // namespace salond
