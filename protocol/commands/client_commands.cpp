#include "protocol/commands/client_commands.hpp"
#include <algorithm>
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

// Whether it uses up the message rate, and who may say it.
constexpr bool a_message = true, no_message = false;
constexpr std::optional<right> everybody{}, administrators{right::administrators};

template <class Command>
constexpr client_command row(const char* name, place allowed, double cost, bool is_message, std::optional<right> needs,
                             const char* help, const char* name_in_session = nullptr) {
  const auto kind = kind_in<Command>(static_cast<const command::any*>(nullptr));
  return {kind, name, name_in_session ? name_in_session : name, allowed, cost, is_message, needs, help};
}

// A post has its own rate, by user; so have wrong passwords, and accounts that are made, by address. What hashes a
// password costs as much as that, on the threads for it: a change of password once for each of its readings.
constexpr client_command_table table{
    row<command::log_in>("", place::first_frame, 0, no_message, everybody, nullptr),
    row<command::register_user>("INSCRIPTION", place::both, 0, no_message, everybody, nullptr, "REGISTER"),
    row<command::register_invited>("INVITE", place::first_frame, 0, no_message, everybody, nullptr),
    row<command::resume>("RESUME", place::first_frame, 2, no_message, everybody, nullptr),
    row<command::post>("MSG", place::session, 0, a_message, everybody,
                       "MSG (salon):texte - écrire aux membres d'un salon"),
    row<command::join>("JOIN", place::session, 2, a_message, everybody,
                       "JOIN:salon - rejoindre un salon, ou demander à le rejoindre"),
    row<command::leave>("LEAVE", place::session, 2, a_message, everybody, "LEAVE:salon - quitter un salon"),
    row<command::history>("HISTORY", place::session, 1.5, no_message, everybody,
                          "HISTORY:salon:n - relire les n derniers messages d'un salon (500 au plus)"),
    row<command::search>("SEARCH", place::session, 1.5 + client_costs::searched_part, no_message, everybody,
                         "SEARCH:salon:texte - retrouver les derniers messages d'un salon qui contiennent un texte"),
    row<command::who>("WHO", place::session, 2, no_message, everybody,
                      "WHO:salon - voir qui est connecté dans un salon"),
    row<command::tell_privately>("PRIVATE", place::session, 0.7, a_message, everybody,
                                 "PRIVATE:utilisateur:texte - écrire à une seule personne"),
    row<command::change_password>("PASSWORD", place::session, 100, a_message, everybody,
                                  "PASSWORD:ancien:nouveau - changer de mot de passe"),
    row<command::check_credentials>("AUTH", place::session, 100, no_message, everybody,
                                    "AUTH:utilisateur:mot de passe - vérifier des identifiants"),
    row<command::issue_token>("TOKEN", place::session, 5, a_message, everybody,
                              "TOKEN - recevoir un jeton pour revenir sans mot de passe (RESUME:jeton)"),
    row<command::ban>("BAN", place::session, 1, a_message, administrators,
                      "BAN:utilisateur - bannir définitivement (administrateurs)"),
    row<command::help>("HELP", place::session, 0.5, no_message, everybody, "HELP - lire cette aide"),
    row<command::quit>("QUIT", place::session, 0, no_message, everybody, "QUIT - se déconnecter"),
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

constexpr std::array<size_t, table.size()> rows_by_kind() {
  std::array<size_t, table.size()> result{};
  for (size_t row = 0; row < table.size(); ++row)
    result[table[row].kind] = row;
  return result;
}

} // namespace

const client_command_table& client_commands() {
  return table;
}

const client_command& about(const command::any& said) {
  static constexpr auto rows = rows_by_kind();
  return table[rows[said.index()]];
}

double cost_of(const utterance& said) {
  if (const auto* command = std::get_if<command::any>(&said)) {
    const auto* change = std::get_if<command::change_password>(command);
    return about(*command).cost * (change ? static_cast<double>(std::max<size_t>(1, change->readings.size())) : 1);
  }
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
  return std::holds_alternative<command::search>(*command) ? client_costs::told * command::search::max_found : 0;
}

} // namespace salond
