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

effects just(effect only) {
  effects result;
  result.push_back(std::move(only));
  return result;
}

effects refuse(fault why, std::string subject = {}) {
  return just(tell{event::refused{why, std::move(subject)}});
}

/// The subject of a command: a salon, a user, or none.
template <class Command>
auto subject_of(const Command& said, int) -> decltype(said.salon) {
  return said.salon;
}
template <class Command>
auto subject_of(const Command& said, int) -> decltype(said.target) {
  return said.target;
}
template <class Command>
std::string subject_of(const Command&, long) {
  return {};
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

} // namespace

bool session::waiting() const {
  if (const auto* now = std::get_if<open>(&state_))
    return now->held || now->posts >= window_;
  return !std::holds_alternative<nobody>(state_);
}

bool session::unanswered() const {
  if (const auto* now = std::get_if<open>(&state_))
    return now->posts > 0;
  return !std::holds_alternative<nobody>(state_) && !closed();
}

void session::change_account(const std::string& username, role now) {
  auto* coming = std::get_if<entering>(&state_);
  auto* who = account_ ? &*account_ : coming ? &coming->who : nullptr;
  if (!who)
    return; // hung up on its way in
  who->username = username;
  who->role = now;
}

effects session::end(std::optional<event::any> last) {
  state_ = over{};
  return just(hang_up{std::move(last)});
}

/// What was asked is answered; the session is ready for the next utterance.
effects session::settle(std::optional<event::any> told) {
  if (account_)
    state_ = open{};
  else
    state_ = nobody{};
  effects result;
  if (told)
    result.push_back(tell{std::move(*told)});
  return result;
}

// --- what the client says ---

effects session::hear(utterance said) {
  auto* now = std::get_if<open>(&state_);
  if (now && now->posts > 0) { // only a post to the same salon may follow unanswered posts
    const auto* command = std::get_if<command::any>(&said);
    const auto* post = command ? std::get_if<command::post>(command) : nullptr;
    if (!post || post->salon != now->salon) {
      now->held = std::make_unique<utterance>(std::move(said));
      return {};
    }
  }
  return take(said);
}

effects session::take(utterance& said) {
  return std::visit(overloaded{
                        [this](command::any& command) { return obey(command); },
                        [this](misspoken& text) {
                          if (text.why == fault::foreign_protocol)
                            return end(std::nullopt);
                          return text.fatal ? end(event::refused{text.why, {}}) : refuse(text.why);
                        },
                        [this](input_ended&) { return end(std::nullopt); },
                        [](nothing_said&) { return effects{}; },
                    },
                    said);
}

/// The table of commands says when a command is allowed, and to whom.
effects session::obey(command::any& said) {
  const auto& row = about(said);
  if (!account_ && !row.is_allowed_before_login())
    return refuse(fault::malformed_login);
  if (account_ && !row.is_allowed_in_session())
    return refuse(fault::unknown_command);
  if (row.needs && !may({account_ ? account_->role : role::user, {}}, *row.needs, std::nullopt))
    return refuse(fault::not_allowed, std::visit([](const auto& command) { return subject_of(command, 0); }, said));
  return std::visit([this](auto& command) { return obey(command); }, said);
}

/// Most commands are asked as they are.
template <class Command>
effects session::obey(Command& said) {
  state_ = asking{subject_of(said, 0)};
  return just(ask{std::move(said)});
}

effects session::obey(command::log_in& said) {
  return prove(proof::by_password(std::move(said.username), {std::move(said.password)}), log_in{});
}

effects session::obey(command::resume& said) {
  return prove(proof::by_token(std::move(said)), log_in{});
}

effects session::obey(command::check_credentials& said) {
  return prove(proof::by_password(std::move(said.username), {std::move(said.password)}), check{});
}

effects session::obey(command::change_password& said) {
  std::vector<std::string> old;
  change_password what_for;
  for (auto& reading : said.readings) {
    old.push_back(std::move(reading.first));
    what_for.fresh.push_back(std::move(reading.second));
  }
  return prove(proof::by_password(account_->username, std::move(old)), std::move(what_for));
}

effects session::obey(command::tell_privately& said) {
  if (is_too_long_for_names(said.target))
    return refuse(fault::unknown_user, std::move(said.target));
  state_ = asking{said.target};
  return just(ask{std::move(said)});
}

effects session::obey(command::post& said) {
  auto& now = std::get<open>(state_);
  if (now.posts++ == 0)
    now.salon = said.salon;
  return just(ask{std::move(said)});
}

effects session::obey(command::help&) {
  return just(tell{event::help{}});
}

effects session::obey(command::quit&) {
  return end(std::nullopt);
}

// --- answers ---

effects session::answered(answer::any answer) {
  return take_held(std::visit([this](auto& now, auto& given) { return on(now, given); }, state_, answer));
}

/// The utterance that waited behind the posts comes next, once the last of them is answered.
effects session::take_held(effects so_far) {
  auto* now = std::get_if<open>(&state_);
  if (!now || now->posts > 0 || !now->held)
    return so_far;
  const auto next = std::move(now->held);
  for (auto& more : take(*next))
    so_far.push_back(std::move(more));
  return so_far;
}

effects session::on(open& now, answer::posted& posted) {
  if (now.posts > 0)
    --now.posts;
  return posted.why_not ? refuse(*posted.why_not, std::move(posted.salon)) : effects{};
}

effects session::on(asking& now, answer::settled& settled) {
  if (!settled.result)
    return settle(event::refused{settled.result.why(), std::move(now.subject)});
  return settle(std::move(settled.told));
}

effects session::on(asking& now, answer::remembered& remembered) {
  if (!remembered.page)
    return settle(event::refused{remembered.page.why(), std::move(now.subject)});
  return hand_out(remembered.more ? effects{} : settle(std::nullopt), *remembered.page, remembered.more);
}

effects session::hand_out(effects so_far, std::vector<event::any>& events, bool more) {
  for (auto& next : events)
    so_far.push_back(tell{std::move(next)});
  if (more)
    so_far.push_back(ask_when_read{question::next_piece{}});
  return so_far;
}

// --- first step: who it is ---

effects session::prove(proof attempt, purpose what_for) {
  state_ = proving{std::move(attempt), std::move(what_for)};
  return go_on(std::get<proving>(state_).attempt.begin());
}

effects session::go_on(proof::step next) {
  return std::visit(overloaded{
                        [](question::any& question) { return just(ask{std::move(question)}); },
                        [this](fault why) { return not_proven(why); },
                        [this](proof::proven& proven_user) {
                          auto what_for = std::move(std::get<proving>(state_).what_for);
                          return std::visit([&](auto& goal) { return proven(goal, proven_user); }, what_for);
                        },
                    },
                    next);
}

effects session::not_proven(fault why) {
  const auto what_for = std::move(std::get<proving>(state_).what_for);
  return settle(std::visit(overloaded{
                               [&](const log_in&) { return event::any{event::login_refused{why}}; },
                               [&](const check&) { // the ban is the other user's, and says nothing about this session
                                 return event::any{
                                     event::credentials_refused{why == fault::banned ? fault::wrong_credentials : why}};
                               },
                               [&](const change_password&) { return event::any{event::password_refused{why}}; },
                           },
                           what_for));
}

effects session::proven(const check&, proof::proven&) {
  return settle(event::credentials_right{});
}

effects session::proven(change_password& change, proof::proven& proven_user) {
  auto& fresh = change.fresh[proven_user.which];
  if (!is_new_password(fresh))
    return settle(event::password_refused{fault::invalid_password});
  state_ = hashing_password{std::move(proven_user.who.password_hash)};
  return just(ask{question::hash{std::move(fresh)}});
}

effects session::proven(const log_in&, proof::proven& proven_user) {
  effects result;
  if (!proven_user.better_hash.empty())
    result.push_back(ask{
        question::replace_hash{proven_user.who.id, proven_user.who.password_hash, std::move(proven_user.better_hash)}});
  result.push_back(ask{question::arrive{proven_user.who, std::move(proven_user.token)}});
  auto& who = proven_user.who;
  state_ = entering{{who.id, std::move(who.username), who.role}};
  return result;
}

// --- second step: in ---

effects session::on(entering& now, answer::arrived& arrived) {
  if (!arrived.welcome) {
    const auto why = arrived.welcome.why();
    // gone since its password was verified
    return settle(event::login_refused{why == fault::unknown_user ? fault::wrong_credentials : why});
  }
  account_ = std::move(now.who);
  auto result = settle(std::move(*arrived.welcome));
  if (arrived.more)
    state_ = catching_up{};
  return hand_out(std::move(result), arrived.missed, arrived.more);
}

effects session::on(catching_up&, answer::remembered& remembered) {
  if (!remembered.page)
    return end(event::refused{remembered.page.why(), {}}); // a part of the login: the rest waits for the next login
  return hand_out(remembered.more ? effects{} : settle(std::nullopt), *remembered.page, remembered.more);
}

bool session::stores() const {
  return std::holds_alternative<entering>(state_) || std::holds_alternative<storing_account>(state_)
         || std::holds_alternative<storing_password>(state_);
}

effects session::time_is_up() {
  if (!anonymous() || closed())
    return {};
  // A client that has said who it is waits for the server: for its password's turn, or the database.
  const auto heard = std::holds_alternative<proving>(state_);
  return end(event::refused{heard ? fault::busy : fault::login_timeout, {}});
}

// --- accounts and passwords ---

effects session::obey(command::register_user& said) {
  return look_for_name(std::move(said), {});
}

/// The invitation is looked at first: a client without one learns nothing about names.
effects session::obey(command::register_invited& said) {
  question::find_invitation next{said.code, said.otherwise ? said.otherwise->username : std::string{}};
  state_ = looking_for_invitation{std::make_unique<command::register_invited>(std::move(said))};
  return just(ask{std::move(next)});
}

effects session::on(looking_for_invitation& now, answer::settled& settled) {
  if (!settled.result && settled.result.why() == fault::wrong_credentials && now.wish->otherwise) {
    auto login = std::move(*now.wish->otherwise);
    return prove(proof::by_password(std::move(login.username), {std::move(login.password)}), log_in{});
  }
  if (!settled.result)
    return settle(event::registration_refused{settled.result.why()});
  const auto wish = std::move(now.wish);
  return look_for_name(std::move(wish->account), std::move(wish->code));
}

/// Looks for both names before the costly hash: else taken names would be hashed as often as somebody likes.
effects session::look_for_name(command::register_user wish, std::string invitation) {
  if (auto why = refuses_registration(wish))
    return settle(event::registration_refused{*why});
  using reason = question::find_user::purpose;
  question::find_user next{
      wish.username, invitation.empty() ? reason::registration : reason::invited_registration, {}, wish.alias};
  state_ = looking_for_name{std::move(wish), std::move(invitation)};
  return just(ask{std::move(next)});
}

effects session::on(looking_for_name& now, answer::found& found) {
  if (found.who || found.who.why() == fault::banned)
    return settle(event::registration_refused{fault::name_taken});
  if (found.who.why() != fault::unknown_user)
    return settle(event::registration_refused{found.who.why()});
  auto& wish = now.wish;
  question::register_user next{std::move(wish.username), std::move(wish.alias), std::move(wish.password),
                               std::move(now.invitation)};
  state_ = storing_account{};
  return just(ask{std::move(next)});
}

effects session::on(storing_account&, answer::settled& settled) {
  if (!settled.result)
    return settle(event::registration_refused{settled.result.why()});
  return settle(event::registered{});
}

effects session::on(hashing_password& now, answer::hashed& hashed) {
  if (!hashed.hash)
    return settle(event::password_refused{hashed.hash.why()});
  question::change_password next{account_->id, std::move(now.old_hash), std::move(*hashed.hash)};
  state_ = storing_password{};
  return just(ask{std::move(next)});
}

effects session::on(storing_password&, answer::settled& settled) {
  if (!settled.result)
    return settle(event::password_refused{settled.result.why()});
  return settle(event::password_changed{});
}

} // namespace salond::rules
