#include "tools/bench/checker.hpp"
#include <cstdio>
#include <cstring>
#include <utility>

namespace salond::bench {
namespace {

constexpr std::string_view mark = ": #"; // before a message's number
constexpr size_t number_digits = 10;

} // namespace

uint32_t checker::add_audience(std::string title, form shape) {
  audiences_.emplace_back();
  audiences_.back().title = std::move(title);
  audiences_.back().shape = shape;
  return static_cast<uint32_t>(audiences_.size() - 1);
}

uint32_t checker::add_hearer(uint32_t audience, weight weighs) {
  auto& to = audiences_[audience];
  hearers_.emplace_back();
  hearers_.back().audience = audience;
  hearers_.back().weighs = weighs;
  hearers_.back().offset = to.sequence.size();
  hearers_.back().next = to.order.size();
  to.counted += weighs == weight::counts;
  return static_cast<uint32_t>(hearers_.size() - 1);
}

void checker::remove_hearer(uint32_t which) {
  auto& leaver = hearers_[which];
  if (std::exchange(leaver.gone, true) || leaver.weighs == weight::does_not_count)
    return;
  auto& to = audiences_[leaver.audience];
  --to.counted;
  for (uint32_t number = 0; number < messages_.size(); ++number) {
    const auto& sent = messages_[number];
    if (sent.audience == leaver.audience && sent.missing > 0 && (!sent.placed || sent.place >= leaver.next))
      finish_one(number);
  }
}

std::string checker::text_of(uint32_t number) const {
  char digits[16];
  std::snprintf(digits, sizeof digits, "#%010u ", number);
  std::string text = digits;
  for (auto letter = 'a' + number % 26; text.size() < text_bytes_; letter = letter == 'z' ? 'a' : letter + 1)
    text += static_cast<char>(letter);
  return text;
}

std::string checker::line_of(uint32_t number) const {
  const auto& sent = messages_[number];
  const auto& to = audiences_[sent.audience];
  return sent.sender + (to.shape == form::salon ? " dans le salon " + to.title : " (privé)") + ": " + text_of(number)
         + "\n";
}

std::string checker::post(uint32_t audience, const std::string& sender, instant due) {
  auto& to = audiences_[audience];
  const auto number = static_cast<uint32_t>(messages_.size());
  message sent;
  sent.due = due;
  sent.audience = audience;
  sent.missing = to.counted;
  sent.sender = sender;
  messages_.push_back(std::move(sent));
  ++to.posted;
  ++in_flight_;
  return (to.shape == form::salon ? "MSG (" + to.title + "):" : "PRIVATE:" + to.title + ":") + text_of(number);
}

void checker::take(uint32_t which, std::string_view bytes, instant now) {
  auto& to = hearers_[which];
  auto& from = audiences_[to.audience];
  if (to.partial.empty()) {
    const auto known = std::min(bytes.size(), from.sequence.size() - to.offset);
    if (std::memcmp(from.sequence.data() + to.offset, bytes.data(), known) == 0) {
      to.offset += known;
      bytes.remove_prefix(known);
      advance(to, now);
    }
    if (bytes.empty())
      return;
    const auto start = to.next == 0 ? 0 : from.ends[to.next - 1];
    to.partial = from.sequence.substr(start, to.offset - start);
    to.offset = start;
  }
  to.partial += bytes;
  size_t taken = 0;
  for (size_t end; (end = to.partial.find('\n', taken)) != std::string::npos; taken = end + 1)
    take_line(to, std::string_view{to.partial}.substr(taken, end + 1 - taken), now);
  to.partial.erase(0, taken);
}

void checker::advance(hearer& to, instant now) {
  const auto& from = audiences_[to.audience];
  while (to.next < from.ends.size() && from.ends[to.next] <= to.offset)
    deliver(to, from.order[to.next++], now);
}

bool checker::find_message(std::string_view line, uint32_t audience, uint32_t& number) const {
  const auto at = line.find(mark);
  if (at == std::string_view::npos || line.size() < at + mark.size() + number_digits)
    return false;
  number = static_cast<uint32_t>(
      std::strtoul(std::string{line.substr(at + mark.size(), number_digits)}.c_str(), nullptr, 10));
  return number < messages_.size() && messages_[number].audience == audience;
}

void checker::take_line(hearer& to, std::string_view line, instant now) {
  uint32_t number = 0;
  if (!find_message(line, to.audience, number)) {
    if (to.weighs == weight::counts) // who is not waited for may be told why it is cut off
      ++(line.substr(0, 6) == "ERREUR" ? found_.refused : found_.foreign);
    return;
  }
  if (line != line_of(number)) {
    ++found_.altered;
    return;
  }
  auto& from = audiences_[to.audience];
  auto& sent = messages_[number];
  if (!sent.placed) {
    sent.placed = true;
    sent.place = static_cast<uint32_t>(from.order.size());
    from.order.push_back(number);
    from.sequence += line;
    from.ends.push_back(from.sequence.size());
  }
  if (sent.place < to.next) {
    const auto late = to.skipped.erase(sent.place) > 0;
    ++(late ? found_.disordered : found_.duplicates);
    if (late)
      deliver(to, number, now);
    return;
  }
  while (to.next < sent.place)
    to.skipped.insert(to.next++);
  to.offset = from.ends[to.next++];
  deliver(to, number, now);
}

void checker::deliver(hearer& to, uint32_t number, instant now) {
  ++to.delivered;
  if (to.weighs == weight::does_not_count)
    return;
  ++deliveries_;
  latencies_.record(now - messages_[number].due);
  finish_one(number);
}

void checker::finish_one(uint32_t number) {
  auto& sent = messages_[number];
  if (sent.missing == 0 || --sent.missing > 0)
    return;
  --in_flight_;
  completed_.push_back(sent.audience);
}

std::vector<uint32_t> checker::take_completed() {
  return std::exchange(completed_, {});
}

mistakes checker::verdict() const {
  auto all = found_;
  for (const auto& to : hearers_)
    if (!to.gone && to.weighs == weight::counts)
      all.lost += audiences_[to.audience].posted - to.next + to.skipped.size();
  return all;
}

} // namespace salond::bench
