#include "tools/salonctl/link.hpp"
#include "actors/transport/bundle_file.hpp"
#include "config/load.hpp"
#include "config/regular_file.hpp"
#include "protocol/words/names.hpp"
#include "tools/salonctl/terminal.hpp"
#include <caf/io/all.hpp>
#include <functional>
#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unistd.h>
#include <utility>

namespace salonctl {

using namespace salond;

namespace {

// Whom the server makes wait it tells every three seconds that it lives. Silence is said, and then it is over.
constexpr int silence_is_said_after = 5, silence_ends_after = 10; // seconds

/// Small and quick to start: one command, one connection.
struct tool_config : caf::actor_system_config {
  tool_config() {
    add_message_types<caf::id_block::salond_admin>();
    load<caf::io::middleman>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", size_t{1});
    set("middleman.attach-utility-actors", true);
    set("middleman.workers", size_t{0});
  }
};

bundle read_bundle(const std::string& file) {
  if (file.empty())
    throw failure(status::wrong_usage, "--state=DIR (the server's state folder) or --bundle=FILE is needed, since "
                                       "neither STATE_DIRECTORY nor HOME is set");
  const auto read = read_regular_file(file);
  if (const auto* why = std::get_if<std::string>(&read))
    throw failure(status::not_allowed, "cannot read the certificate " + file + ": " + *why
                                           + "; name the server's state folder (--state) or your bundle (--bundle), "
                                             "and be somebody who may read it");
  try {
    return bundle_from(std::get<file_content>(read).bytes);
  } catch (const pki_error& wrong) {
    throw failure(status::not_allowed, file + " is no operator's certificate: " + wrong.what());
  }
}

failure to_failure(const dial_failure& why, const std::string& where) {
  switch (why.kind) {
  case dial_fault::not_allowed:
    return {status::not_allowed, where + " and this certificate do not accept each other: " + why.text};
  case dial_fault::unreachable: return {status::cannot_connect, "nothing to talk to at " + where + ": " + why.text};
  case dial_fault::filtered: return {status::cannot_connect, "no answer from " + where + ": " + why.text};
  case dial_fault::mute:
    return {status::cannot_connect, "what listens at " + where + " does not answer: " + why.text
                                        + "; where it is salond, it may be busy: try again"};
  case dial_fault::other_protocol:
    return {status::cannot_connect, "what listens at " + where + " is no admin port of salond: " + why.text};
  case dial_fault::lost: break;
  }
  return {status::cannot_connect, "the connection to " + where + " was lost: " + why.text};
}

} // namespace

/// One question on its way, for the asker.
struct task {
  std::function<void(caf::event_based_actor*, const std::shared_ptr<task>&)> ask;
  std::promise<std::variant<admin_answer, failure>> result;
  bool over = false;

  void end(std::variant<admin_answer, failure> with) {
    if (!std::exchange(over, true))
      result.set_value(std::move(with));
  }
};
struct task_message {
  std::shared_ptr<task> asked;
};

} // namespace salonctl

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(salonctl::task_message)

namespace salonctl {
namespace {

struct asker_state {
  std::shared_ptr<task> open;
  bool lost = false;
};

/// Asks for us: it hears of the end of the connection while it waits for an answer, which then never comes.
caf::behavior asker(caf::stateful_actor<asker_state>* self, const admin_actor& admin) {
  const failure lost{status::cannot_connect, "the server ended the connection (was the certificate revoked, or the "
                                             "server stopped?)"};
  self->monitor(admin);
  self->set_down_handler([self, lost](const caf::down_msg&) {
    self->state.lost = true;
    if (self->state.open)
      self->state.open->end(lost);
  });
  return {[self, lost](const task_message& msg) {
    self->state.open = msg.asked;
    if (self->state.lost)
      return msg.asked->end(lost);
    msg.asked->ask(self, msg.asked);
  }};
}

} // namespace
} // namespace salonctl

namespace salonctl {

struct server_link::system {
  tool_config config;
  caf::actor_system actors{config};
  transport net{actors};
  caf::actor asker;

  ~system() { caf::anon_send_exit(asker, caf::exit_reason::kill); }
};

options at_server_of_bundle(options settings) {
  if (settings.names_server || settings.bundle.empty())
    return settings;
  const auto read = read_regular_file(settings.bundle);
  const auto* file = std::get_if<file_content>(&read);
  const auto said = file ? server_of(file->bytes) : std::string{}; // what cannot be read is told when it is needed
  if (said.empty())
    return settings;
  std::string why;
  const auto where = config::parse_admin(said, why);
  if (!where)
    throw failure(status::wrong_usage,
                  settings.bundle // its text is not repeated: where line ends are gone, that is the key
                      + " names no address of a server, or is damaged (are its line ends gone?); "
                        "give --server, or get the bundle again");
  settings.server = *where;
  settings.names_server = true; // what this operator reaches, those may whom he issues a bundle
  return settings;
}

server_link::server_link(const options& settings) {
  const auto own = read_bundle(settings.bundle);
  {
    const threads_without_signals quiet;
    system_ = std::make_unique<system>();
  }
  try {
    system_->net.use(own, {});
  } catch (const pki_error& wrong) {
    throw failure(status::not_allowed, settings.bundle + ": " + wrong.what());
  }
  port_rules server;
  server.kinds = {peer_kind::node};
  server.reach = port_rules::reach::every_actor;
  where_ = config::to_string(config::admin_endpoint{settings.server});
  auto found = dial(settings, server);
  if (const auto* why = std::get_if<dial_failure>(&found))
    throw to_failure(*why, where_);
  admin_ = std::get<admin_actor>(found);
  system_->asker = system_->actors.spawn(asker, admin_);
}

server_link::~server_link() = default;

/// On a thread of its own, so that a person sees what is waited for. It ends by itself within seconds.
server_link::dialled server_link::dial(const options& settings, const port_rules& server) {
  std::future<dialled> found;
  {
    const threads_without_signals quiet;
    found = std::async(std::launch::async, [&] {
      return system_->net.dial<admin_actor>(settings.server.host, settings.server.port, server);
    });
  }
  while (found.wait_for(std::chrono::seconds{1}) != std::future_status::ready)
    waiting_.show("connecting to " + where_ + " …");
  waiting_.take_back();
  return found.get();
}

/// Counts seconds instead of reading a clock: while this program is stopped itself, nobody is late.
template <class Future>
void server_link::wait_for(const Future& result) {
  for (int silent = 1; result.wait_for(std::chrono::seconds{1}) != std::future_status::ready; ++silent) {
    if (silent == silence_is_said_after) {
      waiting_.take_back();
      std::cerr << "salonctl: " << where_ << " has not answered for " << silence_is_said_after
                << " seconds; giving up after " << silence_ends_after << std::endl;
    }
    waiting_.show("waiting for " + where_ + ": " + waits_for_ + " …");
    if (silent >= silence_ends_after)
      throw failure(status::cannot_connect, where_ + " has not answered for " + std::to_string(silence_ends_after)
                                                + " seconds; what was asked may be done or not");
  }
}

template <class Message>
admin_answer server_link::exchange(Message message) {
  auto asked = std::make_shared<task>();
  asked->ask = [admin = admin_, message = std::move(message)](caf::event_based_actor* self, const auto& me) {
    self->request(admin, caf::infinite, message)
        .then([me](const admin_answer& answer) { me->end(answer); },
              [me](const caf::error& why) {
                me->end(failure{status::cannot_connect, "no answer: " + to_string(why)});
              });
  };
  auto result = asked->result.get_future();
  caf::anon_send(system_->asker, task_message{asked});
  wait_for(result);
  auto end = result.get();
  if (auto* why = std::get_if<failure>(&end))
    throw std::move(*why);
  return std::get<admin_answer>(std::move(end));
}

namespace {

server_link::answer with_words(const std::string& text) {
  const auto said = nlohmann::ordered_json::parse(text);
  return {said.at("answer").dump(), said.at("cut_off").get<bool>(), said.at("words").get<std::vector<std::string>>()};
}

} // namespace

server_link::answer server_link::ask(const std::vector<std::string>& words, const input& more,
                                     const std::function<void(const std::string&)>& progress) {
  const auto call = ++calls_;
  std::string text;
  waits_for_.clear();
  for (const auto& word : words)
    waits_for_ += (waits_for_.empty() ? "" : " ") + escaped(word);
  struct ending {
    server_link& link;
    ~ending() { link.waiting_.take_back(); }
  } const at_end{*this};
  auto answer = exchange(admin_request{call, words});
  for (;;) {
    switch (static_cast<admin_verdict>(answer.verdict)) {
    case admin_verdict::done: return {text + answer.text, false};
    case admin_verdict::done_in_part: return {text + answer.text, true};
    case admin_verdict::done_with_words: return with_words(text + answer.text);
    case admin_verdict::part:
      text += answer.text;
      answer = exchange(admin_more{call});
      break;
    case admin_verdict::progress:
      if (answer.text != "{}")
        waiting_.take_back();
      progress(answer.text);
      answer = exchange(admin_more{call});
      break;
    case admin_verdict::input_wanted: {
      admin_input piece{call, {}, false};
      piece.last = !more(piece.text);
      answer = exchange(std::move(piece));
      break;
    }
    case admin_verdict::refused: throw failure(status::refused, answer.text);
    case admin_verdict::not_allowed: throw failure(status::not_allowed, answer.text);
    case admin_verdict::wrong_usage: throw failure(status::wrong_usage, answer.text);
    default: throw failure(status::cannot_connect, "the server is of another version");
    }
  }
}

} // namespace salonctl
