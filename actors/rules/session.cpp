#include "actors/rules/session.hpp"
#include "actors/rules/permissions.hpp"
#include "protocol/commands/client_commands.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"
#include <utility>

namespace salond::rules {
namespace {

template <class... Fs>
struct overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

effects just(effect what) {
  effects result;
  result.push_back(std::move(what));
  return result;
}

std::optional<fault> refuses_registration(const command::register_user& asked) {
  if (!is_name(asked.username))
    return fault::invalid_username;
  if (is_reserved(asked.username))
    return fault::reserved_name;
  if (!is_name(asked.alias))
    return fault::invalid_alias;
  if (!is_new_password(asked.password))
    return fault::invalid_password;
  return std::nullopt;
}

/// Whom a command that needs a right is about.
std::string target_of(const command::any& said) {
  const auto* ban = std::get_if<command::ban>(&said);
  return ban ? ban->target : std::string{};
}

} // namespace

bool session::waiting() const {
  return stage_ == stage::closed || asked() || held_.has_value() || posts_ >= window_;
}

effects session::end(std::optional<event::any> last) {
  stage_ = stage::closed;
  held_.reset();
  return just(hang_up{std::move(last)});
}

/// A refusal of what is asked now: fatal as long as nobody is logged in.
effects session::refuse(fault why) {
  if (purpose_ == purpose::register_user)
    return end(event::registration_refused{why});
  if (!logged_in_ || purpose_ == purpose::check)
    return end(event::refused{why, {}});
  if (purpose_ == purpose::change_password)
    return settle(event::password_refused{why});
  return settle(event::refused{why, subject_});
}

effects session::question_is(question::any what, std::string subject) {
  stage_ = stage::asked;
  subject_ = std::move(subject);
  return just(ask{std::move(what)});
}

/// The open question is answered; the session is ready for the next utterance.
effects session::settle(std::optional<event::any> told) {
  stage_ = stage::open;
  purpose_ = purpose::none;
  readings_.clear();
  effects result;
  if (told)
    result.push_back(tell{std::move(*told)});
  return result;
}

effects session::hear(utterance said) {
  if (posts_ > 0) { // only a post to the same salon may follow unanswered posts
    const auto* command = std::get_if<command::any>(&said);
    const auto* post = command ? std::get_if<command::post>(command) : nullptr;
    if (!post || post->salon != post_salon_) {
      held_ = std::move(said);
      return {};
    }
  }
  return take(said);
}

effects session::take(utterance& said) {
  return std::visit(overloaded{
                        [this](command::any& what) { return obey(what); },
                        [this](misspoken& what) -> effects {
                          if (what.why == fault::foreign_protocol)
                            return end(std::nullopt);
                          if (what.fatal || what.why == fault::malformed_login)
                            return end(event::refused{what.why, {}});
                          return just(tell{event::refused{what.why, {}}});
                        },
                        [this](input_ended&) { return end(std::nullopt); },
                        [](nothing_said&) { return effects{}; },
                    },
                    said);
}

/// When it is allowed, and to whom, stands in the table of commands.
effects session::obey(command::any& said) {
  const auto& row = about(said);
  if (!logged_in_)
    return row.is_allowed_before_login() ? greeted(said) : end(event::refused{fault::malformed_login, {}});
  if (!row.is_allowed_in_session())
    return just(tell{event::refused{fault::unknown_command, {}}});
  if (row.needs && !may({who_.role, {}}, *row.needs, std::nullopt))
    return just(tell{event::refused{fault::not_allowed, target_of(said)}});
  return commanded(said);
}

effects session::greeted(command::any& said) {
  if (auto* login = std::get_if<command::log_in>(&said))
    return begin_login(*login);
  if (auto* wish = std::get_if<command::register_user>(&said))
    return begin_registration(*wish);
  if (auto* wish = std::get_if<command::register_invited>(&said))
    return begin_invited(*wish);
  if (auto* token = std::get_if<command::resume>(&said)) {
    purpose_ = purpose::log_in;
    stage_ = stage::redeeming;
    fallback_ = command::log_in{"RESUME", token->token};
    return just(ask{question::find_token{std::move(token->token)}});
  }
  return end(event::refused{fault::malformed_login, {}});
}

effects session::begin_login(command::log_in& said) {
  purpose_ = purpose::log_in;
  if (is_too_long_for_names(said.username) || !is_password(said.password))
    return end(event::refused{fault::wrong_credentials, {}});
  stage_ = stage::finding;
  password_ = std::move(said.password);
  return just(ask{question::find_user{std::move(said.username)}});
}

effects session::begin_registration(command::register_user& said) {
  purpose_ = purpose::register_user;
  if (auto why = refuses_registration(said))
    return refuse(*why);
  registering_ = std::move(said);
  stage_ = stage::finding; // before the costly hash: names are taken more often than not
  using reason = question::find_user::purpose;
  return just(ask{question::find_user{registering_.username,
                                      invitation_.empty() ? reason::registration : reason::invited_registration}});
}

/// The invitation first: who has none learns nothing about names.
effects session::begin_invited(command::register_invited& said) {
  purpose_ = purpose::register_user;
  invitation_ = std::move(said.code);
  registering_ = std::move(said.account);
  stage_ = stage::invited;
  return just(ask{question::find_invitation{invitation_}});
}

effects session::commanded(command::any& said) {
  return std::visit(
      overloaded{
          [this](command::post& what) { return post(what); },
          [this](command::register_user& what) { return begin_registration(what); },
          [this](command::join& what) {
            auto subject = what.salon;
            return question_is(question::join{std::move(what.salon)}, std::move(subject));
          },
          [this](command::leave& what) {
            auto subject = what.salon;
            return question_is(question::leave{std::move(what.salon)}, std::move(subject));
          },
          [this](command::history& what) {
            auto subject = what.salon;
            return question_is(question::history{std::move(what.salon), what.count}, std::move(subject));
          },
          [this](command::who& what) {
            auto subject = what.salon;
            return question_is(question::who{std::move(what.salon)}, std::move(subject));
          },
          [this](command::search& what) {
            auto subject = what.salon;
            return question_is(question::search{std::move(what.salon), std::move(what.text)}, std::move(subject));
          },
          [this](command::tell_privately& what) -> effects {
            if (is_too_long_for_names(what.target))
              return just(tell{event::refused{fault::unknown_user, std::move(what.target)}});
            auto subject = what.target;
            return question_is(question::tell_privately{std::move(what.target), std::move(what.text)},
                               std::move(subject));
          },
          [this](command::ban& what) {
            auto subject = what.target;
            return question_is(question::ban{std::move(what.target)}, std::move(subject));
          },
          [this](command::check_credentials& what) -> effects {
            purpose_ = purpose::check;
            if (is_too_long_for_names(what.username) || !is_password(what.password))
              return refuse(fault::wrong_credentials);
            stage_ = stage::finding;
            password_ = std::move(what.password);
            return just(ask{question::find_user{std::move(what.username)}});
          },
          [this](command::change_password& what) -> effects {
            purpose_ = purpose::change_password;
            readings_ = std::move(what.readings);
            stage_ = stage::finding;
            return just(ask{question::find_user{who_.username}});
          },
          [this](command::issue_token&) { return question_is(question::issue_token{}); },
          [](command::help&) -> effects { return just(tell{event::help{}}); },
          [this](command::quit&) { return end(std::nullopt); },
          // not let pass: a session has begun already
          [](command::log_in&) { return effects{}; },
          [](command::register_invited&) { return effects{}; },
          [](command::resume&) { return effects{}; },
      },
      said);
}

effects session::post(command::post& said) {
  if (posts_++ == 0)
    post_salon_ = said.salon;
  return just(ask{question::post{std::move(said.salon), std::move(said.text)}});
}

effects session::answered(answer::any what) {
  if (stage_ == stage::closed)
    return {};
  return go_on(
      std::visit(overloaded{
                     [this](answer::found& x) { return on_found(x); },
                     [this](answer::verified& x) { return on_verified(x); },
                     [this](answer::hashed& x) { return on_hashed(x); },
                     [this](answer::arrived& x) { return on_arrived(x); },
                     [this](answer::posted& x) { return on_posted(x); },
                     [this](answer::settled& x) { return on_settled(x); },
                     [this](answer::told& x) { return x.what ? settle(std::move(*x.what)) : refuse(x.what.why()); },
                     [this](answer::remembered& x) { return on_remembered(x); },
                 },
                 what));
}

/// What waited behind the posts comes next, once the last of them is answered.
effects session::go_on(effects so_far) {
  if (posts_ > 0 || !held_ || stage_ == stage::closed)
    return so_far;
  auto next = std::move(*held_);
  held_.reset();
  for (auto& more : take(next))
    so_far.push_back(std::move(more));
  return so_far;
}

effects session::on_found(answer::found& found) {
  const auto missing =
      !found.who && (found.who.why() == fault::unknown_user || found.who.why() == fault::wrong_credentials);
  if (purpose_ == purpose::register_user) {
    if (found.who || found.who.why() == fault::banned)
      return refuse(fault::name_taken);
    if (!missing)
      return refuse(found.who.why());
    stage_ = stage::hashing;
    return just(ask{question::hash{std::move(registering_.password)}});
  }
  if (stage_ == stage::redeeming && missing) { // no token: the user may be called RESUME
    auto login = std::move(*fallback_);
    fallback_.reset();
    return begin_login(login);
  }
  if (!found.who && !missing)
    return refuse(found.who.why());
  if (stage_ == stage::redeeming) {
    who_ = std::move(*found.who);
    stage_ = stage::arriving;
    return just(ask{question::arrive{who_.id, who_.username, std::move(fallback_->password)}});
  }
  stage_ = stage::verifying;
  std::vector<std::string> passwords;
  if (purpose_ == purpose::change_password) {
    for (const auto& reading : readings_)
      passwords.push_back(reading.first);
  } else {
    passwords.push_back(std::move(password_));
  }
  old_hash_ = missing ? std::string{} : found.who->password_hash;
  if (purpose_ == purpose::log_in && !missing)
    who_ = std::move(*found.who);
  return just(ask{question::verify{old_hash_, std::move(passwords)}});
}

effects session::on_verified(answer::verified& verified) {
  if (!verified.heard)
    return refuse(verified.heard.why());
  if (!verified.which)
    return refuse(fault::wrong_credentials);
  if (purpose_ == purpose::check)
    return settle(event::credentials_right{});
  if (purpose_ == purpose::change_password) {
    auto& fresh = readings_[*verified.which].second;
    if (!is_new_password(fresh))
      return refuse(fault::invalid_password);
    stage_ = stage::hashing;
    return just(ask{question::hash{std::move(fresh)}});
  }
  effects result;
  if (!verified.better_hash.empty())
    result.push_back(ask{question::replace_hash{who_.id, std::move(old_hash_), std::move(verified.better_hash)}});
  stage_ = stage::arriving;
  result.push_back(ask{question::arrive{who_.id, who_.username}});
  return result;
}

effects session::on_hashed(answer::hashed& hashed) {
  if (!hashed.hash)
    return refuse(hashed.hash.why());
  stage_ = stage::storing;
  if (purpose_ == purpose::change_password)
    return just(ask{question::change_password{who_.id, std::move(old_hash_), std::move(*hashed.hash)}});
  return just(ask{question::register_user{std::move(registering_.username), std::move(registering_.alias),
                                          std::move(*hashed.hash), std::move(invitation_)}});
}

effects session::on_arrived(answer::arrived& arrived) {
  if (!arrived.welcome) {
    const auto why = arrived.welcome.why();
    return refuse(why == fault::unknown_user ? fault::wrong_credentials : why); // gone since its password was verified
  }
  logged_in_ = true;
  auto result = settle(std::move(*arrived.welcome));
  if (arrived.more)
    stage_ = stage::handing_out;
  return hand_out(std::move(result), arrived.missed, arrived.more);
}

effects session::hand_out(effects so_far, std::vector<event::any>& events, bool more) {
  for (auto& next : events)
    so_far.push_back(tell{std::move(next)});
  if (more)
    so_far.push_back(ask_when_read{question::next_piece{}});
  return so_far;
}

effects session::on_remembered(answer::remembered& remembered) {
  if (!remembered.page && stage_ == stage::handing_out)
    return end(event::refused{remembered.page.why(), {}}); // a part of the login: what was not told waits for the next
  if (!remembered.page)
    return refuse(remembered.page.why());
  return hand_out(remembered.more ? effects{} : settle(std::nullopt), *remembered.page, remembered.more);
}

effects session::on_posted(const answer::posted& posted) {
  --posts_;
  if (!posted.why_not)
    return {};
  return just(tell{event::refused{*posted.why_not, posted.salon}});
}

effects session::on_settled(const answer::settled& settled) {
  if (!settled.result)
    return refuse(settled.result.why());
  if (stage_ == stage::invited) {
    auto account = std::move(registering_);
    return begin_registration(account);
  }
  switch (purpose_) {
  case purpose::register_user: return end(event::registered{});
  case purpose::change_password: return settle(event::password_changed{});
  case purpose::log_in:
  case purpose::check:
  case purpose::none: break;
  }
  return settle(std::nullopt);
}

void session::hung_up() {
  stage_ = stage::closed;
  held_.reset();
}

effects session::time_is_up() {
  if (!anonymous() || closed())
    return {};
  return end(event::refused{fault::login_timeout, {}});
}

} // namespace salond::rules
