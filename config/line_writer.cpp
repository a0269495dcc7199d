#include "config/line_writer.hpp"
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <pthread.h>
#include <string_view>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace salond {
namespace {

// Some ten thousand lines: what a reader that pauses for seconds may miss at most of a busy server.
constexpr size_t max_waiting = 1 << 20;

/// Answers what was not written: the descriptor takes nothing any more, or not now (a full disk, a reader that is
/// gone).
std::string_view write_what_goes(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (written < 0 && errno == EAGAIN) { // whoever started us made it non-blocking
      pollfd room{descriptor, POLLOUT, 0};
      ::poll(&room, 1, -1);
    } else if (written == 0 || errno != EINTR) {
      break;
    }
  }
  return text;
}

bool takes_more(int descriptor, std::chrono::milliseconds within) {
  pollfd room{descriptor, POLLOUT, 0};
  return ::poll(&room, 1, static_cast<int>(within.count())) == 1;
}

} // namespace

line_writer::line_writer(int descriptor, teller of_losses)
    : descriptor_(descriptor), of_losses_(std::move(of_losses)) {}

void line_writer::put(std::string line) {
  const std::lock_guard lock{guard_};
  begin();
  if (waiting_bytes_ + line.size() > max_waiting)
    full_ = true;
  if (full_) { // until half of it is out, or every second line would tell of a loss
    ++lost_behind_;
    more_.notify_one();
    return;
  }
  waiting_bytes_ += line.size();
  waiting_.push_back({std::move(line), std::exchange(lost_behind_, 0)});
  more_.notify_one();
}

bool line_writer::flush(std::chrono::milliseconds within) {
  std::unique_lock lock{guard_};
  while (!begun_ && !waiting_.empty() && takes_more(descriptor_, within))
    write_next(lock);
  return idle_.wait_for(lock, within, [this] { return waiting_.empty() && !busy_ && lost_behind_ == 0; });
}

/// The thread takes no signal: those belong to whoever waits for them.
void line_writer::begin() {
  if (std::exchange(begun_, true))
    return;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::thread([this] { work(); }).detach();
  } catch (const std::system_error&) {
    begun_ = false; // no thread to be had now; the next line tries again
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void line_writer::work() {
  std::unique_lock lock{guard_};
  for (;;) {
    more_.wait(lock, [this] { return !waiting_.empty() || lost_behind_ != 0; });
    write_next(lock);
  }
}

void line_writer::write_next(std::unique_lock<std::mutex>& lock) {
  entry next;
  if (waiting_.empty()) {
    next.lost_before = std::exchange(lost_behind_, 0);
  } else {
    next = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= next.line.size();
  }
  full_ = full_ && waiting_bytes_ > max_waiting / 2;
  busy_ = true;
  lock.unlock();
  write(next);
  lock.lock();
  busy_ = false;
  if (waiting_.empty())
    idle_.notify_all();
}

void line_writer::write(const entry& next) {
  untold_ += next.lost_before;
  tell_losses();
  if (!next.line.empty() && !write_whole(next.line))
    ++untold_;
}

/// False: not all of it was written. What was stays a line of its own: the next one begins with the line end it lacks.
bool line_writer::write_whole(std::string text) {
  if (torn_)
    text.insert(0, 1, '\n');
  const auto left = write_what_goes(descriptor_, text).size();
  if (left != text.size())
    torn_ = text[text.size() - left - 1] != '\n';
  return left == 0;
}

void line_writer::tell_losses() {
  if (untold_ != 0 && write_whole(of_losses_(untold_)))
    untold_ = 0;
}

} // namespace salond
