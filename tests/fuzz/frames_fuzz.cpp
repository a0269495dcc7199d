// Frames between nodes. Invariant: any bytes, in any cuts, are read to the same frames; what was read is written and
// read again as the same bytes; nothing is read behind what is broken; and no more is kept than one frame may have.
#include "actors/cluster/frame_codec.hpp"
#include "tests/fuzz/choices.hpp"
#include <algorithm>
#include <string>

namespace {

using namespace salond;
using fuzz::demand;
using outcome = cluster::frame_reader::outcome;

/// All frames of the stream, written anew; and how it ends.
std::string read_all(std::string_view bytes, fuzz::sequence* cuts, outcome& end) {
  cluster::frame_reader reader;
  std::string result;
  end = outcome::incomplete;
  do {
    const auto size = cuts ? std::min<size_t>(bytes.size(), 1 + cuts->below(40)) : bytes.size();
    reader.feed(bytes.substr(0, size));
    bytes.remove_prefix(size);
    for (end = reader.next(); end == outcome::taken || end == outcome::unknown; end = reader.next())
      if (end == outcome::taken)
        demand(cluster::append_frame(result, reader.taken()), "what was read cannot be written");
    demand(end != outcome::broken || !reader.why().empty(), "it breaks without a reason");
    demand(reader.unread() <= cluster::max_frame_bytes + 4 || end == outcome::broken, "it keeps too much");
  } while (!bytes.empty() && end != outcome::broken);
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::choices input{data, size};
  fuzz::sequence cuts{input.byte()};
  auto whole = outcome::incomplete, in_cuts = outcome::incomplete, again = outcome::incomplete;

  const auto frames = read_all(input.rest(), nullptr, whole);

  demand(read_all(input.rest(), &cuts, in_cuts) == frames && whole == in_cuts, "cuts make a difference");
  demand(read_all(frames, nullptr, again) == frames && again == outcome::incomplete, "it is not the same again");
  return 0;
}
