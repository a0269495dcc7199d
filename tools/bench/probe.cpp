#include "tools/bench/probe.hpp"
#include <algorithm>
#include <cstdlib>

namespace salond::bench {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

constexpr std::string_view mark = ": #"; // before a number

} // namespace

std::string probe::post(instant now) {
  waiting_.push_back({++posted_, now});
  return "MSG (" + salon_ + "):#" + std::to_string(posted_);
}

void probe::begin(instant now) {
  since_ = now;
  longest_ = {};
  shown_again_.reset();
}

void probe::hear(std::string_view bytes, instant now) {
  partial_ += bytes;
  size_t taken = 0;
  for (size_t end; (end = partial_.find('\n', taken)) != std::string::npos; taken = end + 1)
    hear_line(std::string_view{partial_}.substr(taken, end - taken), now);
  partial_.erase(0, taken);
}

void probe::hear_line(std::string_view line, instant now) {
  if (line.substr(0, 6) == "ERREUR") {
    ++refused_;
    return;
  }
  const auto at = line.find(mark);
  if (at == std::string_view::npos)
    return; // somebody comes or goes
  const auto number = std::strtoull(std::string{line.substr(at + mark.size())}.c_str(), nullptr, 10);
  const auto found =
      std::find_if(waiting_.begin(), waiting_.end(), [number](const auto& post) { return post.number == number; });
  if (found == waiting_.end()) {
    ++wrong_;
    return;
  }
  longest_ = std::max<std::chrono::nanoseconds>(longest_, now - found->at);
  if (!shown_again_ && found->at >= since_)
    shown_again_ = now;
  passed_over_ += static_cast<size_t>(found - waiting_.begin()); // refused, or lost
  waiting_.erase(waiting_.begin(), found + 1);
}

size_t probe::mistakes() const {
  const auto missing = passed_over_ + waiting_.size();
  return wrong_ + (missing > refused_ ? missing - refused_ : refused_ - missing);
}

void probes::add(const std::string& salon, size_t client) {
  auto& added = all_.emplace_back(salon);
  who_.push_back(client);
  clients_.at(client).listen([&added](std::string_view bytes, instant now) { added.hear(bytes, now); });
}

void probes::go_on() {
  const auto now = clock::now();
  const auto interval = each_ / static_cast<int64_t>(all_.size());
  if (due_ == instant{})
    due_ = now;
  for (; due_ <= now; due_ += interval, ++next_) {
    const auto which = next_ % all_.size();
    clients_.say(who_[which], all_[which].post(due_));
  }
}

bool probes::run(std::chrono::nanoseconds at_most, const std::function<bool()>& until) {
  for (const auto end = clock::now() + at_most; clock::now() < end;) {
    if (until())
      return true;
    go_on();
    clients_.turn(1ms);
  }
  return until();
}

bool probes::settle() {
  const auto waits = [this] {
    return std::any_of(all_.begin(), all_.end(), [](const auto& each) { return each.waits(); });
  };
  for (const auto end = clock::now() + 15s; waits() && clock::now() < end;)
    clients_.turn(10ms);
  due_ = {};
  return !waits();
}

void probes::begin() {
  for (auto& each : all_)
    each.begin(clock::now());
}

} // namespace salond::bench
