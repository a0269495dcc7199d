// The questions of a session, a function each: it asks the actor, or the store, that knows the answer.
#include "actors/ask_store.hpp"
#include "actors/connection.hpp"
#include "actors/rules/password.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/private_messages.hpp"
#include "persistence/contracts/sessions.hpp"
#include "persistence/decisions/accounts.hpp"
#include "persistence/decisions/invitations.hpp"
#include "persistence/decisions/names.hpp"
#include "persistence/decisions/registrations.hpp"
#include "persistence/decisions/sessions.hpp"
#include "protocol/words/names.hpp"

namespace salond {
namespace {

// A resume token is good for a month of not coming back.
constexpr auto token_life = std::chrono::hours{24 * 30};
// A post that finds its salon full waits this long for room before it is refused (docs/text-protocol.md).
constexpr auto parking_time = std::chrono::seconds{5};

} // namespace

void connection::ask(rules::question::any asked) {
  if (!std::holds_alternative<command::post>(asked))
    owed_by_ = std::monostate{}; // posts are answered before anything else is asked: no salon owes an answer now
  std::visit([this](auto& question) { carry(question); }, asked);
}

/// Whether a password or an invitation may be tried now. If not, it is kept until its turn comes, or refused.
template <class Question>
bool connection::may_try(const Question& question, std::string account, admission::attempt::secret said) {
  attempt_ = std::make_unique<admission::attempt>(
      admission::attempt{number, network, std::move(account), {}, {}, {}, session().anonymous(), said});
  switch (audience_->allowed.begin(*attempt_, now())) {
  case rules::login_throttle::verdict::go: return true;
  case rules::login_throttle::verdict::waits: attempt_waits_ = std::make_unique<rules::question::any>(question); break;
  case rules::login_throttle::verdict::refused:
    // A wrong token is no password either: its client is to ask the user for one.
    answer<Question>({std::exchange(credential_, credential::password) == credential::after_token
                          ? fault::wrong_credentials
                          : fault::too_many_attempts});
    break;
  }
  return false;
}

void connection::attempt_due() {
  if (const auto waited = std::move(attempt_waits_))
    ask(std::move(*waited));
}

void connection::tried(admission::attempt_result result, size_t guesses) {
  if (credential_ == credential::after_token)
    credential_ = credential::password;
  if (const auto ended = std::move(attempt_); ended && ended->at != admission::attempt::stage::none)
    audience_->end_attempt(*ended, result, guesses, now());
}

void connection::carry(rules::question::find_user& question) {
  if (question.key.empty())
    question.key = key_of(question.username);
  const auto key = question.key;
  using reason = rules::question::find_user::purpose;
  using secret = admission::attempt::secret;
  const auto for_token = credential_ == credential::after_token;
  if (question.reason != reason::proof) {
    if (audience_->reserved.has(question.username))
      return answer<rules::question::find_user>({fault::reserved_name});
    const auto whose =
        question.reason == reason::registration ? admission::newcomer::stranger : admission::newcomer::invited;
    if (const auto why = audience_->allowed.refuses_registration(network, whose, now()))
      return answer<rules::question::find_user>({*why});
    credential_ = credential::of_new_account;
  } else if (!may_try(question, for_token ? std::string{} : key, for_token ? secret::token : secret::password)) {
    return;
  }
  owed_by_ = services_of_node{};
  const auto go_on = [this, question] {
    question.reason == reason::proof ? read_user(question.key) : look_for_names(question);
  };
  request(audience_->services.bans, caf::infinite, check_name{key})
      .then([go_on](const name_allowed&) { go_on(); },
            [this, go_on](caf::error& why) {
              if (fault_of(why) == fault::kicked)
                return go_on(); // told only to those who know the password
              found_user(fault_of(why));
            });
}

/// Looks for all that could be in the way of the account. Others may still take its names until it is made.
void connection::look_for_names(const rules::question::find_user& question) {
  owed_by_ = std::monostate{};
  const auto waits = question.reason == rules::question::find_user::purpose::registration
                     && audience_->settings.registration.mode == config::registration::policy::approval;
  read_store(
      this, audience_->store,
      [wished = persistence::new_user{question.username, question.alias, {}, role::user, network},
       waits](const persistence::reading& db) {
        const auto refusal = waits ? decisions::why_not_requested(db, wished) : decisions::why_not_new(db, wished);
        return outcome<user>{refusal.value_or(fault::unknown_user)};
      },
      [this](outcome<user>& found) { found_user(std::move(found)); }, [this](fault why) { found_user(why); });
}

void connection::read_user(std::string key) {
  owed_by_ = std::monostate{};
  read_store(
      this, audience_->store, [key](const persistence::reading& db) { return db.accounts.find(key); },
      [this](outcome<user>& found) { found_user(std::move(found)); }, [this](fault why) { found_user(why); });
}

void connection::found_user(outcome<user> found) {
  const auto unknown = !found && found.why() == fault::unknown_user;
  if (!unknown)
    give_registration_back();
  if (!found && !unknown)
    tried(admission::attempt_result::not_tried);
  if (found && attempt_)
    attempt_->who = found->id;
  answer<rules::question::find_user>({std::move(found)});
}

/// No account was made: gives it back to the network's allowance of the hour.
void connection::give_registration_back() {
  if (credential_ != credential::of_new_account)
    return;
  credential_ = credential::password;
  audience_->allowed.give_registration_back(network);
}

/// The connection ended: the password of its new account is not hashed any more, unless a thread has begun.
void connection::take_registration_back() {
  give_registration_back();
  if (!registration_ || !registration_->take_back())
    return;
  audience_->allowed.give_registration_back(network);
  caf::anon_send(audience_->services.passwords, refuse_unwanted{});
}

/// The same of a password that the client said, or wished to have. One that was not hashed was not tried.
void connection::take_hash_back() {
  const auto asked = std::exchange(hash_, nullptr);
  if (!asked || !asked->take_back())
    return;
  tried(admission::attempt_result::not_tried);
  caf::anon_send(audience_->services.passwords, refuse_unwanted{});
}

void connection::carry(rules::question::verify& question) {
  owed_by_ = services_of_node{};
  const auto guesses = question.passwords.size();
  hash_ = std::make_shared<pending_hash>();
  request(audience_->services.passwords, caf::infinite,
          verify_password{std::move(question.hash), std::move(question.passwords), attempt_->rank, network, hash_})
      .then(
          [this, guesses](verified_password& verified) {
            tried(verified.which ? admission::attempt_result::right : admission::attempt_result::wrong, guesses);
            answer<rules::question::verify>({salond::done{}, verified.which, std::move(verified.better_hash)});
          },
          [this](caf::error& why) {
            tried(admission::attempt_result::not_tried);
            answer<rules::question::verify>({fault_of(why), std::nullopt, {}});
          });
}

/// Hashes a new password. Asks before the costly hash whether another change is allowed; it counts, whatever becomes of
/// it.
void connection::carry(rules::question::hash& question) {
  if (!audience_->allowed.may_change_password(account(), now()))
    return answer<rules::question::hash>({fault::too_many_attempts});
  owed_by_ = services_of_node{};
  hash_ = std::make_shared<pending_hash>();
  request(audience_->services.passwords, caf::infinite,
          hash_password{std::move(question.password), rules::urgency::known, network, hash_})
      .then([this](hashed_password& hashed) { answer<rules::question::hash>({std::move(hashed.hash)}); },
            [this](caf::error& why) { answer<rules::question::hash>({fault_of(why)}); });
}

namespace {

/// Whether there is such an invitation. wrong_credentials: there is none, but there is a user whose login it may be.
outcome<salond::done> look_for_invitation(const persistence::reading& db, const std::string& hash,
                                          const std::string& user_key, moment when) {
  auto found = decisions::find_invitation(db, hash, when);
  if (!found && found.why() == fault::invalid_invitation && !user_key.empty() && db.accounts.find(user_key))
    return fault::wrong_credentials;
  return found;
}

} // namespace

/// A wrong code counts as a wrong password of nobody's account. One that may be a login counts as a login.
void connection::carry(rules::question::find_invitation& question) {
  if (!may_try(question, {}, admission::attempt::secret::invitation))
    return;
  read_store(
      this, audience_->store,
      [hash = rules::token_hash(question.code), user_key = key_of(question.otherwise),
       when = wall_clock()](const persistence::reading& db) { return look_for_invitation(db, hash, user_key, when); },
      [this](const outcome<salond::done>& found) {
        using result = admission::attempt_result;
        tried(found ? result::right : found.why() == fault::wrong_credentials ? result::not_tried : result::wrong);
        answer<rules::question::find_invitation>({found});
      },
      [this](fault why) {
        tried(admission::attempt_result::not_tried);
        answer<rules::question::find_invitation>({why});
      });
}

/// A token is always heard: nobody guesses 256 bits, and nothing is hashed. A wrong one counts as words that are no
/// command. Then it may be a password, which is an attempt of its own.
void connection::carry(rules::question::find_token& question) {
  read_store(
      this, audience_->store,
      [hash = rules::token_hash(question.token), when = wall_clock()](const persistence::reading& db) {
        return db.sessions.find_token(hash, when);
      },
      [this](outcome<user>& found) {
        if (found) {
          audience_->allowed.proved(found->id, key_of(found->username), network, now());
        } else {
          if (!inlet_.may_fail(now()))
            return close(event::refused{fault::too_many_requests, {}});
          credential_ = credential::after_token;
        }
        answer<rules::question::find_token>({std::move(found)});
      },
      [this](fault why) { answer<rules::question::find_token>({why}); });
}

void connection::carry(rules::question::arrive& question) {
  const auto& who = question.who;
  audience_->users.arrive(*this, who.id); // before the store is asked, so that nothing that changes meanwhile is missed
  request(audience_->directory, caf::infinite, salond::arrive{who.id, who.username, number, peer})
      .then([this, question](arrival_noted) { open_session(question); },
            [this](caf::error& why) {
              answer<rules::question::arrive>({fault_of(why), {}});
            });
}

namespace {

/// A session as the store has opened it.
struct opened_session {
  outcome<persistence::arrival> as = fault::storage;
  bool told_elsewhere = false;      ///< what waits may have been told another connection, on another node
  std::optional<private_id> newest; ///< of all private messages
};

opened_session open_in(const persistence::writing& db, const decisions::proven_account& proven, moment at) {
  opened_session result;
  result.as = decisions::enter(db, proven, at);
  if (!result.as)
    return result;
  result.newest = db.private_messages.newest();
  result.told_elsewhere = !result.as->waiting.empty() && db.private_messages.may_be_told_elsewhere(proven.who.id);
  return result;
}

} // namespace

void connection::open_session(const rules::question::arrive& as) {
  const auto at = wall_clock();
  const auto is_new = audience_->allowed.is_to_be_stored(as.who.id, network, now(), at);
  write_store(
      this, audience_->store,
      [proven = decisions::proven_account{as.who, audience_->better_hashes.instead_of(as.who.id, as.who.password_hash),
                                          as.token.empty() ? std::string{} : rules::token_hash(as.token)},
       at, is_new, from = network](const persistence::writing& db) {
        auto opened = open_in(db, proven, at);
        if (opened.as && is_new)
          db.sessions.remember_address(proven.who.id, from, at);
        return opened;
      },
      [this, username = as.who.username, is_new, at](opened_session& opened) {
        if (!opened.as)
          return answer<rules::question::arrive>({opened.as.why(), {}});
        if (is_new)
          audience_->allowed.is_stored(account(), network, now(), at);
        backlog.begins_behind(opened.newest);
        begin_session(username, std::move(*opened.as), opened.told_elsewhere);
      },
      [this](fault why) {
        answer<rules::question::arrive>({why, {}});
      });
}

void connection::begin_session(const std::string& username, persistence::arrival&& as, bool told_elsewhere) {
  const auto may_be_told = !as.waiting.empty() && (told_elsewhere || audience_->may_be_told(*this, as.waiting));
  audience_->start_hearing(*this, as.salons);
  audience_->tell_login(username, *this, now());
  auto missed = may_be_told
                    ? hand_out_later(username, std::move(as.decided))
                    : backlog.begin(username, std::move(as.waiting), std::move(as.later), std::move(as.decided));
  answer<rules::question::arrive>(
      {event::logged_in{username, audience_->salons.list_for(*this)}, std::move(missed.events), missed.more},
      missed.decided);
}

void connection::carry(rules::question::register_user& question) {
  owed_by_ = services_of_node{};
  credential_ = credential::password;
  registration_ = std::make_shared<pending_hash>();
  caf::anon_send(audience_->relay,
                 wished_account{number,
                                peer,
                                {question.username, question.alias, {}, role::user, network},
                                std::move(question.password),
                                question.invitation.empty() ? std::string{} : rules::token_hash(question.invitation),
                                registration_});
}

/// Other logins of the account at this moment know the better hash then. Those on another node try again.
void connection::carry(rules::question::replace_hash& question) {
  audience_->better_hashes.note(question.who, question.expected, question.hash);
  tell_store(audience_->store, [question](const persistence::writing& db) {
    db.accounts.replace_hash(question.who, question.expected, question.hash);
  });
}

void connection::carry(rules::question::change_password& question) {
  write_store(
      this, audience_->store,
      [question,
       why = decision{session().who().username, peer, {}, wall_clock(), account()}](const persistence::writing& db) {
        return decisions::change_password(db, question.who, question.expected, question.hash, why);
      },
      [this](bool changed) {
        // not changed: another session of the user was quicker, and the old password is right no more
        answer<rules::question::change_password>(
            {changed ? outcome<salond::done>{salond::done{}} : outcome<salond::done>{fault::wrong_credentials}});
      },
      [this](fault why) { answer<rules::question::change_password>({why}); });
}

/// Finds the salon, which owes an answer from now on. Faults: unknown_salon; storage: it is not open.
outcome<local_salon*> connection::open_salon(const std::string& name) {
  auto* salon = audience_->salons.find(name);
  if (!salon || !salon->actor)
    return salon ? fault::storage : fault::unknown_salon;
  owed_by_ = salon->record.id;
  return salon;
}

void connection::carry(command::post& question) {
  auto* salon = audience_->salons.find(question.salon);
  if (!salon || !salon->actor)
    return answer<command::post>({salon ? fault::storage : fault::unknown_salon, question.salon});
  if (!salon->posts.full(audience_->settings.limits.posts_in_flight_per_salon))
    return send_post(*salon, question);
  const auto until = now() + parking_time;
  inlet_.park(std::move(question), until);
  salon->posts.park(number);
  audience_->wake(*this, until);
}

void connection::send_post(local_salon& salon, command::post& post) {
  owed_by_ = salon.record.id;
  salon.posts.sent();
  send(salon.actor,
       salond::post{number, account(), session().who().username, std::move(post.text), std::move(post.salon)});
}

void connection::carry(command::join& question) {
  const auto salon = open_salon(question.salon);
  if (!salon)
    return answer<command::join>({salon.why()});
  send((*salon)->actor, salond::join{number, account(), session().who().username});
}

void connection::carry(command::leave& question) {
  const auto salon = open_salon(question.salon);
  if (!salon)
    return answer<command::leave>({salon.why()});
  send((*salon)->actor, salond::leave{number, account(), session().who().username});
}

void connection::carry(command::tell_privately& question) {
  caf::anon_send(audience_->relay, private_text{number, account(), session().who().username, key_of(question.target),
                                                std::move(question.text), wall_clock()});
}

void connection::carry(command::ban& question) {
  owed_by_ = services_of_node{};
  request(audience_->services.bans, caf::infinite,
          ban_user{question.target, decision{session().who().username, peer, {}, wall_clock(), account()}})
      .then(
          [this](removed& banned) {
            answer<command::ban>({salond::done{}, event::user_banned{std::move(banned.username)}});
          },
          [this](caf::error& why) { answer<command::ban>({fault_of(why)}); });
}

void connection::carry(command::issue_token&) {
  auto token = rules::generate_token();
  write_store(
      this, audience_->store,
      [user = account(), hash = rules::token_hash(token), when = wall_clock()](const persistence::writing& db) {
        db.sessions.issue_token(user, hash, when, when + token_life);
        return salond::done{};
      },
      [this, token](salond::done) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(token_life).count();
        answer<command::issue_token>({salond::done{}, event::token_issued{token, seconds}});
      },
      [this](fault why) { answer<command::issue_token>({why}); });
}

} // namespace salond
