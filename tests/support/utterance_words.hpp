// What a client said, in words: for comparing in tests, and for reading when they differ.
#pragma once
#include "protocol/words/utterance.hpp"
#include <optional>
#include <string>
#include <variant>

namespace salond::support {

struct utterance_words {
  std::string operator()(const command::register_user& x) const {
    return "register " + x.username + "|" + x.alias + "|" + x.password;
  }
  std::string operator()(const command::register_invited& x) const {
    const auto text = "invited " + x.code + "|" + x.account.username + "|" + x.account.alias + "|" + x.account.password;
    return x.otherwise ? text + " or " + (*this)(*x.otherwise) : text;
  }
  std::string operator()(const command::log_in& x) const { return "log in " + x.username + "|" + x.password; }
  std::string operator()(const command::resume& x) const {
    return "resume " + x.token + (x.otherwise ? " or " + (*this)(*x.otherwise) : "");
  }
  std::string operator()(const command::post& x) const { return "post " + x.salon + "|" + x.text; }
  std::string operator()(const command::join& x) const { return "join " + x.salon; }
  std::string operator()(const command::leave& x) const { return "leave " + x.salon; }
  std::string operator()(const command::tell_privately& x) const { return "private " + x.target + "|" + x.text; }
  std::string operator()(const command::check_credentials& x) const { return "check " + x.username + "|" + x.password; }
  std::string operator()(const command::ban& x) const { return "ban " + x.target; }
  std::string operator()(const command::change_password& x) const {
    std::string result = "password";
    for (const auto& [old, fresh] : x.readings)
      result += " " + old + "|" + fresh;
    return result;
  }
  std::string operator()(const command::history& x) const {
    return "history " + x.salon + "|" + std::to_string(x.count);
  }
  std::string operator()(const command::who& x) const { return "who " + x.salon; }
  std::string operator()(const command::search& x) const { return "search " + x.salon + "|" + x.text; }
  std::string operator()(const command::issue_token&) const { return "token"; }
  std::string operator()(const command::help&) const { return "help"; }
  std::string operator()(const command::quit&) const { return "quit"; }
  std::string operator()(const command::any& x) const { return std::visit(*this, x); }
  std::string operator()(const misspoken& x) const {
    return std::string(x.fatal ? "fatal " : "misspoken ") + to_string(x.why);
  }
  std::string operator()(const input_ended&) const { return "end"; }
  std::string operator()(const nothing_said&) const { return "nothing"; }
};

/// `what` as "post Général|hello", "misspoken unknown_command", "nothing".
inline std::string words(const std::optional<utterance>& said) {
  return said ? std::visit(utterance_words{}, *said) : "nothing";
}

} // namespace salond::support
