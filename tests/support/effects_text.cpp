#include "tests/support/effects_text.hpp"

namespace salond::support {
namespace {

template <class... Fs>
struct overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

std::string list(const char* name, const lines& values) {
  std::string result = name;
  result += '(';
  for (size_t i = 0; i < values.size(); ++i)
    result += (i == 0 ? "" : ", ") + values[i];
  return result + ')';
}

std::string number(int64_t value) {
  return std::to_string(value);
}

std::string salons_of(const event::logged_in& who) {
  std::string result;
  for (const auto& salon : who.salons)
    result += (result.empty() ? "" : " ") + salon.name + (salon.member ? "*" : "");
  return result;
}

std::string text_of(const rules::question::any& asked) {
  namespace question = rules::question;
  return std::visit(overloaded{
                        [](const question::find_user& x) { return list("find_user", {x.username}); },
                        [](const question::verify& x) {
                          auto values = x.passwords;
                          values.insert(values.begin(), x.hash);
                          return list("verify", values);
                        },
                        [](const question::hash& x) { return list("hash", {x.password}); },
                        [](const question::find_invitation& x) {
                          return x.otherwise.empty() ? list("find_invitation", {x.code})
                                                     : list("find_invitation", {x.code, x.otherwise});
                        },
                        [](const question::find_token& x) { return list("find_token", {x.token}); },
                        [](const question::arrive& x) {
                          return x.token.empty() ? list("arrive", {number(x.who.id.value), x.who.username})
                                                 : list("arrive", {number(x.who.id.value), x.who.username, x.token});
                        },
                        [](const question::register_user& x) {
                          return x.invitation.empty()
                                     ? list("register_user", {x.username, x.alias, x.password})
                                     : list("register_user", {x.username, x.alias, x.password, x.invitation});
                        },
                        [](const question::replace_hash& x) {
                          return list("replace_hash", {number(x.who.value), x.expected, x.hash});
                        },
                        [](const question::change_password& x) {
                          return list("change_password", {number(x.who.value), x.expected, x.hash});
                        },
                        [](const command::post& x) {
                          return list("post", {x.salon, x.text});
                        },
                        [](const command::join& x) { return list("join", {x.salon}); },
                        [](const command::leave& x) { return list("leave", {x.salon}); },
                        [](const command::history& x) {
                          return list("history", {x.salon, number(x.count)});
                        },
                        [](const command::who& x) { return list("who", {x.salon}); },
                        [](const command::search& x) {
                          return list("search", {x.salon, x.text});
                        },
                        [](const command::tell_privately& x) {
                          return list("tell_privately", {x.target, x.text});
                        },
                        [](const command::ban& x) { return list("ban", {x.target}); },
                        [](const command::issue_token&) { return std::string("issue_token"); },
                        [](const question::next_piece&) { return std::string("next_piece"); },
                    },
                    asked);
}

} // namespace

std::string text_of(const event::any& event) {
  return std::visit(
      overloaded{
          [](const event::logged_in& x) {
            return list("logged_in", {x.username, salons_of(x)});
          },
          [](const event::login_refused& x) { return list("login_refused", {to_string(x.why)}); },
          [](const event::registered&) { return std::string("registered"); },
          [](const event::registration_refused& x) { return list("registration_refused", {to_string(x.why)}); },
          [](const event::said& x) {
            return list("said", {x.salon_name, x.author, x.text});
          },
          [](const event::joined& x) {
            return list("joined", {x.salon_name, x.username});
          },
          [](const event::left& x) {
            return list("left", {x.salon_name, x.username});
          },
          [](const event::said_privately& x) {
            return list("said_privately", {x.author, x.text});
          },
          [](const event::request_waits& x) { return list("request_waits", {x.salon_name}); },
          [](const event::request_refused& x) { return list("request_refused", {x.salon_name}); },
          [](const event::user_banned& x) { return list("user_banned", {x.username}); },
          [](const event::credentials_right&) { return std::string("credentials_right"); },
          [](const event::credentials_refused& x) { return list("credentials_refused", {to_string(x.why)}); },
          [](const event::password_changed&) { return std::string("password_changed"); },
          [](const event::password_refused& x) { return list("password_refused", {to_string(x.why)}); },
          [](const event::token_issued& x) {
            return list("token_issued", {x.token, number(x.seconds)});
          },
          [](const event::help&) { return std::string("help"); },
          [](const event::members_connected& x) {
            auto values = x.usernames;
            values.insert(values.begin(), x.salon_name);
            return list("members_connected", values);
          },
          [](const event::nothing_found& x) { return list("nothing_found", {x.salon_name}); },
          [](const event::refused& x) {
            return x.subject.empty() ? list("refused", {to_string(x.why)})
                                     : list("refused", {to_string(x.why), x.subject});
          },
          [](const event::kicked& x) { return list("kicked", {number(x.minutes)}); },
          [](const event::banned&) { return std::string("banned"); },
          [](const event::erased&) { return std::string("erased"); },
          [](const event::session_ended&) { return std::string("session_ended"); },
          [](const event::stopping_soon& x) { return list("stopping_soon", {number(x.seconds)}); },
          [](const event::stopping&) { return std::string("stopping"); },
          [](const event::announced& x) { return list("announced", {x.text}); },
      },
      event);
}

lines lines_of(const rules::effects& effects) {
  lines result;
  for (const auto& effect : effects)
    result.push_back(std::visit(
        overloaded{
            [](const rules::tell& x) { return "tell " + text_of(x.event); },
            [](const rules::ask& x) { return "ask " + text_of(x.question); },
            [](const rules::ask_when_read& x) { return "ask when read " + text_of(x.question); },
            [](const rules::hang_up& x) { return x.last ? "hang up: " + text_of(*x.last) : std::string("hang up"); },
        },
        effect));
  return result;
}

} // namespace salond::support
