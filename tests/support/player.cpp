#include "tests/support/player.hpp"
#include <sstream>
#include <stdexcept>

namespace salond::support {
namespace {

using kind = transcript::step::kind;

// COMPAT: a name with a star is an old desktop client.
bool is_raw(const std::string& who) {
  return who.back() == '*';
}

std::string without_star(const std::string& who) {
  return is_raw(who) ? who.substr(0, who.size() - 1) : who;
}

void demand(bool fact, const std::string& otherwise) {
  if (!fact)
    throw std::runtime_error(otherwise);
}

} // namespace

void player::play(const transcript& script) {
  for (const auto& step : script.steps) {
    try {
      play(step);
    } catch (const std::exception& error) {
      throw std::runtime_error(script.name + ":" + std::to_string(step.line) + ": " + error.what()
                               + "\nThe server's log:\n" + server_.log());
    }
  }
}

void player::play(const transcript::step& step) {
  switch (step.type) {
  case kind::says: return say(step.who, step.text);
  case kind::hears: return expect(step.who, step.text);
  case kind::silence: return expect_silence(step.who);
  case kind::closed:
    expect(step.who, closed);
    clients_.erase(step.who);
    return;
  case kind::ends: return std::visit([](auto& client) { client.socket().finish(); }, find(step.who));
  case kind::leaves: clients_.erase(step.who); return;
  case kind::registered: return register_once(step.who);
  case kind::logged_in: {
    const auto name = without_star(step.who);
    register_once(name);
    auto& client = find(step.who);
    if (auto* line = std::get_if<line_client>(&client))
      return demand(line->log_in(name), name + " cannot log in");
    const auto wrong = std::get<raw_client>(client).log_in(name);
    return demand(wrong.empty(), wrong);
  }
  case kind::server_stops:
  case kind::server_is_killed:
  case kind::server_starts:
  case kind::operator_kicks:
  case kind::operator_unbans: return serve(step.type, step.who);
  }
}

void player::serve(kind deed, const std::string& who) {
  switch (deed) {
  case kind::server_stops: return server_.begin_stop();
  case kind::server_is_killed: return server_.kill();
  case kind::server_starts: demand(server_.wait().has_value(), "the server does not stop"); return server_.start();
  default: break;
  }
  server_.begin_stop();
  demand(server_.wait() == 0, "the server does not stop in order");
  server_.do_as_operator(deed, who);
  server_.start();
}

void player::register_once(const std::string& who) {
  const auto answer = register_user(server_.endpoint(), who);
  demand(answer == "Inscription réussie!" || answer == "Nom d'utilisateur déjà utilisé. Choisissez un autre.", answer);
}

player::client& player::find(const std::string& who) {
  if (const auto known = clients_.find(who); known != clients_.end())
    return known->second;
  auto fresh = is_raw(who) ? client{raw_client(server_.endpoint())} : client{line_client(server_.endpoint())};
  return clients_.emplace(who, std::move(fresh)).first->second;
}

std::vector<std::pair<std::string, std::string>> player::values() const {
  return {{"CR", "\r"}, {"LF", "\n"}, {"TAB", "\t"}, {"it", it_}, {"admin password", server_.administrator_password()}};
}

void player::say(const std::string& who, std::string text) {
  static const std::string no_end = "{no end}";
  auto& client = find(who);
  const bool unfinished =
      text.size() >= no_end.size() && text.compare(text.size() - no_end.size(), no_end.size(), no_end) == 0;
  if (unfinished)
    text.resize(text.size() - no_end.size());
  text = filled_in(text, values());
  if (!is_raw(who) && !unfinished)
    text += '\n';
  demand(std::visit([&](auto& each) { return each.send(text); }, client), who + " is not heard any more");
}

std::string player::hear(const std::string& who) {
  auto& client = find(who);
  if (auto* line = std::get_if<line_client>(&client))
    return line->hear();
  return std::get<raw_client>(client).read();
}

void player::expect(const std::string& who, const std::string& expected) {
  std::istringstream lines(filled_in(expected, values()) + "\n");
  for (std::string wanted; std::getline(lines, wanted);) {
    const auto heard = hear(who);
    demand(matches(wanted, heard, it_), who + "\n  expected: " + wanted + "\n  heard:    " + heard);
    if (lines.peek() == '\n' && lines.ignore().peek() == std::istringstream::traits_type::eof())
      return; // the last of several lines has its end
  }
}

/// Proved without waiting: what is said now is answered next, so nothing else has come before.
void player::expect_silence(const std::string& who) {
  say(who, "RIEN");
  expect(who, "ERREUR: commande inconnue");
}

} // namespace salond::support
