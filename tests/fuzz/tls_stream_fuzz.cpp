// TLS of a client, with a stranger's bytes, or with those of a real client that are cut, bent and lost on the way.
// Invariant: it hears nothing but what was said, whole records of it and from the beginning, and what it answers to
// bytes that are no handshake is at most an alert.
#include "actors/transport/tls_stream.hpp"
#include "tests/fuzz/choices.hpp"
#include "tests/support/tls_peer.hpp"
#include <algorithm>

namespace {

using namespace salond;
using fuzz::demand;
using state = tls_stream::state;

const std::string said = "PRIVATE:zoe:bonjour\n";

std::shared_ptr<const tls_credentials> credentials() {
  static const auto made = [] {
    const auto pair = to_pem(issue({peer_kind::chat, "salond"}, make_authority(), {}, {"localhost"}).own);
    return std::make_shared<const tls_credentials>(pair, pair);
  }();
  return made;
}

/// Feeds `bytes` in cuts that `how` makes; what it answers.
std::string feed(tls_stream& here, std::vector<char>& plain, std::string_view bytes, fuzz::sequence& cuts) {
  std::string sealed;
  while (!bytes.empty()) {
    const auto size = std::min<size_t>(bytes.size(), 1 + cuts.below(bytes.size() > 64 ? 600 : 8));
    here.feed(bytes.substr(0, size), {}, plain, sealed);
    while (here.holds_more())
      here.feed({}, {}, plain, sealed);
    bytes.remove_prefix(size);
  }
  return sealed;
}

void stranger(fuzz::choices& input) {
  tls_stream here{credentials()};
  std::vector<char> plain;
  fuzz::sequence cuts{input.byte()};
  feed(here, plain, input.rest(), cuts);
  demand(plain.empty(), "a stranger is heard");
  demand(here.now() != state::open && here.now() != state::ended, "a stranger comes in");
}

void client(fuzz::choices& input) {
  support::tls_peer there{input.byte() % 2 == 0 ? TLS1_2_VERSION : 0};
  tls_stream here{credentials()};
  std::vector<char> plain;
  fuzz::sequence cuts{input.byte()};
  size_t phrases = 0;
  there.push({});
  for (int flight = 0; flight < 12; ++flight) {
    auto bytes = there.pull();
    const auto harm = input.byte();
    const auto at = bytes.empty() ? 0 : (input.byte() * 257u) % bytes.size();
    if (harm % 8 == 1 && !bytes.empty())
      bytes[at] = static_cast<char>(bytes[at] ^ (1 + input.byte() % 255));
    if (harm % 8 == 2)
      bytes.resize(at);
    if (harm % 8 == 3)
      bytes.erase(at, 1 + input.byte());
    if (harm % 8 == 4)
      bytes += bytes; // a record that comes twice
    there.push(feed(here, plain, bytes, cuts));
    if (there.shaken() && harm % 8 == 5)
      there.change_keys();
    if (there.shaken() && there.say(said))
      ++phrases;
    if (here.now() == state::open) {
      std::string sealed;
      here.seal(said, sealed);
      there.push(sealed);
    }
  }
  const std::string heard(plain.begin(), plain.end());
  demand(heard.size() % said.size() == 0 && heard.size() <= phrases * said.size(), "more is heard than was said");
  for (size_t i = 0; i < heard.size(); i += said.size())
    demand(heard.compare(i, said.size(), said) == 0, "another thing is heard than was said");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::choices input(data, size);
  if (input.byte() % 2 == 0)
    stranger(input);
  else
    client(input);
  return 0;
}
