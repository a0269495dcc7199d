#include "protocol/text/wire_text.hpp"
#include <gmock/gmock.h>

namespace salond::text {
namespace {

using testing::ElementsAre;

struct spelling {
  event::any event;
  std::string text;
};

TEST(WireText, IsThatOfTheReplacedServerToTheByte) {
  const std::vector<spelling> table = {
      {event::registered{}, "Inscription réussie!\n"},
      {event::registration_refused{fault::name_taken}, "Nom d'utilisateur déjà utilisé. Choisissez un autre.\n"},
      {event::registration_refused{fault::banned}, "Nom d'utilisateur déjà utilisé. Choisissez un autre.\n"},
      {event::registration_refused{fault::busy}, "Erreur lors de l'inscription : serveur occupé, réessayez\n"},
      {event::registration_refused{fault::alias_taken}, "Alias déjà utilisé. Choisissez un autre.\n"},
      {event::registration_refused{fault::invalid_username},
       "Erreur lors de l'inscription : nom d'utilisateur invalide\n"},
      {event::registration_refused{fault::invalid_alias}, "Erreur lors de l'inscription : alias invalide\n"},
      {event::registration_refused{fault::invalid_password}, "Erreur lors de l'inscription : mot de passe invalide\n"},
      {event::session_ended{}, "Votre session a été fermée par un administrateur.\n"},
      {event::registration_refused{fault::invalid_invitation}, "Erreur lors de l'inscription : invitation invalide\n"},
      {event::registration_refused{fault::reserved_name}, "Erreur lors de l'inscription : nom d'utilisateur réservé\n"},
      {event::registration_refused{fault::registration_closed},
       "Erreur lors de l'inscription : inscriptions fermées\n"},
      {event::registration_refused{fault::registration_waits}, "Inscription en attente d'approbation.\n"},
      {event::registration_refused{fault::storage},
       "Erreur lors de l'inscription : service momentanément indisponible, réessayez\n"},
      {event::said{{1}, "Général", "Zoé", "bonjour ):", 7, {}}, "Zoé dans le salon Général: bonjour ):\n"},
      {event::joined{{2}, "Blabla", "Zoé"}, "Zoé a rejoint le salon Blabla.\n"},
      {event::left{{2}, "Blabla", "Zoé"}, "Zoé a quitté le salon Blabla.\n"},
      {event::said_privately{{1}, "Zoé", "psst", {}}, "Zoé (privé): psst\n"},
      {event::request_waits{"Marketing"}, "Demande d'adhésion au salon Marketing en attente.\n"},
      {event::request_refused{"Marketing"},
       "Votre demande d'adhésion au salon Marketing a été refusée. Accès restreint\n"},
      {event::user_banned{"paul"}, "paul a été banni définitivement.\n"},
      {event::login_refused{fault::wrong_credentials}, "AUTH_FAILED\n"},
      {event::login_refused{fault::kicked}, "Vous êtes banni. Réessayez dans quelques minutes.\n"},
      {event::login_refused{fault::storage}, "ERREUR: service momentanément indisponible, réessayez\n"},
      {event::credentials_right{}, "CONNECTED\n"},
      {event::credentials_refused{fault::wrong_credentials}, "AUTH_FAILED\n"},
      {event::password_changed{}, "Mot de passe mis à jour avec succès!\n"},
      {event::password_refused{fault::wrong_credentials},
       "Erreur lors de la mise à jour du mot de passe : mot de passe incorrect\n"},
      {event::password_refused{fault::invalid_password},
       "Erreur lors de la mise à jour du mot de passe : mot de passe invalide\n"},
      {event::token_issued{"abc", 60}, "TOKEN:abc:60\n"},
      {event::kicked{5}, "Vous avez été expulsé du serveur. Vous êtes banni pendant 5 minutes.\n"},
      {event::banned{}, "Vous avez été banni définitivement du serveur !\n"},
      {event::erased{}, "Votre compte a été supprimé.\n"},
      {event::stopping_soon{10}, "Le serveur va s'arrêter dans 10 secondes. Merci de vous déconnecter.\n"},
      {event::stopping{}, "Le serveur va s'arrêter. Merci de vous déconnecter.\n"},
      {event::announced{"à table"}, "Annonce: à table\n"},
      {event::members_connected{{1}, "Général", {"paul"}}, "Connectés dans le salon Général: paul\n"},
      {event::members_connected{{1}, "Général", {"Paul", "zoë", "a, b"}},
       "Connectés dans le salon Général: Paul, zoë, a, b\n"},
      {event::nothing_found{"Général"}, "Aucun message trouvé dans le salon Général.\n"},
  };
  for (const auto& row : table)
    EXPECT_EQ(spell(row.event), row.text);
}

TEST(WireText, OfALongListGoesOnInTextsThatBeginAlikeAndCutsNoName) {
  const std::string begin = "Connectés dans le salon Général: "; // 36 bytes
  const std::string half(481, 'a'), fits(481, 'b'), too_long(482, 'c');
  const std::string huge(3000, 'd'); // of the replaced server

  EXPECT_EQ(spell(event::members_connected{{1}, "Général", {half, fits}}), begin + half + ", " + fits + "\n");
  EXPECT_EQ(spell(event::members_connected{{1}, "Général", {half, too_long, "z"}}),
            begin + half + "\n" + begin + too_long + ", z\n");
  EXPECT_EQ(spell(event::members_connected{{1}, "Général", {"a", huge, "z"}}),
            begin + "a\n" + begin + huge + "\n" + begin + "z\n");
  EXPECT_EQ(spell(event::members_connected{{1}, huge, {"a", "z"}}),
            "Connectés dans le salon " + huge + ": a\n" + "Connectés dans le salon " + huge + ": z\n");
}

TEST(WireText, OfEveryRefusalIsThatOfTheProtocol) {
  const std::vector<std::pair<fault, std::string>> table = {
      {fault::wrong_credentials, "AUTH_FAILED"},
      {fault::malformed_login, "ERREUR: identifiants invalides"},
      {fault::unknown_command, "ERREUR: commande inconnue"},
      {fault::frame_too_long, "ERREUR: message trop long"},
      {fault::bad_encoding, "ERREUR: encodage invalide"},
      {fault::banned, "Vous avez été banni définitivement du serveur !"},
      {fault::kicked, "Vous êtes banni. Réessayez dans quelques minutes."},
      {fault::disabled, "Votre compte est désactivé."},
      {fault::unknown_salon, "ERREUR: le salon Nulle part n'existe pas"},
      {fault::unknown_user, "ERREUR: utilisateur Nulle part inconnu"},
      {fault::not_a_member, "ERREUR: vous n'êtes pas membre du salon Nulle part"},
      {fault::not_allowed, "ERREUR: droits insuffisants"},
      {fault::already_banned, "User is permanently banned."},
      {fault::mailbox_full, "ERREUR: la boîte de Nulle part est pleine"},
      {fault::storage, "ERREUR: service momentanément indisponible, réessayez"},
      {fault::busy, "ERREUR: serveur occupé, réessayez"},
      {fault::login_timeout, "ERREUR: délai d'authentification dépassé"},
      {fault::too_many_connections, "ERREUR: trop de connexions"},
      {fault::too_many_attempts, "ERREUR: trop de tentatives, réessayez plus tard"},
      {fault::too_many_messages, "ERREUR: trop de messages, ralentissez"},
      {fault::too_slow, "ERREUR: client trop lent"},
      {fault::foreign_protocol, "ERREUR: protocole inconnu"},
      {fault::salon_closed, "ERREUR: le salon a été interrompu, reconnectez-vous"},
      {fault::no_such_request, "ERREUR: aucune demande en attente"},
      {fault::invalid_name, "ERREUR: nom de salon invalide"},
      {fault::no_such_message, "ERREUR: message inconnu"},
      {fault::name_taken, "Nom d'utilisateur déjà utilisé. Choisissez un autre."},
      {fault::alias_taken, "Alias déjà utilisé. Choisissez un autre."},
      {fault::registration_closed, "Erreur lors de l'inscription : inscriptions fermées"},
      {fault::registration_waits, "Inscription en attente d'approbation."},
      {fault::invalid_username, "Erreur lors de l'inscription : nom d'utilisateur invalide"},
      {fault::invalid_alias, "Erreur lors de l'inscription : alias invalide"},
      {fault::invalid_password, "Erreur lors de l'inscription : mot de passe invalide"},
      {fault::invalid_invitation, "Erreur lors de l'inscription : invitation invalide"},
      {fault::reserved_name, "Erreur lors de l'inscription : nom d'utilisateur réservé"},
  };
  for (const auto& [why, text] : table)
    EXPECT_EQ(spell(event::refused{why, "Nulle part"}), text + "\n") << to_string(why);
}

TEST(WireText, NeverLetsAWordLookLikeAFrame) {
  EXPECT_EQ(spell(event::said{{1}, "a\nb", "c\rd", "e\nAUTH_FAILED\x7F\tf", 1, {}}),
            "c d dans le salon a b: e AUTH_FAILED \tf\n");
  EXPECT_EQ(spell(event::refused{fault::unknown_salon, "x\ny"}), "ERREUR: le salon x y n'existe pas\n");
}

TEST(WireText, ExplainsItselfAFrameACommand) {
  EXPECT_EQ(spell(event::help{}), "MSG (salon):texte - écrire aux membres d'un salon\n"
                                  "JOIN:salon - rejoindre un salon, ou demander à le rejoindre\n"
                                  "LEAVE:salon - quitter un salon\n"
                                  "HISTORY:salon:n - relire les n derniers messages d'un salon (500 au plus)\n"
                                  "SEARCH:salon:texte - retrouver les derniers messages d'un salon qui contiennent un "
                                  "texte\n"
                                  "WHO:salon - voir qui est connecté dans un salon\n"
                                  "PRIVATE:utilisateur:texte - écrire à une seule personne\n"
                                  "PASSWORD:ancien:nouveau - changer de mot de passe\n"
                                  "AUTH:utilisateur:mot de passe - vérifier des identifiants\n"
                                  "TOKEN - recevoir un jeton pour revenir sans mot de passe (RESUME:jeton)\n"
                                  "BAN:utilisateur - bannir définitivement (administrateurs)\n"
                                  "HELP - lire cette aide\n"
                                  "QUIT - se déconnecter\n");
}

TEST(LoginFrames, AreWhatPythonsJsonWouldWrite) {
  const event::logged_in welcome{"zoe", {{{1}, "Général", true}, {{2}, "Bla \"bla\" \\ 🦊", false}}};
  EXPECT_THAT(login_frames(welcome, 0),
              ElementsAre("CONNECTED", R"([[1, "G\u00e9n\u00e9ral"], [2, "Bla \"bla\" \\ \ud83e\udd8a"]])",
                          R"([{"salon_id": 1, "salon_name": "G\u00e9n\u00e9ral"}])"));
  EXPECT_THAT(login_frames({"zoe", {}}, 0), ElementsAre("CONNECTED", "[]", "[]"));
  EXPECT_EQ(spell(welcome), "CONNECTED\n"
                            R"([[1, "G\u00e9n\u00e9ral"], [2, "Bla \"bla\" \\ \ud83e\udd8a"]])"
                            "\n"
                            R"([{"salon_id": 1, "salon_name": "G\u00e9n\u00e9ral"}])"
                            "\n");
}

TEST(LoginFrames, ShowNoControlCharacterAndEscapeAsPythonDoes) {
  const event::logged_in welcome{"zoe", {{{7}, "a\nb\tc/\x7F\xE2\x80\xA8", false}}};
  EXPECT_EQ(login_frames(welcome, 0)[1], R"([[7, "a b\tc/  "]])");
}

TEST(LoginFrames, AreLeftWholeAtTheLimitAndOneSalonShorterAboveIt) {
  const event::logged_in welcome{"zoe", {{{1}, "un", true}, {{2}, "deux", false}, {{3}, "trois", true}}};
  const std::string whole = R"([[1, "un"], [2, "deux"], [3, "trois"]])";
  EXPECT_EQ(login_frames(welcome, whole.size())[1], whole);
  EXPECT_EQ(login_frames(welcome, whole.size() - 1)[1], R"([[1, "un"], [3, "trois"]])");
  EXPECT_EQ(login_frames(welcome, 12)[1], R"([[1, "un"]])");
  EXPECT_EQ(login_frames(welcome, 3)[1], "[]");
}

TEST(LoginFrames, LeaveOutFirstTheSalonsThatTheUserIsNoMemberOf) {
  event::logged_in welcome{"zoe", {}};
  for (int64_t i = 1; i <= 60; ++i)
    welcome.salons.push_back({{i}, "salon numéro " + std::to_string(i), i % 2 == 0});
  const auto frames = login_frames(welcome, 1024);
  for (const auto& frame : frames)
    EXPECT_LE(frame.size(), 1024u);
  EXPECT_NE(frames[1].find("[2, "), std::string::npos);
  EXPECT_NE(frames[1].find("[20, "), std::string::npos);
  EXPECT_EQ(frames[1].find("[59, "), std::string::npos);
  EXPECT_EQ(frames[1].back(), ']');
  EXPECT_GT(frames[1].size(), 900u); // and no more than must be
}

} // namespace
} // namespace salond::text
