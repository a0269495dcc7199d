#include "actors/admin/call.hpp"
#include "actors/admin/ask.hpp"
#include "actors/admin/effects.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/column_words.hpp"
#include "persistence/contracts/audit.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <ctime>

namespace salond {
namespace {

/// How often a waiting operator is told that the server lives; salonctl gives up after ten seconds of silence.
constexpr auto breath = std::chrono::seconds{3};

/// The subject of a command, for the audit log.
std::string subject_of(const spoken_command& said) {
  for (const auto* name : {"USER", "SALON", "NAME"})
    if (said.has(name))
      return shown(said.get(name));
  return "server";
}

/// Whether the audit log has a line of just this command.
bool has_line_of(const persistence::reading& db, const decision& why) {
  constexpr size_t max_looked_at = 100;
  const auto last = db.audit.tail(max_looked_at);
  return std::any_of(last.begin(), last.end(), [&](const auto& line) { return is_of_call(line, why); });
}

} // namespace

bool is_of_call(const persistence::audit_line& line, const decision& why) {
  return to_ms(line.at) == to_ms(why.at) && line.by == why.by && line.from == why.from;
}

admin_call::admin_call(admin_pointer self, peer from, spoken_command said)
    : touched(self->clock().now()), self_(self), from_(std::move(from)), said_(std::move(said)), begun_(wall_clock()) {
  // No two calls have the same time: it tells their lines apart.
  auto& last = self->state.last_begun;
  if (to_ms(begun_) <= to_ms(last) && last - begun_ < std::chrono::seconds{1})
    begun_ = last + std::chrono::milliseconds{1};
  last = begun_;
}

const admin_parts& admin_call::parts() const {
  return self_->state.parts;
}

decision admin_call::why(const std::string& reason) const {
  return {from_.who().name, "salonctl " + from_.address,
          shown(reason),    begun_,
          context.account,  from_.who().kind != peer_kind::administrator};
}

void admin_call::done(const json& value) {
  take_text(value);
  settle_effects(self_, parts(), [call = shared_from_this()] { call->decide_done(); });
}

void admin_call::done_at_once(const json& value) {
  take_text(value);
  decide_done();
}

void admin_call::take_text(json value) {
  has_words_ = value.is_array() && !lacking_.empty();
  if (has_words_)
    value = {{"answer", std::move(value)}, {"words", lacking_}, {"cut_off", cut_off_}};
  else
    name_lacking(value);
  // Old rows may hold bytes that are no UTF-8; an answer never does.
  text_ = value.dump(-1, ' ', false, json::error_handler_t::replace);
}

void admin_call::name_lacking(json& object) const {
  if (!lacking_.empty())
    object["incomplete"] = lacking_;
}

void admin_call::decide_done() {
  verdict_ = admin_verdict::done;
  tell();
}

void admin_call::forbid(const std::string& why) {
  const auto command = std::string(said_.row->name);
  const auto end = [call = shared_from_this(), why] { call->refuse_noted(admin_verdict::not_allowed, why); };
  if (!note_refusal(self_, from_, command))
    return end();
  log::warning("a command that the operator has no right to",
               {{"command", command}, {"by", to_string(from_.who())}, {"from", from_.address}});
  write_store(
      self_, parts().store,
      [why = this->why(), action = audited_as(*said_.row), to = subject_of(said_)](const persistence::writing& db) {
        db.audit.note(why, action, to, to_string(fault::not_allowed));
        return salond::done{};
      },
      [end](salond::done) { end(); }, [end](fault) { end(); });
}

void admin_call::refuse(fault why) {
  const bool away = why == fault::storage || why == fault::busy;
  refuse_with(why == fault::not_allowed ? admin_verdict::not_allowed : admin_verdict::refused, sentence_of(why),
              away ? "" : to_string(why));
}

void admin_call::refuse(admin_verdict verdict, const std::string& why) {
  refuse_with(verdict, why, verdict == admin_verdict::wrong_usage ? "" : "refused");
}

void admin_call::refuse_with(admin_verdict verdict, const std::string& why, const std::string& result) {
  constexpr auto patience = std::chrono::seconds{2};
  if (result.empty() || !changes_something(*said_.row))
    return refuse_noted(verdict, why);
  refusing_ = true;
  const auto job = make_write_job([line = this->why(result == "refused" ? why : ""), action = audited_as(*said_.row),
                                   to = subject_of(said_), result](const persistence::writing& db) {
    if (!has_line_of(db, line))
      db.audit.note(line, action, to, result);
    return salond::done{};
  });
  const auto end = [call = shared_from_this(), verdict, why] { call->refuse_noted(verdict, why); };
  self_->request(parts().store, patience, store_work{job})
      .then([end](const store_done&) { end(); }, [end](caf::error&) { end(); });
}

void admin_call::refuse_noted(admin_verdict verdict, const std::string& why) {
  text_ = why.substr(0, max_admin_text);
  verdict_ = verdict;
  tell();
}

void admin_call::progress(const json& value) {
  progress_ = admin_answer{static_cast<uint8_t>(admin_verdict::progress), value.dump()};
  tell();
}

void admin_call::part(std::string piece, std::function<void()> more) {
  part_ = std::move(piece);
  more_ = std::move(more);
  tell();
}

void admin_call::end_text(std::string last_piece) {
  text_ = std::move(last_piece);
  verdict_ = admin_verdict::done;
  tell();
}

bool admin_call::deserted() const {
  return gone_ || (!asked() && self_->clock().now() - touched > std::chrono::seconds{10});
}

void admin_call::desert() {
  gone_ = true;
  if (!verdict_ && abandon_)
    std::exchange(abandon_, nullptr)();
}

void admin_call::keep_alive() {
  self_->delayed_send(self_, breath, say_how_far{shared_from_this()});
}

void admin_call::report(std::function<json()> how_far) {
  how_far_ = std::move(how_far);
  second_over();
}

void admin_call::second_over() {
  if (verdict_ || over_ || gone_)
    return;
  if (asked() && !wants_input_)
    progress(how_far_ ? how_far_() : json::object());
  const auto next = how_far_ ? std::chrono::seconds{1} : breath;
  self_->delayed_send(self_, next, say_how_far{shared_from_this()});
}

caf::result<admin_answer> admin_call::next() {
  touched = self_->clock().now();
  waiting_ = self_->make_response_promise<admin_answer>();
  auto answer = waiting_;
  tell();
  return answer;
}

bool admin_call::take(const std::string& piece) {
  if (!wants_input_)
    return false;
  input += piece;
  return true;
}

void admin_call::tell() {
  if (!waiting_.pending())
    return;
  if (auto answer = take_answer()) {
    touched = self_->clock().now();
    std::exchange(waiting_, {}).deliver(std::move(*answer));
  }
}

std::optional<admin_answer> admin_call::take_answer() {
  if (!part_.empty()) {
    admin_answer piece{static_cast<uint8_t>(admin_verdict::part), part_.substr(0, max_admin_text)};
    part_.erase(0, max_admin_text);
    return piece;
  }
  if (more_) {
    std::exchange(more_, nullptr)();
    return std::nullopt;
  }
  if (verdict_) {
    const auto piece = text_.substr(sent_, max_admin_text);
    sent_ += piece.size();
    over_ = sent_ == text_.size();
    auto end = *verdict_;
    if (end == admin_verdict::done && has_words_)
      end = admin_verdict::done_with_words;
    else if (end == admin_verdict::done && cut_off_)
      end = admin_verdict::done_in_part;
    return admin_answer{static_cast<uint8_t>(over_ ? end : admin_verdict::part), piece};
  }
  if (wants_input_)
    return admin_answer{static_cast<uint8_t>(admin_verdict::input_wanted), {}};
  return std::exchange(progress_, std::nullopt);
}

std::optional<salon_record> salon_named(const std::string& name, const std::vector<salon_record>& all) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [key = key_of(name)](const auto& salon) { return key_of(salon.name) == key; });
  return found == all.end() ? std::nullopt : std::optional{*found};
}

std::string iso_time(moment when) {
  const auto seconds =
      static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count());
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[sizeof "-2147483648-12-31T23:59:59Z"];
  return {text, std::strftime(text, sizeof text, "%FT%TZ", &parts)};
}

std::string sentence_of(fault why) {
  switch (why) {
  case fault::unknown_salon: return "there is no such salon";
  case fault::unknown_user: return "there is no such user";
  case fault::not_a_member: return "the user is no member of that salon";
  case fault::not_allowed:
    return "not allowed: nobody kicks, bans, disables or demotes himself or the last administrator, "
           "and a moderator decides about the salons given to him alone";
  case fault::already_banned: return "the user is banned for good already";
  case fault::no_such_request: return "there is no such request";
  case fault::no_such_message: return "there is no such message";
  case fault::name_taken: return "the name is taken, or banned for good";
  case fault::alias_taken: return "the alias is taken";
  case fault::invalid_username:
  case fault::invalid_alias:
  case fault::invalid_name:
    return "the name is taken or none that can be given: 1 to 64 characters, no control characters, no : ( ) or what "
           "looks like them, no space at either end";
  case fault::invalid_password: return "a password has 1 to 1,024 bytes, in UTF-8, without a line end";
  case fault::reserved_name: return "the name is reserved";
  case fault::invalid_invitation: return "no such invitation";
  case fault::storage: return "the database cannot take it now; nothing was done, try again";
  case fault::busy: return "the server is busy; nothing was done, try again";
  default: return to_string(why);
  }
}

json profile_fields(const persistence::user_profile& profile) {
  return {{"user", profile.who.username},
          {"alias", profile.who.alias},
          {"role", persistence::to_word(profile.who.role)},
          {"connected", profile.connected},
          {"disabled", profile.disabled},
          {"last_seen", profile.last_seen ? json(iso_time(*profile.last_seen)) : json(nullptr)}};
}

void tell_ended(json& answer, const ended_certificates& ended) {
  if (ended.revoked != 0)
    answer["certificates_revoked"] = ended.revoked;
  if (!ended.trouble.empty())
    answer["warning"] = "certificates of that name are not revoked for good, so use cert revoke: " + ended.trouble;
}

json audit_fields(const persistence::audit_line& line) {
  json fields{{"at", iso_time(line.at)}, {"by", line.by},         {"from", line.from},    {"what", line.action},
              {"to", line.to},           {"reason", line.reason}, {"result", line.result}};
  if (!line.node.empty())
    fields["node"] = line.node;
  return fields;
}

std::string joined(const std::vector<std::string>& all, const char* between) {
  std::string text;
  for (const auto& part : all)
    text += (text.empty() ? "" : between) + part;
  return text;
}

} // namespace salond
