// The framing, fed with any bytes, cut anywhere, with any pauses. Invariants: the frames depend on the bytes and the
// pauses alone, not on how bytes that come together were cut nor on how seldom the frames are asked for; no frame is
// above the limit; unread() is exact at the end. And of the output: every byte goes out once and in order, in valid
// pieces of at most 1,024 bytes, never two within the pace, and within a second after a close.
#include "protocol/text/framing.hpp"
#include "protocol/words/names.hpp"
#include "tests/fuzz/choices.hpp"
#include <algorithm>

namespace {

using namespace salond;
using namespace salond::text;
using namespace std::chrono_literals;
using fuzz::demand;
using kind = frame_reader::frame::kind;

const instant start{1h};

struct piece {
  std::string_view bytes;
  instant at;
};

/// Where the stream pauses: the same for every way of cutting it.
std::vector<piece> with_pauses(std::string_view stream, uint32_t seed) {
  fuzz::sequence random{seed};
  constexpr std::chrono::milliseconds pauses[] = {1ms, 19ms, 20ms, 149ms, 150ms};
  std::vector<piece> result;
  auto now = start;
  while (!stream.empty()) {
    const auto size = seed == 0 ? stream.size() : std::min<size_t>(1 + random.below(24), stream.size());
    result.push_back({stream.substr(0, size), now});
    stream.remove_prefix(size);
    now += pauses[random.below(5)];
  }
  return result;
}

enum class asking { at_once, at_the_end };
using frames = std::vector<std::pair<kind, std::string>>;

void take(frame_reader& reader, instant now, frames& to) {
  const auto most = reader.options().frame_bytes;
  while (auto frame = reader.next(now)) {
    demand(frame->bytes.size() <= most, "no frame is above the limit");
    demand(reader.kind() != client_kind::line || frame->bytes.find('\n') == std::string::npos, "a line is one line");
    demand(to.empty() || to.back().first != kind::fatally_too_long, "nothing follows what is fatal");
    to.emplace_back(frame->type, std::move(frame->bytes));
  }
  demand(reader.unread() <= most + 1, "what waits for more is below the limit");
}

frames read(const std::vector<piece>& pieces, const text_options& options, uint32_t cuts, asking asked) {
  fuzz::sequence random{cuts};
  frame_reader reader{options};
  frames result;
  for (const auto& [bytes, at] : pieces) {
    for (auto due = reader.deadline(); asked == asking::at_once && due && *due <= at; due = reader.deadline())
      take(reader, *due, result);
    for (auto rest = bytes; !rest.empty();) {
      const auto size = cuts == 0 ? rest.size() : std::min<size_t>(1 + random.below(6), rest.size());
      const auto before = reader.unread();
      reader.feed(rest.substr(0, size), at);
      const auto stopped = !result.empty() && result.back().first == kind::fatally_too_long;
      demand(reader.unread() == (stopped ? 0 : before + size), "unread() counts what was fed");
      rest.remove_prefix(size);
      if (asked == asking::at_once)
        take(reader, at, result);
    }
  }
  const auto end = pieces.empty() ? start : pieces.back().at;
  reader.end_input();
  take(reader, end, result);
  demand(reader.unread() == 0, "nothing is left unread at the end");
  demand(!reader.deadline(), "nothing is waited for at the end");
  demand(result.back().first == kind::end || result.back().first == kind::fatally_too_long, "the end is told");
  return result;
}

void check_input(fuzz::choices& input) {
  text_options options;
  options.frame_bytes = 1u + input.byte() % 32u;
  const auto pauses = input.byte();
  const auto cuts = 1u + input.byte();
  const auto pieces = with_pauses(input.rest(), pauses);
  const auto expected = read(pieces, options, 0, asking::at_once);
  demand(read(pieces, options, cuts, asking::at_once) == expected, "frames do not depend on cuts");
  demand(read(pieces, options, cuts, asking::at_the_end) == expected, "frames do not depend on who asks when");
}

/// What this fuzzer's long texts begin with; nothing else holds these characters.
constexpr std::string_view envelope = "<zoe>";

/// The writes of a raw client, checked as they go out.
struct receiver {
  paced_writer writer{25ms};
  std::string said, got; ///< without the '\n's that join texts and the envelopes
  std::optional<instant> last, closed;

  void take(instant now) {
    while (const auto text = writer.next(now)) {
      demand(!text->empty() && text->size() <= 1024, "a write is 1 to 1,024 bytes");
      demand(is_utf8(*text), "a write is whole characters");
      demand(text->find('!') == std::string::npos || text->find('\n') == std::string::npos, "what is alone is alone");
      demand(closed || !last || now >= *last + 25ms, "writes keep the pace");
      demand(!closed || now < *closed + 1s, "closing is done within a second");
      last = now;
      for (std::string_view rest = *text; !rest.empty();) {
        auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        demand((line.front() == '!') != (line.substr(0, envelope.size()) == envelope),
               "every piece of a text begins with its envelope");
        line.remove_prefix(line.front() == '!' ? 0 : envelope.size());
        got += line;
      }
    }
  }

  /// Time goes on, and the writer is asked whenever it wants to be.
  void wait_until(instant now) {
    for (auto due = writer.deadline(); due && *due <= now; due = writer.deadline()) {
      const auto before = writer.unsent();
      take(std::max(*due, last.value_or(start)));
      demand(writer.unsent() < before, "a deadline brings something");
    }
  }
};

void check_output(fuzz::choices& input) {
  receiver to;
  auto now = start;
  while (!input.rest().empty() && to.said.size() < 50'000) { // more shows nothing new, and takes its time
    const auto choice = input.byte();
    auto text = shown(input.rest().substr(0, input.byte()));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '!' || c == '<'; }, '?');
    if (choice % 4 == 0) {
      now += std::chrono::milliseconds{input.byte()};
      to.wait_until(now);
      continue;
    }
    if (choice % 4 == 1)
      text.insert(0, "!");
    for (auto longer = choice % 4 == 3 ? choice / 4 % 4 : 0; longer-- > 0;)
      text += text; // so that there are some that must be cut
    for (auto times = choice % 4 == 2 ? 1 + input.byte() % 50 : 1; times-- > 0; to.said += text)
      choice % 4 == 1 ? to.writer.say_alone(text) : to.writer.say(text, envelope);
    to.take(now);
  }
  to.closed = now;
  to.said += "!adieu";
  to.writer.close("!adieu", now);
  to.take(now);
  to.wait_until(now + 1h);
  demand(to.got == to.said && to.writer.unsent() == 0, "all goes out, once and in order");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::choices input{data, size};
  input.byte() % 2 == 0 ? check_input(input) : check_output(input);
  return 0;
}
