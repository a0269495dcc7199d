// NEWS: what other nodes decided is to hold here. It hears facts, rows that are read with each beat
// (persistence/cluster/news.hpp), and has whom each concerns read in the store how it is now. So nothing depends on the
// order of facts, or on how often they are told; who cannot be answered now is asked again.
#pragma once
#include "actors/cluster/member.hpp"
#include "actors/interfaces/bans.hpp"
#include "actors/interfaces/certificates.hpp"
#include "actors/interfaces/directory.hpp"
#include "actors/interfaces/host.hpp"
#include "actors/interfaces/relay.hpp"
#include "actors/interfaces/server.hpp"
#include <atomic>

namespace salond {

/// Facts that were read, of this node's own run as well.
struct hear_news {
  std::vector<persistence::stored_news> news;
};
/// INTERNAL to news: whom the store did not answer a moment ago is asked again.
struct ask_again {};

/// NEWS: has this node work by what others decided.
using news_actor = caf::typed_actor<
    // Asks whom the facts of other runs concern, until each has answered.
    caf::reacts_to<hear_news>,
    // Asks the new ban registry from now on.
    caf::reacts_to<serving>,
    // INTERNAL. Asks again.
    caf::reacts_to<ask_again>>;

/// Whom it asks.
struct news_hearers {
  bans_actor bans;
  directory_actor directory;
  host_actor host;
  relay_actor relay;
  certificates_actor certificates;
  server_actor server;
};

struct news_state {
  static inline const char* name = "news";
  news_hearers whom;
  int64_t run = 0;
  std::shared_ptr<std::atomic<size_t>> open; ///< facts not looked at, and questions without an answer
  std::vector<std::function<void()>> again;
  bool others_stop = false; ///< another node was asked to stop all
};

news_actor::behavior_type news(news_actor::stateful_pointer<news_state> self, news_hearers whom, int64_t run,
                               std::shared_ptr<std::atomic<size_t>> open);

/// Has `member` tell the actor its news, as long as not too much of it is open.
void tell_news(cluster_member& member, const news_actor& to, const std::shared_ptr<std::atomic<size_t>>& open);

} // namespace salond
