#include "protocol/text/text_codec.hpp"
#include "protocol/text/foreign.hpp"
#include "protocol/text/wire_text.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond::text {
namespace {

constexpr size_t max_readings = 8;       // of an ambiguous PASSWORD
constexpr int64_t max_history = 500;     // messages of one HISTORY
constexpr size_t max_search_bytes = 200; // of the text of a SEARCH
constexpr size_t raw_frame_bytes = 1024; // of the two JSON frames of a login, for a raw client

constexpr size_t max_kept_lines = 8; // room for what one turn usually brings; an idle connection gives back more

/// The rest of `frame` behind `prefix`, if it begins so.
std::optional<std::string> after(const std::string& frame, std::string_view prefix) {
  if (frame.compare(0, prefix.size(), prefix) != 0)
    return std::nullopt;
  return frame.substr(prefix.size());
}

/// `text` cut at its first ':', both parts; nothing where there is none.
std::optional<std::pair<std::string, std::string>> split(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos)
    return std::nullopt;
  return std::pair{text.substr(0, colon), text.substr(colon + 1)};
}

/// COMPAT: the old client puts one space before a text.
std::string_view without_leading_space(std::string_view text) {
  return text.substr(!text.empty() && text.front() == ' ' ? 1 : 0);
}

/// username:alias:password; what is missing is empty, and refused as invalid by the rules.
command::register_user registration(const std::string& fields) {
  command::register_user result;
  const auto username = split(fields);
  if (!username)
    return {fields, {}, {}};
  result.username = username->first;
  const auto alias = split(username->second);
  result.alias = alias ? alias->first : username->second;
  result.password = alias ? alias->second : std::string{};
  return result;
}

/// code:username:alias:password; what is missing is empty. COMPAT: an old user may be called INVITE, and his password
/// hold colons; without one it can be nothing but his.
command::any invited_registration(const std::string& rest) {
  command::log_in old_user{"INVITE", rest};
  if (const auto fields = split(rest))
    return command::register_invited{fields->first, registration(fields->second), std::move(old_user)};
  return old_user;
}

utterance post(const std::string& rest) {
  const auto end = rest.find("):");
  if (end == std::string::npos)
    return misspoken{fault::unknown_command};
  auto text = shown(without_leading_space(std::string_view{rest}.substr(end + 2)));
  if (text.empty())
    return nothing_said{};
  return command::any{command::post{rest.substr(0, end), std::move(text)}};
}

utterance tell_privately(const std::string& rest) {
  auto parts = split(rest);
  if (!parts)
    return misspoken{fault::unknown_command};
  auto text = shown(without_leading_space(parts->second));
  if (text.empty())
    return nothing_said{};
  return command::any{command::tell_privately{std::move(parts->first), std::move(text)}};
}

utterance change_password(const std::string& rest) {
  command::change_password result;
  for (auto colon = rest.find(':'); colon != std::string::npos && result.readings.size() < max_readings;
       colon = rest.find(':', colon + 1))
    result.readings.emplace_back(rest.substr(0, colon), rest.substr(colon + 1));
  if (result.readings.empty())
    return misspoken{fault::unknown_command};
  return command::any{std::move(result)};
}

utterance history(const std::string& rest) {
  const auto colon = rest.rfind(':'); // a salon's name holds none
  if (colon == std::string::npos)
    return misspoken{fault::unknown_command};
  const auto digits = rest.substr(colon + 1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos)
    return misspoken{fault::unknown_command};
  int64_t count = 0;
  for (const auto digit : digits)
    count = std::min(10 * count + (digit - '0'), max_history + 1);
  if (count == 0)
    return misspoken{fault::unknown_command};
  return command::any{command::history{rest.substr(0, colon), std::min(count, max_history)}};
}

utterance search(const std::string& rest) {
  auto parts = split(rest);
  if (!parts)
    return misspoken{fault::unknown_command};
  const auto text = without_leading_space(parts->second);
  if (text.empty() || text.size() > max_search_bytes)
    return misspoken{fault::unknown_command};
  return command::any{command::search{std::move(parts->first), shown(text)}}; // as texts are stored
}

/// A text for a raw client: what each of its pieces begins with, and what is cut into pieces.
struct raw_text {
  std::string_view envelope, rest;
};

/// Takes the first of spelled texts off the front.
raw_text take_text(std::string_view& from, const envelope& of) {
  const auto text = from.substr(0, from.find('\n'));
  from.remove_prefix(text.size() + 1);
  return {of.safely.empty() ? text.substr(0, of.size) : of.safely, text.substr(of.size)};
}

} // namespace

bool ends_with(const event::any& event) {
  const auto* refused = std::get_if<event::refused>(&event);
  return (refused && refused->why == fault::malformed_login) || std::holds_alternative<event::login_refused>(event)
         || std::holds_alternative<event::credentials_refused>(event)
         || std::holds_alternative<event::registered>(event)
         || std::holds_alternative<event::registration_refused>(event);
}

utterance first_frame(const std::string& frame) {
  if (is_foreign(frame))
    return misspoken{fault::foreign_protocol, true};
  if (auto fields = after(frame, "INSCRIPTION:"))
    return command::any{registration(*fields)};
  if (const auto rest = after(frame, "INVITE:"))
    return invited_registration(*rest);
  if (auto token = after(frame, "RESUME:")) // COMPAT: an old user may be called so
    return command::any{command::resume{*token, command::log_in{"RESUME", *token}}};
  auto parts = split(frame);
  if (!parts || parts->first.empty())
    return misspoken{fault::malformed_login};
  return command::any{command::log_in{std::move(parts->first), std::move(parts->second)}};
}

utterance session_frame(const std::string& frame) {
  if (auto rest = after(frame, "MSG ("))
    return post(*rest);
  if (auto salon = after(frame, "JOIN:"))
    return command::any{command::join{std::move(*salon)}};
  if (auto rest = after(frame, "PRIVATE:"))
    return tell_privately(*rest);
  if (auto rest = after(frame, "AUTH:")) {
    if (auto parts = split(*rest))
      return command::any{command::check_credentials{std::move(parts->first), std::move(parts->second)}};
    return misspoken{fault::unknown_command};
  }
  if (auto fields = after(frame, "REGISTER:"))
    return command::any{registration(*fields)};
  if (auto target = after(frame, "BAN:"))
    return command::any{command::ban{std::move(*target)}};
  if (auto rest = after(frame, "PASSWORD:"))
    return change_password(*rest);
  if (auto rest = after(frame, "HISTORY:"))
    return history(*rest);
  if (auto salon = after(frame, "WHO:"))
    return command::any{command::who{std::move(*salon)}};
  if (auto rest = after(frame, "SEARCH:"))
    return search(*rest);
  if (auto salon = after(frame, "LEAVE:"))
    return command::any{command::leave{std::move(*salon)}};
  if (frame == "TOKEN")
    return command::any{command::issue_token{}};
  if (frame == "HELP")
    return command::any{command::help{}};
  if (frame == "QUIT")
    return command::any{command::quit{}};
  return misspoken{fault::unknown_command};
}

std::optional<utterance> text_codec::next(instant now) {
  if (closed_)
    return std::nullopt;
  if (!in_session_ && is_tls_hello(reader_.beginning())) // at once: not after the guess about its kind
    return refuse_foreign();
  const auto request = !in_session_ && is_http_beginning(reader_.beginning());
  const auto frame = reader_.next(now);
  if (!frame)
    return std::nullopt;
  if (request && frame->bytes.empty()) // too long, as a browser's address may be
    return refuse_foreign();
  switch (frame->type) {
  case frame_reader::frame::kind::too_long: return misspoken{fault::frame_too_long};
  case frame_reader::frame::kind::fatally_too_long: return misspoken{fault::frame_too_long, true};
  case frame_reader::frame::kind::end: return input_ended{};
  case frame_reader::frame::kind::whole: break;
  }
  if (frame->bytes.empty())
    return nothing_said{};
  return understand(frame->bytes);
}

/// A stranger to this protocol: what else it says is not for us, and nothing that we say for it.
utterance text_codec::refuse_foreign() {
  reader_.stop();
  return misspoken{fault::foreign_protocol, true};
}

utterance text_codec::understand(const std::string& frame) {
  auto first = in_session_ ? utterance{} : first_frame(frame);
  if (const auto* wrong = std::get_if<misspoken>(&first); wrong && wrong->fatal)
    return refuse_foreign();
  if (!is_utf8(frame))
    return misspoken{fault::bad_encoding};
  return in_session_ ? session_frame(frame) : std::move(first);
}

paced_writer& text_codec::paced() {
  if (!paced_)
    paced_ = std::make_unique<paced_writer>(reader_.options().pace);
  return *paced_;
}

void text_codec::say(const event::any& event, instant) {
  if (closed_)
    return;
  const auto* welcome = std::get_if<event::logged_in>(&event);
  in_session_ = in_session_ || welcome;
  if (!raw())
    return say_lines(spell(event));
  if (!welcome) {
    const auto texts = std::make_shared<spelled_texts>();
    spell_to(*texts, event);
    return say_raw(texts);
  }
  for (const auto& frame : login_frames(*welcome, raw_frame_bytes))
    paced().say_alone(frame);
}

/// Line clients and raw clients take the same bytes; how they are cut for the latter is say_raw()'s business.
const spelling& text_codec::spells() const {
  class text_spelling final : public spelling {
    void spell(spelled_texts& to, const event::any& event) const override { spell_to(to, event); }
  };
  static const text_spelling all;
  return all;
}

void text_codec::say_spelled(const shared_texts& spelled, instant) {
  if (closed_)
    return;
  if (raw())
    return say_raw(spelled);
  seal_fresh();
  lines_bytes_ += spelled->bytes.size();
  lines_.push_back(bytes_of(spelled));
}

void text_codec::say_lines(std::string lines) {
  lines_bytes_ += lines.size();
  if (fresh_.empty())
    fresh_ = std::move(lines);
  else
    fresh_ += lines;
}

void text_codec::seal_fresh() {
  if (!fresh_.empty())
    lines_.push_back(std::make_shared<const std::string>(std::exchange(fresh_, {})));
}

void text_codec::say_raw(const shared_texts& texts) {
  std::string_view left = texts->bytes;
  for (const auto& each : texts->envelopes) {
    const auto text = take_text(left, each);
    paced().say(texts, text.rest, text.envelope);
  }
}

void text_codec::say_last(const std::optional<event::any>& last, instant now) {
  if (closed_)
    return;
  closed_ = true;
  reader_.stop();
  if (!raw())
    return say_lines(last ? spell(*last) : std::string{});
  spelled_texts texts;
  if (last)
    spell_to(texts, *last);
  if (!paced_ && !last)
    return;
  std::string_view left = texts.bytes;
  const auto text = last ? take_text(left, texts.envelopes.front()) : raw_text{};
  paced().close(text.rest, now, text.envelope);
}

void text_codec::cut_off(const event::any& last, instant) {
  if (closed_)
    return;
  closed_ = true;
  reader_.stop();
  paced_.reset();
  lines_.clear();
  fresh_ = spell(last);
  lines_bytes_ = fresh_.size();
}

/// Up to the end of the line that is begun: a client of either kind takes the last words for its rest otherwise.
size_t text_codec::rest_of_text(std::string_view write, size_t out) const {
  if (out == 0)
    return 0;
  const auto end = write.find('\n', out - 1); // out - 1: the line may just have ended
  return end == std::string_view::npos || end < out ? 0 : end + 1 - out;
}

void text_codec::drain(std::vector<shared_bytes>& out, instant now) {
  seal_fresh();
  out.insert(out.end(), std::make_move_iterator(lines_.begin()), std::make_move_iterator(lines_.end()));
  lines_.clear();
  if (lines_.capacity() > max_kept_lines)
    lines_.shrink_to_fit();
  lines_bytes_ = 0;
  if (!paced_)
    return;
  while (auto text = paced_->next(now))
    out.push_back(std::make_shared<const std::string>(std::move(*text)));
}

size_t text_codec::unsent() const {
  return lines_bytes_ + (paced_ ? paced_->unsent() : 0);
}

bool text_codec::transparent() const {
  return reader_.kind() == client_kind::line && !closed_ && unsent() == 0;
}

std::optional<instant> text_codec::deadline() const {
  const auto in = reader_.deadline();
  const auto out = writing_deadline();
  if (!in || !out)
    return in ? in : out;
  return std::min(*in, *out);
}

std::optional<instant> text_codec::writing_deadline() const {
  return paced_ ? paced_->deadline() : std::nullopt;
}

} // namespace salond::text
