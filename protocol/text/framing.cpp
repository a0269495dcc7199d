#include "protocol/text/framing.hpp"
#include <algorithm>

namespace salond::text {
namespace {

constexpr size_t max_write_bytes = 1024; // the old client reads with recv(1024) and takes each result for one frame
constexpr size_t max_texts_apart = 40;   // more than these waiting share writes
constexpr auto closing_time = std::chrono::milliseconds{900}; // "all within a second", with some room
constexpr size_t kept_capacity = 256; // a reader gives back what is above it: most connections are idle
constexpr std::string_view join_again = "JOIN:";

/// Where to cut `text` so that no character is: at most `most` bytes.
size_t cut_point(std::string_view text, size_t most) {
  if (text.size() <= most)
    return text.size();
  auto end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return end > 0 ? end : most;
}

/// How much of `text` goes out with its envelope in one write.
size_t piece_of(std::string_view text, std::string_view envelope) {
  return cut_point(text, max_write_bytes - envelope.size());
}

/// Whether a piece of so many bytes fits behind what fills a write so far.
bool fits(size_t filled, size_t piece) {
  return filled + 1 + piece <= max_write_bytes;
}

/// `text` without the one `end` that it may have.
std::string_view without_end(std::string_view text, std::string_view ends) {
  const auto has_one = !text.empty() && ends.find(text.back()) != std::string_view::npos;
  return text.substr(0, text.size() - (has_one ? 1 : 0));
}

} // namespace

// --- in ---

void frame_reader::feed(std::string_view bytes, instant now) {
  if (ended_ || stopped_ || bytes.empty())
    return;
  if (kind_ == client_kind::unknown && unread() == 0) {
    first_byte_ = now;
  } else if (kind_ == client_kind::unknown && now >= first_byte_ + options_.raw_after
             && line_end() == std::string::npos) {
    kind_ = client_kind::raw; // its time was over before these bytes came
    raw_ends_.push_back(input_.size());
  } else if (kind_ == client_kind::raw && unread() > 0 && now >= last_byte_ + options_.raw_gap
             && (raw_ends_.empty() || raw_ends_.back() != input_.size())) {
    raw_ends_.push_back(input_.size());
  }
  input_.append(bytes);
  last_byte_ = now;
}

void frame_reader::stop() {
  stopped_ = true;
  std::string{}.swap(input_);
  taken_ = searched_ = 0;
  raw_ends_.clear();
}

std::optional<frame_reader::frame> frame_reader::next(instant now) {
  if (stopped_)
    return std::nullopt;
  if (kind_ == client_kind::unknown && unread() > 0 && !find_out_kind(now))
    return break_off();
  if (kind_ == client_kind::line)
    if (auto line = next_line())
      return line;
  if (kind_ == client_kind::raw)
    if (auto raw = next_raw(now))
      return raw;
  return stopped_ ? std::nullopt : at_end();
}

/// False when the first frame is too long.
bool frame_reader::find_out_kind(instant now) {
  const auto end = line_end();
  if (too_long(without_end(std::string_view{input_}.substr(0, end), "\r").size()))
    return false;
  if (end != std::string::npos) {
    kind_ = client_kind::line;
  } else if (ended_ || now >= first_byte_ + options_.raw_after) {
    kind_ = client_kind::raw;
    raw_ends_.push_back(input_.size());
  }
  return true;
}

std::optional<frame_reader::frame> frame_reader::next_line() {
  skip_refused();
  const auto end = line_end();
  const auto line = std::string_view{input_}.substr(taken_, end == std::string::npos ? end : end - taken_);
  const auto content = without_end(line, "\r"); // also where the '\n' is still under way
  if (too_long(content.size())) {
    skipping_ = true;
    skip_refused();
    return frame{frame::kind::too_long, {}};
  }
  if (end == std::string::npos)
    return std::nullopt;
  frame whole{frame::kind::whole, std::string{content}};
  drop(line.size() + 1);
  return whole;
}

/// Drops the rest of a line that was refused, as far as it has come.
void frame_reader::skip_refused() {
  if (!skipping_)
    return;
  const auto end = line_end();
  skipping_ = end == std::string::npos;
  drop(skipping_ ? unread() : end + 1 - taken_);
}

std::optional<frame_reader::frame> frame_reader::next_raw(instant now) {
  if (unread() == 0)
    return std::nullopt;
  if (raw_ends_.empty() && (ended_ || now >= last_byte_ + options_.raw_gap))
    raw_ends_.push_back(input_.size());
  const auto end = raw_ends_.empty() ? input_.size() : raw_ends_.front();
  const auto content = std::string_view{input_}.substr(taken_, end - taken_);
  if (too_long(without_end(content, "\r\n").size()))
    return break_off();
  if (raw_ends_.empty())
    return std::nullopt;
  // COMPAT: the old desktop client sends two JOINs back to back; a salon's name holds no ':', so they can be told
  // apart.
  if (content.substr(0, join_again.size()) == join_again) {
    const auto again = content.find(join_again, join_again.size());
    if (again != std::string_view::npos) { // what follows is cut the next time
      frame part{frame::kind::whole, std::string{content.substr(0, again)}};
      drop(again);
      return part;
    }
  }
  raw_ends_.erase(raw_ends_.begin());
  frame whole{frame::kind::whole, std::string{without_end(content, "\r\n")}};
  drop(content.size());
  return whole;
}

std::optional<frame_reader::frame> frame_reader::at_end() {
  if (!ended_ || end_told_)
    return std::nullopt;
  if (kind_ == client_kind::line && unread() > 0) { // the end of the input ends a frame too
    frame last{frame::kind::whole, std::string{without_end(beginning(), "\r")}};
    drop(unread());
    return last;
  }
  end_told_ = true;
  return frame{frame::kind::end, {}};
}

frame_reader::frame frame_reader::break_off() {
  stop();
  return {frame::kind::fatally_too_long, {}};
}

/// Where the next '\n' is in input_, or npos. What was searched once is not searched again.
size_t frame_reader::line_end() {
  const auto end = input_.find('\n', std::max(searched_, taken_));
  searched_ = std::min(end, input_.size());
  return end;
}

void frame_reader::drop(size_t size) {
  taken_ += size;
  if (taken_ < input_.size() - taken_)
    return; // moved when at least as much is dropped as stays: a byte is moved once on average
  input_.erase(0, taken_);
  searched_ -= std::min(searched_, taken_);
  for (auto& end : raw_ends_)
    end -= taken_;
  taken_ = 0;
  if (input_.capacity() > kept_capacity && input_.size() <= input_.capacity() / 4)
    input_.shrink_to_fit();
}

std::string_view frame_reader::beginning() {
  skip_refused();
  const auto end = raw_ends_.empty() ? input_.size() : raw_ends_.front();
  return std::string_view{input_}.substr(taken_, end - taken_);
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

void paced_writer::say(std::string_view text, std::string_view envelope) {
  queue(text, envelope, sharing::allowed);
}

void paced_writer::say(std::shared_ptr<const void> owner, std::string_view text, std::string_view envelope) {
  queue(waiting_text{std::move(owner), envelope, text, sharing::allowed});
}

void paced_writer::say_alone(std::string_view text) {
  queue(text, {}, sharing::never);
}

void paced_writer::queue(std::string_view text, std::string_view envelope, sharing allowed) {
  const auto copy = std::make_shared<const std::string>(std::string{envelope}.append(text));
  const std::string_view all = *copy;
  queue(waiting_text{copy, all.substr(0, envelope.size()), all.substr(envelope.size()), allowed});
}

void paced_writer::queue(waiting_text text) {
  if (text.rest.empty() && text.envelope.empty())
    return;
  auto left = text.rest;
  do {
    const auto size = piece_of(left, text.envelope);
    unsent_ += text.envelope.size() + size;
    ++pieces_;
    left.remove_prefix(size);
  } while (!left.empty());
  waiting_.push_back(std::move(text));
}

void paced_writer::close(std::string_view closing, instant now, std::string_view envelope) {
  queue(closing, envelope, sharing::never);
  closing_ = true;
  done_by_ = now + closing_time;
  writes_left_ = count_writes();
  if (writes_left_ != 0)
    next_write_ = std::min<instant>(next_write_, now + closing_time / static_cast<int64_t>(writes_left_));
}

/// Whether the next piece may go out behind what fills a write so far.
bool paced_writer::front_shares(size_t filled) const {
  const auto& next = waiting_.front();
  return next.share == sharing::allowed && fits(filled, next.envelope.size() + piece_of(next.rest, next.envelope));
}

/// How many writes all that waits will be, joined as take_one() will.
size_t paced_writer::count_writes() const {
  size_t writes = 0, filled = 0;
  auto open = sharing::never; // whether the write that is being filled takes more
  for (const auto& text : waiting_) {
    auto left = text.rest;
    do {
      const auto size = piece_of(left, text.envelope), piece = text.envelope.size() + size;
      left.remove_prefix(size);
      if (open == sharing::allowed && text.share == sharing::allowed && fits(filled, piece)) {
        filled += 1 + piece;
        continue;
      }
      ++writes;
      filled = piece;
      open = text.share;
    } while (!left.empty());
  }
  return writes;
}

/// The next piece, behind what a write holds already.
void paced_writer::take_piece(std::string& to) {
  auto& text = waiting_.front();
  const auto size = piece_of(text.rest, text.envelope);
  to.append(text.envelope).append(text.rest.substr(0, size));
  unsent_ -= text.envelope.size() + size;
  --pieces_;
  text.rest.remove_prefix(size);
  if (text.rest.empty())
    waiting_.pop_front();
}

std::string paced_writer::take_one() {
  const auto join = (closing_ || pieces_ > max_texts_apart) && waiting_.front().share == sharing::allowed;
  std::string text;
  take_piece(text);
  while (join && !waiting_.empty() && front_shares(text.size())) {
    text += '\n';
    take_piece(text);
  }
  return text;
}

std::optional<std::string> paced_writer::next(instant now) {
  if (waiting_.empty() || now < next_write_)
    return std::nullopt;
  auto text = take_one();
  auto pause = std::chrono::duration_cast<instant::duration>(pace_);
  if (closing_ && --writes_left_ != 0) // less than the pace where there is little time
    pause = std::clamp((done_by_ - now) / static_cast<int64_t>(writes_left_), instant::duration::zero(), pause);
  next_write_ = now + pause;
  return text;
}

std::optional<instant> paced_writer::deadline() const {
  return waiting_.empty() ? std::nullopt : std::optional{next_write_};
}

} // namespace salond::text
