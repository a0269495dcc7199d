#include "protocol/text/framing.hpp"
#include <algorithm>

namespace salond::text {
namespace {

constexpr size_t most_write_bytes = 1024; // the old client reads with recv(1024) and takes each result for one frame
constexpr size_t most_texts_apart = 40;   // more than these waiting share writes
constexpr auto closing_time = std::chrono::milliseconds{900}; // "all within a second", with some room
constexpr size_t kept_capacity = 1024;    // an idle connection's buffer is given back above this
constexpr std::string_view join_again = "JOIN:";

/// Where to cut `text` so that no character is: at most `most` bytes.
size_t cut_point(std::string_view text, size_t most) {
  if (text.size() <= most)
    return text.size();
  auto at = most;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
    --at;
  return at > 0 ? at : most;
}

} // namespace

// --- in ---

void frame_reader::feed(std::string_view bytes, instant now) {
  if (ended_ || bytes.empty())
    return;
  if (first_byte_ == instant{})
    first_byte_ = now;
  if (unread() > 0 && kind_ == client_kind::unknown && now >= first_byte_ + options_.raw_after
      && beginning().find('\n') == std::string_view::npos) {
    kind_ = client_kind::raw; // its time was over before these bytes came
    raw_ends_.push_back(input_.size());
  } else if (unread() > 0 && kind_ == client_kind::raw && now >= last_byte_ + options_.raw_gap
             && (raw_ends_.empty() || raw_ends_.back() != input_.size())) {
    raw_ends_.push_back(input_.size());
  }
  input_.append(bytes);
  last_byte_ = now;
}

std::optional<frame_reader::frame> frame_reader::next(instant now) {
  if (kind_ == client_kind::unknown && unread() > 0) {
    if (beginning().find('\n') != std::string_view::npos)
      kind_ = client_kind::line;
    else if (too_long(unread()))
      return frame{frame::kind::fatally_too_long, {}};
    else if (ended_ || now >= first_byte_ + options_.raw_after) {
      kind_ = client_kind::raw;
      raw_ends_.push_back(input_.size());
    }
  }
  if (kind_ == client_kind::line)
    if (auto line = next_line())
      return line;
  if (kind_ == client_kind::raw)
    if (auto raw = next_raw(now))
      return raw;
  return at_end();
}

std::optional<frame_reader::frame> frame_reader::next_line() {
  for (;;) {
    const auto end = input_.find('\n', std::max(searched_, taken_));
    if (end == std::string::npos) {
      searched_ = input_.size();
      if (skipping_) {
        drop(unread());
        return std::nullopt;
      }
      if (!too_long(unread()))
        return std::nullopt;
      skipping_ = true;
      drop(unread());
      return frame{frame::kind::too_long, {}};
    }
    auto size = end - taken_;
    const auto with_its_end = size + 1;
    if (skipping_) { // the end of a line that was refused already
      skipping_ = false;
      drop(with_its_end);
      continue;
    }
    if (size > 0 && input_[end - 1] == '\r')
      --size;
    if (too_long(size)) {
      drop(with_its_end);
      return frame{frame::kind::too_long, {}};
    }
    frame whole{frame::kind::whole, input_.substr(taken_, size)};
    drop(with_its_end);
    return whole;
  }
}

std::optional<frame_reader::frame> frame_reader::next_raw(instant now) {
  if (!raw_frame_.empty())
    return next_of_raw_frame();
  if (unread() == 0)
    return std::nullopt;
  if (raw_ends_.empty() && (ended_ || now >= last_byte_ + options_.raw_gap))
    raw_ends_.push_back(input_.size());
  const auto size = (raw_ends_.empty() ? input_.size() : raw_ends_.front()) - taken_;
  if (too_long(size))
    return frame{frame::kind::fatally_too_long, {}};
  if (raw_ends_.empty())
    return std::nullopt;
  raw_frame_ = input_.substr(taken_, size);
  raw_ends_.erase(raw_ends_.begin());
  drop(size);
  if (!raw_frame_.empty() && (raw_frame_.back() == '\n' || raw_frame_.back() == '\r'))
    raw_frame_.pop_back();
  if (raw_frame_.empty())
    return frame{};
  return next_of_raw_frame();
}

/// COMPAT: the old desktop client sends two JOINs back to back; a salon's name holds no ':', so they can be told apart.
frame_reader::frame frame_reader::next_of_raw_frame() {
  frame part;
  const auto again = raw_frame_.compare(0, join_again.size(), join_again) == 0
                       ? raw_frame_.find(join_again, join_again.size())
                       : std::string::npos;
  part.bytes = raw_frame_.substr(0, again);
  raw_frame_.erase(0, again);
  return part;
}

std::optional<frame_reader::frame> frame_reader::at_end() {
  if (!ended_ || end_told_)
    return std::nullopt;
  if (kind_ == client_kind::line && unread() > 0 && !skipping_) { // the end of the input ends a frame too
    frame last{frame::kind::whole, input_.substr(taken_)};
    drop(unread());
    if (!last.bytes.empty() && last.bytes.back() == '\r')
      last.bytes.pop_back();
    return last;
  }
  end_told_ = true;
  return frame{frame::kind::end, {}};
}

void frame_reader::drop(size_t size) {
  taken_ += size;
  if (taken_ == input_.size()) {
    taken_ = searched_ = 0;
    if (input_.capacity() > kept_capacity)
      std::string{}.swap(input_);
    else
      input_.clear();
    return;
  }
  if (taken_ < input_.size() / 2)
    return; // moved when at least as much is dropped as stays: a byte is moved once on average
  input_.erase(0, taken_);
  searched_ -= std::min(searched_, taken_);
  for (auto& end : raw_ends_)
    end -= taken_;
  taken_ = 0;
}

std::optional<instant> frame_reader::deadline() const {
  if (unread() == 0 || ended_)
    return std::nullopt;
  switch (kind_) {
    case client_kind::unknown: return first_byte_ + options_.raw_after;
    case client_kind::raw: return raw_ends_.empty() ? std::optional{last_byte_ + options_.raw_gap} : std::nullopt;
    case client_kind::line: break;
  }
  return std::nullopt;
}

// --- out ---

void paced_writer::say(std::string text) {
  for (std::string_view rest = text; !rest.empty();) {
    const auto size = cut_point(rest, most_write_bytes);
    waiting_.emplace_back(rest.substr(0, size));
    unsent_ += size;
    rest.remove_prefix(size);
  }
}

void paced_writer::close(std::string closing) {
  closing_ = std::move(closing);
  joining_ = true;
  size_t writes = 1, filled = 0; // joined as take_one() will
  for (const auto& text : waiting_) {
    if (filled != 0 && filled + 1 + text.size() > most_write_bytes)
      ++writes, filled = 0;
    filled += text.size() + (filled != 0 ? 1 : 0);
  }
  unsent_ += closing_.size();
  pace_ = std::min<std::chrono::microseconds>(pace_, closing_time / (writes + 1));
}

std::string paced_writer::take_one() {
  const auto join = joining_ || waiting_.size() > most_texts_apart;
  auto text = std::move(waiting_.front());
  waiting_.pop_front();
  unsent_ -= text.size();
  while (join && !waiting_.empty() && text.size() + 1 + waiting_.front().size() <= most_write_bytes) {
    unsent_ -= waiting_.front().size();
    text += '\n';
    text += waiting_.front();
    waiting_.pop_front();
  }
  return text;
}

std::optional<std::string> paced_writer::next(instant now) {
  if (unsent_ == 0 || (last_write_ && now < *last_write_ + pace_))
    return std::nullopt;
  last_write_ = now;
  if (!waiting_.empty())
    return take_one();
  unsent_ -= closing_.size();
  return std::exchange(closing_, {});
}

std::optional<instant> paced_writer::deadline() const {
  if (unsent_ == 0)
    return std::nullopt;
  return last_write_ ? *last_write_ + pace_ : instant{};
}

} // namespace salond::text
