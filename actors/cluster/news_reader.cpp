#include "actors/cluster/news_reader.hpp"
#include "config/log.hpp"
#include "protocol/words/names.hpp"
#include <charconv>
#include <sstream>

namespace salond {
namespace {

using pointer = news_actor::stateful_pointer<news_state>;
using persistence::fact;

// A beat reads a thousand.
constexpr size_t max_open = 2000;
constexpr auto pause = std::chrono::milliseconds{300};

void ask_later(pointer self, std::function<void()> question) {
  auto& st = self->state;
  st.again.push_back(std::move(question));
  if (st.again.size() == 1)
    self->delayed_send(self, pause, ask_again{});
}

/// Asks until it is answered. `whom`: a member of news_hearers.
template <class Handle, class Message>
void ask_now(pointer self, Handle news_hearers::*whom, const Message& message) {
  self->request(self->state.whom.*whom, caf::infinite, message)
      .then([self](settled) { --*self->state.open; },
            [self, whom, message](caf::error&) { ask_later(self, [=] { ask_now(self, whom, message); }); });
}

template <class Handle, class Message>
void ask(pointer self, Handle news_hearers::*whom, const Message& message) {
  ++*self->state.open;
  ask_now(self, whom, message);
}

/// The number that a fact has for a name; 0 where it has none.
int64_t number_in(const std::string& name) {
  int64_t result = 0;
  std::from_chars(name.data(), name.data() + name.size(), result);
  return result;
}

void act_on_account(pointer self, const fact& news) {
  ask(self, &news_hearers::directory, reread_account{news.who});
  ask(self, &news_hearers::host, reread_account{news.who});
  if (!news.name.empty()) // a new name, with which a kick goes on
    ask(self, &news_hearers::bans, reread_ban{key_of(news.name), news.who});
}

void act_on(pointer self, const fact& news) {
  const auto& whom = self->state.whom;
  switch (news.type) {
  case fact::kind::out: return ask(self, &news_hearers::bans, reread_ban{key_of(news.name), news.who});
  case fact::kind::account: return act_on_account(self, news);
  case fact::kind::salon: return ask(self, &news_hearers::host, reread_salon{news.salon});
  case fact::kind::membership: return ask(self, &news_hearers::host, reread_member{news.salon, news.name});
  case fact::kind::rejection: return ask(self, &news_hearers::host, reread_member{news.salon, news.name, false});
  case fact::kind::import: return ask(self, &news_hearers::host, reread_members{});
  case fact::kind::address: return ask(self, &news_hearers::bans, reread_address_bans{});
  case fact::kind::session:
    return ask(self, &news_hearers::directory, end_sessions{news.who, connection_id{number_in(news.name)}});
  case fact::kind::request: return ask(self, &news_hearers::host, reread_request{news.salon, news.who});
  case fact::kind::stop: return self->send(whom.server, stop{number_in(news.name)});
  case fact::kind::mail: return self->send(whom.relay, look_for_mail{{news.who}});
  case fact::kind::certificate: return ask(self, &news_hearers::certificates, share_certificates{});
  case fact::kind::drain: return;
  }
}

/// It is asked of one run, by any node: by itself, too.
void drain_if_meant(pointer self, const fact& news) {
  std::istringstream words{news.name};
  int64_t run = 0, seconds = 0;
  if (words >> run >> seconds && run == self->state.run)
    self->send(self->state.whom.server, drain_node{seconds});
}

/// What this node did itself is done. But of several stops that are asked at once all nodes go by the last one stored:
/// where another node's came since, this one's own is begun again.
bool is_to_be_done(news_state& st, const persistence::stored_news& news) {
  const bool is_stop = news.told.type == fact::kind::stop;
  if (news.run == st.run)
    return is_stop && st.others_stop;
  st.others_stop = st.others_stop || is_stop;
  return true;
}

} // namespace

news_actor::behavior_type news(pointer self, news_hearers whom, int64_t run,
                               std::shared_ptr<std::atomic<size_t>> open) {
  self->state.whom = std::move(whom);
  self->state.run = run;
  self->state.open = std::move(open);
  self->set_error_handler([](caf::error& why) {
    log::warning("the reader of news was told an error", {{"why", to_string(why)}});
  });
  return {
      [self](const hear_news& msg) {
        for (const auto& news : msg.news) {
          if (news.told.type == fact::kind::drain)
            drain_if_meant(self, news.told);
          else if (is_to_be_done(self->state, news))
            act_on(self, news.told);
          --*self->state.open;
        }
      },
      [self](const serving& now) { self->state.whom.bans = now.bans; },
      [self](const ask_again&) {
        for (auto& again : std::exchange(self->state.again, {}))
          again();
      },
  };
}

void tell_news(cluster_member& member, const news_actor& to, const std::shared_ptr<std::atomic<size_t>>& open) {
  member.when_news([to, open](const std::vector<persistence::stored_news>& news) {
    if (*open > max_open)
      return false;
    *open += news.size();
    caf::anon_send(to, hear_news{news});
    return true;
  });
}

} // namespace salond
