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

/// The same in at most `most_bytes` (0: no limit); where that is too little without the salons at the end, first
/// without those of them that the user is no member of.
std::string array_within(const salon_list& salons, size_t most_bytes, salon_appender append) {
  auto result = array_of(salons, append);
  auto size = result.size();
  if (most_bytes == 0 || size <= most_bytes)
    return result;
  std::vector<bool> left_out(salons.size());
  for (const auto member : {false, true})
    for (auto i = salons.size(); i-- > 0 && size > most_bytes;)
      if (salons[i].member == member) {
        std::string item;
        append(item, salons[i]);
        size -= item.size() + 2; // with its ", "
        left_out[i] = true;
      }
  salon_list kept;
  for (size_t i = 0; i < salons.size(); ++i)
    if (!left_out[i])
      kept.push_back(salons[i]);
  return array_of(kept, append);
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

std::string refusal(fault why, const std::string& subject) {
  switch (why) {
  case fault::malformed_login: return "ERREUR: identifiants invalides";
  case fault::unknown_command: return "ERREUR: commande inconnue";
  case fault::frame_too_long: return "ERREUR: message trop long";
  case fault::bad_encoding: return "ERREUR: encodage invalide";
  case fault::foreign_protocol: return "ERREUR: protocole inconnu";
  case fault::wrong_credentials: return "AUTH_FAILED";
  case fault::banned: return "Vous avez été banni définitivement du serveur !";
  case fault::kicked: return "Vous êtes banni. Réessayez dans quelques minutes.";
  case fault::unknown_salon: return "ERREUR: le salon " + subject + " n'existe pas";
  case fault::unknown_user: return "ERREUR: utilisateur " + subject + " inconnu";
  case fault::not_a_member: return "ERREUR: vous n'êtes pas membre du salon " + subject;
  case fault::not_allowed: return "ERREUR: droits insuffisants";
  case fault::already_banned: return "User is permanently banned.";
  case fault::mailbox_full: return "ERREUR: la boîte de " + subject + " est pleine";
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
  case fault::registration_waits: return registration_refusal(why);
  }
  return "ERREUR: service momentanément indisponible, réessayez";
}

struct speller {
  std::string operator()(const event::logged_in& what) const {
    std::string result;
    for (const auto& frame : login_frames(what, 0))
      result += frame + "\n";
    return result;
  }
  std::string operator()(const event::registered&) const { return "Inscription réussie!\n"; }
  std::string operator()(const event::registration_refused& what) const {
    return registration_refusal(what.why) + "\n";
  }
  std::string operator()(const event::said& what) const {
    std::string result;
    result.reserve(what.author.size() + what.salon_name.size() + what.text.size() + 20);
    result += shown(what.author);
    result += " dans le salon ";
    result += shown(what.salon_name);
    result += ": ";
    result += shown(what.text);
    result += '\n';
    return result;
  }
  std::string operator()(const event::joined& what) const {
    return shown(what.username) + " a rejoint le salon " + shown(what.salon_name) + ".\n";
  }
  std::string operator()(const event::left& what) const {
    return shown(what.username) + " a quitté le salon " + shown(what.salon_name) + ".\n";
  }
  std::string operator()(const event::said_privately& what) const {
    return shown(what.author) + " (privé): " + shown(what.text) + "\n";
  }
  std::string operator()(const event::request_waits& what) const {
    return "Demande d'adhésion au salon " + shown(what.salon_name) + " en attente.\n";
  }
  std::string operator()(const event::request_refused& what) const {
    return "Votre demande d'adhésion au salon " + shown(what.salon_name) + " a été refusée. Accès restreint\n";
  }
  std::string operator()(const event::user_banned& what) const {
    return shown(what.username) + " a été banni définitivement.\n";
  }
  std::string operator()(const event::credentials_right&) const { return "CONNECTED\n"; }
  std::string operator()(const event::password_changed&) const { return "Mot de passe mis à jour avec succès!\n"; }
  std::string operator()(const event::password_refused& what) const {
    return "Erreur lors de la mise à jour du mot de passe : " + reason(what.why) + "\n";
  }
  std::string operator()(const event::token_issued& what) const {
    return "TOKEN:" + what.token + ":" + std::to_string(what.seconds) + "\n";
  }
  std::string operator()(const event::help&) const {
    std::string result;
    for (const auto& one : client_commands())
      if (one.help)
        result += std::string(one.help) + "\n";
    return result;
  }
  std::string operator()(const event::refused& what) const { return refusal(what.why, shown(what.subject)) + "\n"; }
  std::string operator()(const event::kicked& what) const {
    return "Vous avez été expulsé du serveur. Vous êtes banni pendant " + std::to_string(what.minutes) + " minutes.\n";
  }
  std::string operator()(const event::banned&) const { return "Vous avez été banni définitivement du serveur !\n"; }
  std::string operator()(const event::erased&) const { return "Votre compte a été supprimé.\n"; }
  std::string operator()(const event::stopping_soon& what) const {
    return "Le serveur va s'arrêter dans " + std::to_string(what.seconds) + " secondes. Merci de vous déconnecter.\n";
  }
  std::string operator()(const event::stopping&) const {
    return "Le serveur va s'arrêter. Merci de vous déconnecter.\n";
  }
  std::string operator()(const event::announced& what) const { return shown(what.text) + "\n"; }
};

} // namespace

std::string spell(const event::any& what) {
  return std::visit(speller{}, what);
}

std::vector<std::string> login_frames(const event::logged_in& what, size_t most_bytes) {
  salon_list mine;
  for (const auto& salon : what.salons)
    if (salon.member)
      mine.push_back(salon);
  return {"CONNECTED", array_within(what.salons, most_bytes, append_pair),
          array_within(mine, most_bytes, append_object)};
}

} // namespace salond::text
