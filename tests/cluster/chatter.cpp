#include "tests/cluster/chatter.hpp"
#include <nlohmann/json.hpp>

namespace salond::faults {
namespace {

constexpr int64_t millisecond = 1000, second = 1000000;
constexpr auto login_patience = 5 * second; ///< then it tries another door
constexpr auto farewell_patience = 10 * second;
constexpr auto error_is_no_farewell = second;
const std::string nobody = "personne-";
const std::string unknown_begin = "ERREUR: utilisateur " + nobody;

bool begins(const std::string& text, const std::string& with) {
  return text.rfind(with, 0) == 0;
}
bool ends(const std::string& text, const std::string& with) {
  return text.size() >= with.size() && text.compare(text.size() - with.size(), with.size(), with) == 0;
}

} // namespace

chatter::chatter(scene& where, std::string user, bool wanders, uint64_t seed)
    : scene_(where), user_(std::move(user)), wanders_(wanders), random_(seed) {}

void chatter::note(kind type, const std::string& where, const std::string& text) {
  scene_.notes.note({0, user_, node_, connection_, type, where, text, 0});
}

void chatter::wait(int64_t at_least_ms, int64_t at_most_ms) {
  const auto more = below(static_cast<uint64_t>(at_most_ms - at_least_ms + 1));
  next_us_ = now() + (at_least_ms + static_cast<int64_t>(more)) * millisecond;
}

// --- coming and going ---

void chatter::go_in() {
  if (scene_.ending) {
    state_ = state::gone;
    return;
  }
  const auto to = scene_.any_door(random_);
  wait(200, 600);
  if (!to)
    return;
  node_ = to->node;
  connection_ = ++scene_.last_connection;
  socket_.connect(*to);
  if (!socket_.open())
    return;
  greeted_ = 0;
  since_us_ = now();
  state_ = state::greeting;
  socket_.say(user_ + ":secret");
}

void chatter::end(const std::string& reason) {
  if (state_ == state::in || state_ == state::quitting)
    note(kind::out, "", reason);
  socket_.close();
  state_ = state::away;
  posts_.clear();
  request_.clear();
  doing_ = doing::nothing;
  error_us_.reset();
  wait(200, 600);
}

void chatter::quit() {
  socket_.say("QUIT");
  state_ = state::quitting;
  since_us_ = now();
}

void chatter::tick() {
  switch (state_) {
  case state::gone: return;
  case state::away:
    if (now() >= next_us_)
      go_in();
    return;
  case state::greeting:
    if (now() > since_us_ + login_patience)
      end("left");
    return;
  case state::quitting:
    if (now() > since_us_ + farewell_patience)
      end("left");
    return;
  case state::in:
    if (error_us_ && now() > *error_us_ + error_is_no_farewell)
      settle_error();
    if (quiet() && now() >= next_us_)
      act();
  }
}

void chatter::ready() {
  socket_.send();
  const bool goes_on = socket_.receive();
  while (const auto line = socket_.line())
    hear(*line);
  if (!goes_on)
    end(state_ == state::quitting ? "quit" : "closed");
}

// --- saying ---

void chatter::act() {
  wait(scene_.pause_ms / 2, scene_.pause_ms * 3 / 2);
  if (scene_.ending)
    return quit();
  if (scene_.calm)
    return;
  if (historian_)
    return ask_history();
  const auto chance = below(100);
  if (chance < 4)
    return quit();
  if (chance < 18)
    return say_privately();
  if (chance < 22 && wanders_)
    return wander();
  post();
}

void chatter::post() {
  if (salons_.empty())
    return;
  posts_where_ = *std::next(salons_.begin(), static_cast<std::ptrdiff_t>(below(salons_.size())));
  for (auto count = below(6) == 0 ? 2 + below(6) : 1; count-- > 0;) {
    const auto text = user_ + "-" + std::to_string(connection_) + "-" + std::to_string(++texts_);
    note(kind::post, posts_where_, text);
    posts_.add(text);
    socket_.say("MSG (" + posts_where_ + "):" + text);
  }
}

void chatter::say_privately() {
  about_ = scene_.users[below(scene_.users.size())];
  text_ = user_ + "-" + std::to_string(connection_) + "-" + std::to_string(++texts_);
  note(kind::private_, about_, text_);
  socket_.say("PRIVATE:" + about_ + ":" + text_);
  doing_ = doing::private_message;
  ask_to_know();
}

void chatter::ask_history() {
  doing_ = doing::history;
  about_ = *std::next(salons_.begin(), static_cast<std::ptrdiff_t>(below(salons_.size())));
  socket_.say("HISTORY:" + about_ + ":20");
  ask_to_know();
}

void chatter::wander() {
  about_ = "Blabla";
  doing_ = salons_.count(about_) ? doing::leaving : doing::joining;
  socket_.say((doing_ == doing::leaving ? "LEAVE:" : "JOIN:") + about_);
  ask_to_know();
}

void chatter::ask_to_know() {
  request_.asked();
  socket_.say("PRIVATE:" + nobody + std::to_string(++questions_) + ":?");
}

// --- hearing ---

void chatter::hear(const std::string& line) {
  if (state_ == state::greeting)
    hear_greeting(line);
  else
    hear_session(line);
}

void chatter::hear_greeting(const std::string& line) {
  ++greeted_;
  if (greeted_ == 1 && line != "CONNECTED")
    return end("left"); // refused
  if (greeted_ < 3)
    return;
  const auto all = nlohmann::json::parse(line, nullptr, false);
  salons_.clear();
  for (const auto& each : all)
    salons_.insert(each.value("salon_name", ""));
  historian_ = !scene_.calm && !salons_.empty() && below(20) == 0;
  std::string spelled;
  for (const auto& salon : salons_)
    spelled += (spelled.empty() ? "" : ",") + salon;
  state_ = state::in;
  // What a historian hears is noted as history.
  scene_.notes.note({0, user_, node_, connection_, kind::in, "", historian_ ? "" : spelled, since_us_});
  wait(0, scene_.pause_ms);
}

void chatter::hear_session(const std::string& line) {
  if (begins(line, unknown_begin))
    return hear_answer(std::stoul(line.substr(unknown_begin.size())));
  if (error_us_)
    settle_error();
  if (begins(line, "ERREUR:")) {
    error_us_ = now();
    return;
  }
  if (const auto at = line.find(" dans le salon "); at != std::string::npos) {
    const auto salon = at + std::string(" dans le salon ").size();
    const auto colon = line.find(": ", salon);
    return hear_message(line.substr(0, at), line.substr(salon, colon - salon), line.substr(colon + 2));
  }
  if (const auto at = line.find(" (privé): "); at != std::string::npos)
    return note(kind::told, "", line.substr(at + std::string(" (privé): ").size()));
  for (const bool joined : {true, false}) {
    const auto notice = user_ + (joined ? " a rejoint le salon " : " a quitté le salon ");
    if (begins(line, notice) && ends(line, "."))
      return hear_notice(line.substr(notice.size(), line.size() - notice.size() - 1), joined);
  }
}

void chatter::hear_message(const std::string& author, const std::string& salon, const std::string& text) {
  note(historian_ ? kind::past : kind::shown, salon, text);
  if (author != user_)
    return;
  posts_.shown(text);
  for (const auto& refused : posts_.settled())
    note(kind::refused, posts_where_, refused);
}

void chatter::hear_notice(const std::string& salon, bool joined) {
  if (joined ? salons_.insert(salon).second : salons_.erase(salon) > 0)
    note(joined ? kind::joined : kind::left, salon, "");
}

void chatter::hear_answer(size_t question) {
  if (error_us_)
    settle_error();
  if (request_.empty())
    return; // of one that is settled already
  const auto first = static_cast<size_t>(questions_) - request_.questions();
  if (question > first)
    finish(request_.answered(question - first));
}

/// The last error was none of a farewell: something is refused.
void chatter::settle_error() {
  const auto at = *error_us_;
  error_us_.reset();
  if (!posts_.empty()) {
    for (const auto& text : posts_.refused())
      scene_.notes.add({at, user_, node_, connection_, kind::refused, posts_where_, text, 0});
  } else if (!request_.empty()) {
    if (request_.refused())
      finish(outcome_of::refused);
    else
      ask_to_know();
  }
}

void chatter::finish(outcome_of result) {
  const auto doing = doing_;
  doing_ = doing::nothing;
  switch (doing) {
  case doing::nothing: return;
  case doing::private_message: return note(result == outcome_of::stored ? kind::sent : kind::refused, about_, text_);
  case doing::history: return quit();
  case doing::leaving:
    if (result == outcome_of::stored)
      hear_notice(about_, false); // a notice may be lost
    return;
  case doing::joining: return;
  }
}

} // namespace salond::faults
