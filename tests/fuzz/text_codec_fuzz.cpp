// The text protocol's codec, fed with any bytes, beside a server that answers everything. Invariants: what is
// understood and what a line client is told do not depend on how the bytes are cut; commands hold no control characters
// where they are shown, and are within their bounds; all output is valid UTF-8 without control characters but tab and
// '\n'; a raw client's writes are at most 1,024 bytes and keep the pace; none is free text, nor anything that the old
// client obeys, but what the server itself says; unread() and unsent() are exact.
#include "protocol/text/text_codec.hpp"
#include "protocol/text/wire_text.hpp"
#include "protocol/words/names.hpp"
#include "tests/fuzz/choices.hpp"
#include "tests/support/utterance_words.hpp"
#include <algorithm>
#include <set>

namespace {

using namespace salond;
using namespace salond::text;
using namespace std::chrono_literals;
using fuzz::demand;

const instant start{1h};

/// Valid, and nothing in it but '\n' that a terminal or another client could take for more than text.
void check_shown(std::string text) {
  std::replace(text.begin(), text.end(), '\n', '\t');
  demand(shown(text) == text, "output is UTF-8 without control characters");
}

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

/// What the old client of 2023 obeys, or swallows, instead of showing it.
bool is_obeyed(std::string_view write) {
  const auto first = write.find_first_not_of(" \t\r\n");
  return write == "AUTH_FAILED" || write == "CONNECTED" || first == std::string_view::npos
         || std::string_view{"{[\""}.find(write[first]) != std::string_view::npos;
}

/// Whether a line to a raw client begins with words of the server or with the envelope of this fuzzer's texts.
bool is_told_as_it_must(std::string_view line, const std::string& username) {
  for (const std::string_view own : {"CONNECTED",
                                     "[",
                                     "ERREUR: ",
                                     "TOKEN:",
                                     "Inscription réussie!",
                                     "Mot de passe mis à jour",
                                     "Le serveur va",
                                     "MSG (salon)",
                                     "JOIN:salon",
                                     "LEAVE:salon",
                                     "HISTORY:salon",
                                     "SEARCH:salon",
                                     "WHO:salon",
                                     "Connectés dans le salon ",
                                     "Aucun message trouvé dans le salon ",
                                     "PRIVATE:",
                                     "PASSWORD:",
                                     "AUTH:",
                                     "TOKEN",
                                     "BAN:",
                                     "HELP - ",
                                     "QUIT - ",
                                     "AUTH_FAILED"})
    if (begins_with(line, own))
      return true;
  const auto name = shown(username).substr(0, 100);
  return begins_with(line, name) || begins_with(line, "~" + name)
         || line.find(" a été banni définitivement.") != std::string_view::npos;
}

/// A server that says yes to every login and echoes the rest.
class server {
public:
  explicit server(const text_options& options) : codec_(options) {}

  void feed(std::string_view bytes, instant now) {
    wake(now);
    codec_.feed(bytes, now);
    fed_ += bytes.size();
    turn(now);
  }
  void end_input(instant now) {
    wake(now);
    codec_.end_input(now);
    turn(now);
    demand(codec_.unread() == 0, "nothing is left unread at the end");
    wake(now + 1h);
    demand(codec_.unsent() == 0 && !codec_.deadline(), "nothing is left unsent at the end");
  }

  std::vector<std::string> understood;
  std::string told;

private:
  /// What happens up to `now`, when the codec asks for it.
  void wake(instant now) {
    for (auto due = codec_.deadline(); due && *due <= now; due = codec_.deadline()) {
      turn(std::max(*due, last_turn_));
      demand(codec_.deadline() != due, "a deadline brings something");
    }
  }

  void turn(instant now) {
    last_turn_ = now;
    for (auto before = codec_.unread(); auto said = codec_.next(now); before = codec_.unread()) {
      demand(codec_.unread() <= before, "what is given out is no longer unread");
      understood.push_back(support::words(said));
      demand(understood.size() <= fed_ + 1,
             "a flood of frames costs its sender at least a byte a frame"); // and the end
      std::visit([&](const auto& utterance) { hear(utterance, now); }, *said);
    }
    const auto waiting = codec_.unsent();
    std::vector<shared_bytes> out;
    codec_.drain(out, now);
    size_t size = 0;
    for (const auto& bytes : out)
      size += received(*bytes, now);
    demand(waiting == codec_.unsent() + size, "unsent() is what has not gone out");
  }

  /// Takes one write; its bytes, without the '\n' that the codec put between a raw client's texts.
  size_t received(const std::string& bytes, instant now) {
    check_shown(bytes);
    told += bytes;
    if (bytes.back() == '\n')
      return bytes.size();
    demand(bytes.size() <= 1024, "the old client reads at most 1,024 bytes");
    demand(closed_ || !last_write_ || now >= *last_write_ + 25ms, "writes keep the pace");
    last_write_ = now;
    demand(!is_obeyed(bytes) || own_.count(bytes) != 0, "nothing that people chose is obeyed by the old client");
    for (std::string_view rest = bytes; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n'));
      demand(is_told_as_it_must(line, username_), "no text of a raw client is free text");
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    return bytes.size() - static_cast<size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  }

  void hear(const misspoken& fault, instant now) {
    const auto text = event::refused{fault.why, {}};
    if (!fault.fatal)
      return codec_.say(text, now);
    codec_.say_last(text, now);
    closed_ = true;
  }
  void hear(const nothing_said&, instant) {}
  void hear(const input_ended&, instant now) {
    codec_.say_last(event::stopping{}, now);
    closed_ = true;
  }
  void hear(const command::any& any, instant now) {
    std::visit([&](const auto& command) { obey(command, now); }, any);
  }

  void log_in(const std::string& username, instant now) {
    username_ = username;
    event::logged_in welcome{username, {}};
    for (int64_t i = 1; i < 30; ++i)
      welcome.salons.push_back({{i}, username, i % 3 == 0});
    for (auto& frame : login_frames(welcome, 1024))
      own_.insert(std::move(frame));
    codec_.say(welcome, now);
  }
  void obey(const command::log_in& login, instant now) { log_in(login.username, now); }
  void obey(const command::resume& login, instant now) { log_in(login.token, now); }
  void obey(const command::post& post, instant now) {
    demand(!post.text.empty() && shown(post.text) == post.text, "a post holds no control character");
    demand(post.salon.find("):") == std::string::npos, "a salon is all up to the first \"):\"");
    spelled_texts twice;
    for (int i = 0; i < 2; ++i)
      spell_to(twice, event::said{{1}, post.salon, username_, post.text, 1, {}});
    const auto texts = std::make_shared<const spelled_texts>(std::move(twice));
    const auto transparent = codec_.transparent();
    codec_.say_spelled(texts, now);
    if (!transparent)
      return;
    std::vector<shared_bytes> out;
    codec_.drain(out, now);
    demand(out == std::vector<shared_bytes>{bytes_of(texts)} && !codec_.deadline(),
           "a transparent codec gives on what it is told");
    received(texts->bytes, now);
  }
  void obey(const command::tell_privately& message, instant now) {
    demand(!message.text.empty() && shown(message.text) == message.text,
           "a private message holds no control character");
    codec_.say(event::said_privately{{1}, username_, message.text, {}}, now);
  }
  void obey(const command::history& page, instant now) {
    demand(page.count >= 1 && page.count <= 500, "a history is 1 to 500 messages");
    for (int64_t i = 0; i < page.count; ++i)
      codec_.say(event::said{{1}, page.salon, username_, "x", i, {}}, now);
  }
  void obey(const command::who& question, instant now) {
    codec_.say(event::members_connected{{1}, question.salon, std::vector<std::string>(40, question.salon)}, now);
  }
  void obey(const command::search& question, instant now) {
    demand(!question.text.empty() && shown(question.text) == question.text,
           "what is searched for holds no control character");
    demand(question.text.size() <= 200, "what is searched for is short");
    codec_.say(event::nothing_found{question.salon}, now);
  }
  void obey(const command::change_password& change, instant now) {
    demand(!change.readings.empty() && change.readings.size() <= 8, "a password has 1 to 8 readings");
    codec_.say(event::password_changed{}, now);
  }
  void obey(const command::join& request, instant now) {
    codec_.say(event::joined{{1}, request.salon, username_}, now);
  }
  void obey(const command::leave& request, instant now) { codec_.say(event::left{{1}, request.salon, username_}, now); }
  void obey(const command::ban& request, instant now) { codec_.say(event::user_banned{request.target}, now); }
  void obey(const command::check_credentials&, instant now) { codec_.say(event::credentials_right{}, now); }
  void obey(const command::issue_token&, instant now) { codec_.say(event::token_issued{"abc", 60}, now); }
  void obey(const command::help&, instant now) { codec_.say(event::help{}, now); }
  void obey(const command::register_user&, instant now) { codec_.say(event::registered{}, now); }
  void obey(const command::register_invited& request, instant now) { obey(request.account, now); }
  void obey(const command::quit&, instant now) {
    codec_.say_last(std::nullopt, now);
    closed_ = true;
  }

  text_codec codec_;
  size_t fed_ = 0;
  instant last_turn_ = start;
  std::optional<instant> last_write_;
  std::string username_ = "l'été";
  std::set<std::string> own_{"CONNECTED", "AUTH_FAILED"};
  bool closed_ = false;
};

/// One conversation: the stream in blocks with pauses between, each block cut in its own way.
server talk(std::string_view stream, const text_options& options, uint32_t pauses, uint32_t cuts) {
  fuzz::sequence pause{pauses}, cut{cuts};
  server result{options};
  auto now = start;
  while (!stream.empty()) {
    auto block = stream.substr(0, pauses == 0 ? stream.size() : 1 + pause.below(200));
    stream.remove_prefix(block.size());
    while (!block.empty()) {
      const auto size = cuts == 0 ? block.size() : std::min<size_t>(1 + cut.below(20), block.size());
      result.feed(block.substr(0, size), now);
      block.remove_prefix(size);
    }
    now += std::chrono::milliseconds{1 + pause.below(300)};
  }
  result.end_input(now);
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::choices input{data, size};
  text_options options;
  options.frame_bytes = input.byte() % 2 == 0 ? 8192 : 64;
  const auto pauses = input.byte();
  const auto cuts = 1u + input.byte();

  const auto whole = talk(input.rest(), options, pauses, 0);
  const auto pieces = talk(input.rest(), options, pauses, cuts);

  demand(whole.understood == pieces.understood, "utterances do not depend on cuts");
  demand(whole.told == pieces.told, "answers do not depend on cuts");
  return 0;
}
