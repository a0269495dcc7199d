#include "protocol/text/wire_text.hpp"
#include "protocol/commands/client_commands.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace salond::text {
namespace {

/// As Python's json.dumps: non-ASCII escaped. A name that needs no escape costs no serializer: with a thousand salons
/// those would be most of what a login costs.
void append_quoted(std::string& to, const std::string& text) {
  const auto plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
  if (std::all_of(text.begin(), text.end(), plain))
    to.append("\"").append(text).append("\"");
  else
    to += nlohmann::json(shown(text)).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

void append_pair(std::string& to, const event::listed_salon& salon) {
  to.append("[").append(std::to_string(salon.id.value)).append(", ");
  append_quoted(to, salon.name);
  to += "]";
}

void append_object(std::string& to, const event::listed_salon& salon) {
  to.append("{\"salon_id\": ").append(std::to_string(salon.id.value)).append(", \"salon_name\": ");
  append_quoted(to, salon.name);
  to += "}";
}

using salon_list = std::vector<event::listed_salon>;
using salon_appender = void (*)(std::string& to, const event::listed_salon& salon);

std::string array_of(const salon_list& salons, salon_appender append) {
  std::string result = "[";
  for (const auto& salon : salons) {
    if (result.size() > 1)
      result += ", ";
    append(result, salon);
  }
  return result + "]";
}

/// The same in at most `max_bytes` (0: no limit): where that is too little, first those of them that the user is a
/// member of, as many as have room, then the others; what is too long is left out alone.
std::string array_within(const salon_list& salons, size_t max_bytes, salon_appender append) {
  const auto result = array_of(salons, append);
  if (max_bytes == 0 || result.size() <= max_bytes)
    return result;
  constexpr size_t between = 2; // ", "
  std::vector<bool> kept(salons.size());
  size_t size = 0; // with one ", " more than there are, which are as many bytes as "[" and "]"
  for (const auto member : {true, false})
    for (size_t i = 0; i < salons.size(); ++i) {
      std::string item;
      if (salons[i].member == member)
        append(item, salons[i]);
      if (item.empty() || size + item.size() + between > max_bytes)
        continue;
      size += item.size() + between;
      kept[i] = true;
    }
  salon_list left;
  for (size_t i = 0; i < salons.size(); ++i)
    if (kept[i])
      left.push_back(salons[i]);
  return array_of(left, append);
}

/// Why an account or a password was not taken: what follows "Erreur lors de … : ".
std::string reason(fault why) {
  switch (why) {
  case fault::invalid_username: return "nom d'utilisateur invalide";
  case fault::invalid_alias: return "alias invalide";
  case fault::invalid_password: return "mot de passe invalide";
  case fault::reserved_name: return "nom d'utilisateur réservé";
  case fault::wrong_credentials: return "mot de passe incorrect";
  case fault::registration_closed: return "inscriptions fermées";
  case fault::invalid_invitation: return "invitation invalide";
  case fault::busy: return "serveur occupé, réessayez";
  case fault::too_many_attempts: return "trop de tentatives, réessayez plus tard";
  default: return "service momentanément indisponible, réessayez";
  }
}

std::string registration_refusal(fault why) {
  switch (why) {
  case fault::banned: // the name of somebody who is banned for good is taken
  case fault::name_taken: return "Nom d'utilisateur déjà utilisé. Choisissez un autre.";
  case fault::alias_taken: return "Alias déjà utilisé. Choisissez un autre.";
  case fault::registration_waits: return "Inscription en attente d'approbation.";
  default: return "Erreur lors de l'inscription : " + reason(why);
  }
}

/// A refusal: what stands before and behind whom or what it is about, where it is about anything.
struct refusal_text {
  enum class subject : uint8_t { none, named } about = subject::none;
  std::string before;
  std::string_view after;
  refusal_text(std::string text) : before(std::move(text)) {}
  refusal_text(const char* text) : before(text) {}
  refusal_text(const char* front, std::string_view behind) : about(subject::named), before(front), after(behind) {}
};

refusal_text refusal(fault why) {
  switch (why) {
  case fault::malformed_login: return "ERREUR: identifiants invalides";
  case fault::unknown_command: return "ERREUR: commande inconnue";
  case fault::frame_too_long: return "ERREUR: message trop long";
  case fault::bad_encoding: return "ERREUR: encodage invalide";
  case fault::foreign_protocol: return "ERREUR: protocole inconnu";
  case fault::wrong_credentials: return "AUTH_FAILED";
  case fault::banned: return "Vous avez été banni définitivement du serveur !";
  case fault::kicked: return "Vous êtes banni. Réessayez dans quelques minutes.";
  case fault::disabled: return "Votre compte est désactivé.";
  case fault::unknown_salon: return {"ERREUR: le salon ", " n'existe pas"};
  case fault::unknown_user: return {"ERREUR: utilisateur ", " inconnu"};
  case fault::not_a_member: return {"ERREUR: vous n'êtes pas membre du salon ", ""};
  case fault::not_allowed: return "ERREUR: droits insuffisants";
  case fault::already_banned: return "User is permanently banned.";
  case fault::mailbox_full: return {"ERREUR: la boîte de ", " est pleine"};
  case fault::storage: return "ERREUR: service momentanément indisponible, réessayez";
  case fault::busy: return "ERREUR: serveur occupé, réessayez";
  case fault::login_timeout: return "ERREUR: délai d'authentification dépassé";
  case fault::too_many_connections: return "ERREUR: trop de connexions";
  case fault::too_many_attempts: return "ERREUR: trop de tentatives, réessayez plus tard";
  case fault::too_many_messages: return "ERREUR: trop de messages, ralentissez";
  case fault::too_slow: return "ERREUR: client trop lent";
  case fault::too_many_requests: return "ERREUR: trop de requêtes, ralentissez";
  case fault::salon_closed: return "ERREUR: le salon a été interrompu, reconnectez-vous";
  case fault::no_such_request: return "ERREUR: aucune demande en attente";
  case fault::invalid_name: return "ERREUR: nom de salon invalide";
  case fault::no_such_message: return "ERREUR: message inconnu";
  case fault::name_taken:
  case fault::alias_taken:
  case fault::invalid_username:
  case fault::invalid_alias:
  case fault::invalid_password:
  case fault::reserved_name:
  case fault::registration_closed:
  case fault::invalid_invitation:
  case fault::registration_waits: return registration_refusal(why);
  }
  return "ERREUR: service momentanément indisponible, réessayez";
}

/// What an envelope consists of: our words, and names, which somebody chose.
struct part {
  enum class kind : uint8_t { words, name } type;
  std::string_view text;
};
part words(std::string_view text) {
  return {part::kind::words, text};
}
part name(std::string_view text) {
  return {part::kind::name, text};
}
using parts = std::initializer_list<part>;

// Each write to a raw client has at most 1,024 bytes; this much of them may be an envelope.
constexpr size_t max_envelope_bytes = 600;
// So much of a list of names is one text: none is cut for a raw client.
constexpr size_t max_listed_bytes = 1000;
// Two names of so many bytes and our words between them stay below that.
constexpr size_t max_name_bytes = 280;

/// What they take as they are shown.
size_t size_of(parts all) {
  size_t bytes = 0;
  for (const auto& piece : all)
    bytes += piece.type == part::kind::name ? shown(piece.text).size() : piece.text.size();
  return bytes;
}

/// `name` in at most `max_name_bytes`, cut between characters.
std::string shortened(const std::string& name) {
  constexpr std::string_view sign = "…";
  if (name.size() <= max_name_bytes)
    return name;
  auto end = max_name_bytes - sign.size();
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80)
    --end;
  return name.substr(0, end).append(sign);
}

/// What stands in an envelope's place for a raw client; empty: the envelope itself.
/// COMPAT: the old desktop client takes for JSON what json.loads takes for it, behind white space too.
std::string for_raw_client(std::string_view whole, parts of) {
  const auto first = whole.substr(std::min(whole.find_first_not_of(" \t"), whole.size()), 1);
  const bool like_json = first == "{" || first == "[" || first == "\"";
  const bool too_long = whole.size() > max_envelope_bytes;
  if (!like_json && !too_long)
    return {};
  std::string result = like_json ? "~" : "";
  if (!too_long)
    return result.append(whole);
  for (const auto& piece : of)
    result += piece.type == part::kind::name ? shortened(shown(piece.text)) : std::string(piece.text);
  return result;
}

/// Spells events: whatever a person chose stands behind an envelope or in it.
class speller {
public:
  explicit speller(std::string& bytes, std::vector<envelope>* envelopes = nullptr)
      : bytes_(bytes), envelopes_(envelopes) {}

  void operator()(const event::logged_in& event) const {
    for (const auto& frame : login_frames(event, 0))
      say_own(frame);
  }
  void operator()(const event::login_refused& event) const { (*this)(event::refused{event.why, {}}); }
  void operator()(const event::registered&) const { say_own("Inscription réussie!"); }
  void operator()(const event::registration_refused& event) const { say_own(registration_refusal(event.why)); }
  void operator()(const event::said& event) const {
    bytes_.reserve(bytes_.size() + event.author.size() + event.salon_name.size() + event.text.size() + 20);
    say({name(event.author), words(" dans le salon "), name(event.salon_name), words(": ")}, event.text);
  }
  void operator()(const event::joined& event) const {
    say({name(event.username), words(" a rejoint le salon ")}, event.salon_name, ".");
  }
  void operator()(const event::left& event) const {
    say({name(event.username), words(" a quitté le salon ")}, event.salon_name, ".");
  }
  void operator()(const event::said_privately& event) const {
    say({name(event.author), words(" (privé): ")}, event.text);
  }
  void operator()(const event::request_waits& event) const {
    say({words("Demande d'adhésion au salon ")}, event.salon_name, " en attente.");
  }
  void operator()(const event::request_refused& event) const {
    say({words("Votre demande d'adhésion au salon ")}, event.salon_name, " a été refusée. Accès restreint");
  }
  void operator()(const event::user_banned& event) const {
    say({name(event.username), words(" a été banni définitivement.")}, {});
  }
  void operator()(const event::credentials_right&) const { say_own("CONNECTED"); }
  void operator()(const event::credentials_refused& event) const { (*this)(event::refused{event.why, {}}); }
  void operator()(const event::password_changed&) const { say_own("Mot de passe mis à jour avec succès!"); }
  void operator()(const event::password_refused& event) const {
    say_own("Erreur lors de la mise à jour du mot de passe : " + reason(event.why));
  }
  void operator()(const event::token_issued& event) const {
    say_own("TOKEN:" + event.token + ":" + std::to_string(event.seconds));
  }
  void operator()(const event::help&) const {
    for (const auto& command : client_commands())
      if (command.help)
        say_own(command.help);
  }
  void operator()(const event::members_connected& event) const {
    const parts of{words("Connectés dans le salon "), name(event.salon_name), words(": ")};
    const auto most = max_listed_bytes - std::min(max_listed_bytes, size_of(of));
    std::string list;
    for (const auto& username : event.usernames) {
      const auto next = shown(username);
      if (!list.empty() && list.size() + 2 + next.size() > most)
        say(of, std::exchange(list, {}));
      list.append(list.empty() ? "" : ", ").append(next);
    }
    say(of, list);
  }
  void operator()(const event::nothing_found& event) const {
    say({words("Aucun message trouvé dans le salon ")}, event.salon_name, ".");
  }
  void operator()(const event::refused& event) const {
    const auto told = refusal(event.why);
    if (told.about == refusal_text::subject::none)
      return say_own(told.before);
    say({words(told.before)}, event.subject, told.after);
  }
  void operator()(const event::kicked& event) const {
    say_own("Vous avez été expulsé du serveur. Vous êtes banni pendant " + std::to_string(event.minutes) + " minutes.");
  }
  void operator()(const event::banned&) const { say_own("Vous avez été banni définitivement du serveur !"); }
  void operator()(const event::erased&) const { say_own("Votre compte a été supprimé."); }
  void operator()(const event::session_ended&) const { say_own("Votre session a été fermée par un administrateur."); }
  void operator()(const event::stopping_soon& event) const {
    say_own("Le serveur va s'arrêter dans " + std::to_string(event.seconds) + " secondes. Merci de vous déconnecter.");
  }
  void operator()(const event::stopping&) const { say_own("Le serveur va s'arrêter. Merci de vous déconnecter."); }
  void operator()(const event::announced& event) const { say({words("Annonce: ")}, event.text); }

private:
  /// A text of the server, as it is: nobody chose anything of it, and names in a list are quoted.
  void say_own(std::string_view text) const { say({}, {}, text); }

  /// What a person chose, behind an envelope, and our words behind it.
  void say(parts of, std::string_view chosen, std::string_view after = {}) const {
    const auto from = bytes_.size();
    for (const auto& piece : of)
      if (piece.type == part::kind::name)
        append_shown(bytes_, piece.text);
      else
        bytes_ += piece.text;
    if (envelopes_)
      envelopes_->push_back({bytes_.size() - from, for_raw_client(std::string_view{bytes_}.substr(from), of)});
    append_shown(bytes_, chosen);
    bytes_ += after;
    bytes_ += '\n';
  }

  std::string& bytes_;
  std::vector<envelope>* envelopes_;
};

} // namespace

std::string spell(const event::any& event) {
  std::string bytes;
  std::visit(speller{bytes}, event);
  return bytes;
}

void spell_to(spelled_texts& texts, const event::any& event) {
  std::visit(speller{texts.bytes, &texts.envelopes}, event);
}

std::vector<std::string> login_frames(const event::logged_in& event, size_t max_bytes) {
  salon_list mine;
  for (const auto& salon : event.salons)
    if (salon.member)
      mine.push_back(salon);
  return {"CONNECTED", array_within(event.salons, max_bytes, append_pair),
          array_within(mine, max_bytes, append_object)};
}

} // namespace salond::text
