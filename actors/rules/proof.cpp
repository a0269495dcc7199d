#include "actors/rules/proof.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond::rules {
namespace {

/// Whether there is nobody of that name, or no such token.
bool is_nobody(const outcome<user>& found) {
  return !found && (found.why() == fault::unknown_user || found.why() == fault::wrong_credentials);
}

} // namespace

proof proof::by_password(std::string username, std::vector<std::string> passwords) {
  return proof{finding{std::move(username), std::move(passwords)}};
}

proof proof::by_token(command::resume said) {
  return proof{redeeming{std::move(said)}};
}

proof::step proof::begin() {
  if (auto* name = std::get_if<finding>(&state_))
    return find(std::move(*name));
  return question::any{question::find_token{std::get<redeeming>(state_).said.token}};
}

/// The server is not asked about texts that can be nobody's password.
proof::step proof::find(finding next) {
  if (is_too_long_for_names(next.username)
      || std::none_of(next.passwords.begin(), next.passwords.end(),
                      [](const std::string& password) { return is_password(password); }))
    return fault::wrong_credentials;
  auto username = next.username;
  state_ = std::move(next);
  return question::any{question::find_user{std::move(username)}};
}

proof::step proof::answered(answer::found& found) {
  if (!found.who && !is_nobody(found.who))
    return found.who.why();
  if (auto* name = std::get_if<finding>(&state_))
    return verify(found.who, std::move(name->passwords));
  return redeem(found.who, std::move(std::get<redeeming>(state_).said));
}

proof::step proof::verify(outcome<user>& found, std::vector<std::string> passwords) {
  question::verify next{found ? found->password_hash : std::string{}, std::move(passwords)};
  state_ = verifying{found ? std::optional{std::move(*found)} : std::nullopt};
  return question::any{std::move(next)};
}

proof::step proof::redeem(outcome<user>& found, command::resume said) {
  if (found)
    return proven{std::move(*found), 0, {}, std::move(said.token)};
  if (!said.otherwise)
    return fault::wrong_credentials;
  return find({std::move(said.otherwise->username), {std::move(said.otherwise->password)}});
}

proof::step proof::answered(answer::verified& verified) {
  if (!verified.heard)
    return verified.heard.why();
  auto& who = std::get<verifying>(state_).who;
  if (!verified.which || !who)
    return fault::wrong_credentials;
  return proven{std::move(*who), *verified.which, std::move(verified.better_hash)};
}

} // namespace salond::rules
