#include "protocol/commands/client_commands.hpp"
#include <type_traits>

namespace salond {
namespace {

using place = client_command::place;

template <class Command, class... All>
constexpr size_t kind_in(const std::variant<All...>*) {
  size_t result = 0;
  bool found = false;
  ((found = found || std::is_same_v<Command, All>, result += found ? 0 : 1), ...);
  return result;
}

template <class Command>
constexpr client_command row(const char* name, place allowed, double cost, const char* help = nullptr) {
  return {kind_in<Command>(static_cast<const command::any*>(nullptr)), name, allowed, cost, help};
}

// A post has its own rate, by user; so have wrong passwords, and accounts that are made, by address. What hashes a
// password costs as much as that, on the threads for it.
constexpr client_command_table table{
    row<command::log_in>("", place::first_frame, 0),
    row<command::register_user>("INSCRIPTION", place::both, 0),
    row<command::resume>("RESUME", place::first_frame, 0),
    row<command::post>("MSG", place::session, 0, "MSG (salon):texte - écrire aux membres d'un salon"),
    row<command::join>("JOIN", place::session, 2, "JOIN:salon - rejoindre un salon, ou demander à le rejoindre"),
    row<command::leave>("LEAVE", place::session, 2, "LEAVE:salon - quitter un salon"),
    row<command::history>("HISTORY", place::session, 1.5,
                          "HISTORY:salon:n - relire les n derniers messages d'un salon (500 au plus)"),
    row<command::search>("SEARCH", place::session, 1.5 + client_costs::searched_part,
                         "SEARCH:salon:texte - retrouver les derniers messages d'un salon qui contiennent un texte"),
    row<command::who>("WHO", place::session, 2, "WHO:salon - voir qui est connecté dans un salon"),
    row<command::tell_privately>("PRIVATE", place::session, 0.7,
                                 "PRIVATE:utilisateur:texte - écrire à une seule personne"),
    row<command::change_password>("PASSWORD", place::session, 100, "PASSWORD:ancien:nouveau - changer de mot de passe"),
    row<command::check_credentials>("AUTH", place::session, 100,
                                    "AUTH:utilisateur:mot de passe - vérifier des identifiants"),
    row<command::issue_token>("TOKEN", place::session, 5,
                              "TOKEN - recevoir un jeton pour revenir sans mot de passe (RESUME:jeton)"),
    row<command::ban>("BAN", place::session, 1, "BAN:utilisateur - bannir définitivement (administrateurs)"),
    row<command::help>("HELP", place::session, 0.5, "HELP - lire cette aide"),
    row<command::quit>("QUIT", place::session, 0, "QUIT - se déconnecter"),
};

constexpr bool complete() {
  for (size_t kind = 0; kind < table.size(); ++kind) {
    size_t rows = 0;
    for (const auto& entry : table)
      rows += entry.kind == kind;
    if (rows != 1)
      return false;
  }
  return true;
}
static_assert(complete(), "a row for each command");

} // namespace

const client_command_table& client_commands() {
  return table;
}

const client_command& about(const command::any& said) {
  for (const auto& entry : table)
    if (entry.kind == said.index())
      return entry;
  return table.back(); // there is a row for each
}

double cost_of(const utterance& said) {
  if (const auto* command = std::get_if<command::any>(&said))
    return about(*command).cost;
  if (std::holds_alternative<misspoken>(said))
    return client_costs::misspoken;
  return std::holds_alternative<nothing_said>(said) ? client_costs::nothing_said : 0;
}

double expected_cost_of_answer(const utterance& said) {
  const auto* command = std::get_if<command::any>(&said);
  if (!command)
    return 0;
  if (const auto* history = std::get_if<command::history>(command))
    return client_costs::told * static_cast<double>(history->count);
  return std::holds_alternative<command::search>(*command) ? client_costs::told * command::search::most_found : 0;
}

} // namespace salond
