// TLS on the admin port: a stranger's bytes; a client with a good certificate, a stranger's or none, whose records are
// cut, bent, lost, doubled and mixed with changes of keys. Invariant: nobody is known without a good certificate and a
// whole handshake; what is heard is what was said, from the beginning; a call takes so many records and no more; and
// records without data are borne so often and no oftener.
#include "actors/transport/tls_session.hpp"
#include "tests/fuzz/choices.hpp"
#include "tests/support/tls_peer.hpp"
#include <algorithm>
#include <array>

namespace {

using namespace salond;
using fuzz::demand;
using state = tls_stream::state;

const std::string said = "a frame of BASP";

struct authority {
  key_pair ours = make_authority(), theirs = make_authority();
  bundle zoe = issue({peer_kind::moderator, "zoe"}, ours), stranger = issue({peer_kind::moderator, "zoe"}, theirs);
  bundle node = issue({peer_kind::node, "salond"}, ours);
  current_tls_settings settings;
  std::shared_ptr<port_rules> rules = std::make_shared<port_rules>();

  authority() {
    rules->kinds = {peer_kind::administrator, peer_kind::moderator};
    settings.replace(make_tls_settings(issue({peer_kind::node, "salond"}, ours), {}));
  }
};

authority& all() {
  static authority made;
  return made;
}

/// The server's end, and what went through it.
struct server {
  tls_session session{all().settings, all().rules, gate::side::accepted};
  std::vector<char> plain;
  tls_stream::time_point now{std::chrono::hours{1}};

  /// Feeds `bytes` in cuts that `how` makes; what it answers.
  std::string feed(std::string_view bytes, fuzz::sequence& cuts) {
    std::string sealed;
    while (!bytes.empty()) {
      const auto size = std::min<size_t>(bytes.size(), 1 + cuts.below(bytes.size() > 64 ? 3000 : 8));
      call(bytes.substr(0, size), sealed);
      while (session.stream().holds_more())
        call({}, sealed);
      bytes.remove_prefix(size);
    }
    return sealed;
  }
  void call(std::string_view bytes, std::string& sealed) {
    auto& stream = session.stream();
    const auto before = stream.records();
    stream.feed(bytes, now, plain, sealed);
    demand(stream.records() - before <= tls_stream::records_a_call, "a call takes too many records");
    demand(stream.now() != state::failed || !session.why_failed().text.empty(), "it fails without a reason");
  }
};

void stranger(fuzz::choices& input) {
  server here;
  fuzz::sequence cuts{input.byte()};
  here.feed(input.rest(), cuts);
  demand(here.plain.empty(), "a stranger is heard");
  const auto now = here.session.stream().now();
  demand(now != state::open && now != state::ended, "a stranger comes in");
}

/// What happens to a flight of the client on its way.
void harm(std::string& bytes, fuzz::choices& input) {
  const auto kind = input.byte() % 8;
  const auto at = bytes.empty() ? 0 : (input.byte() * 257u) % bytes.size();
  if (kind == 1 && !bytes.empty())
    bytes[at] = static_cast<char>(bytes[at] ^ (1 + input.byte() % 255));
  if (kind == 2)
    bytes.resize(at);
  if (kind == 3)
    bytes.erase(at, 1 + input.byte());
  if (kind == 4)
    bytes += bytes;
  if (kind == 5)
    bytes.insert(at, std::string(1 + input.byte() % 40, static_cast<char>(input.byte())));
}

void client(fuzz::choices& input) {
  support::tls_peer there;
  server here;
  const std::array<const bundle*, 4> shows{&all().zoe, &all().stranger, &all().node, nullptr};
  const auto* shown = shows[input.byte() % shows.size()];
  if (shown)
    there.show(shown->own.certificate.get(), shown->own.key.get());
  fuzz::sequence cuts{input.byte()};
  size_t phrases = 0, changes = 0, arrived = 0; // changes of keys: those of this flight; those before the first harm
  bool whole = true;
  there.push({});
  for (int flight = 0; flight < 12; ++flight) {
    const auto sent = there.pull();
    auto bytes = sent;
    harm(bytes, input);
    whole = whole && bytes == sent;
    arrived += whole ? changes : 0;
    changes = 0;
    there.push(here.feed(bytes, cuts));
    const auto choice = input.byte();
    for (auto left = choice % 4 == 3 ? choice / 4 : 0; there.shaken() && left > 0; --left, ++changes)
      there.change_keys();
    if (there.shaken() && there.say(said))
      ++phrases;
  }
  const auto now = here.session.stream().now();
  const auto came_in = now == state::open || now == state::ended || !here.plain.empty();
  demand(!came_in || (shown == &all().zoe && here.session.knows_peer()), "who may not comes in");
  const std::string heard(here.plain.begin(), here.plain.end());
  demand(heard.size() % said.size() == 0 && heard.size() <= phrases * said.size(), "more is heard than was said");
  for (size_t i = 0; i < heard.size(); i += said.size())
    demand(heard.compare(i, said.size(), said) == 0, "another thing is heard than was said");
  demand(now != state::open || arrived <= tls_stream::max_empty_records + 1, "changes of keys without end are borne");
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
