// What a client can be told, in any dialect: facts with identifiers, time and author, not sentences.
#pragma once
#include "protocol/words/fault.hpp"
#include "protocol/words/ids.hpp"
#include "protocol/words/time.hpp"
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace salond::event {

/// A salon as everybody may know it, and whether the user who is told belongs to it.
struct listed_salon {
  salon_id id;
  std::string name;
  bool member = false;
};
struct logged_in {
  std::string username; ///< the stored spelling
  std::vector<listed_salon> salons;
};
/// It is not known who it is, or who may not come in.
struct login_refused {
  fault why = fault::wrong_credentials;
};
struct registered {};
struct registration_refused {
  fault why = fault::storage;
};
/// A message of a salon: as it comes, or out of the history.
struct said {
  salon_id salon;
  std::string salon_name, author, text;
  int64_t seq = 0;
  moment at;
  connection_id from = {}; ///< the connection of this node that said it; none out of the history, or of another node
};
struct joined {
  salon_id salon;
  std::string salon_name, username;
};
struct left {
  salon_id salon;
  std::string salon_name, username;
};
struct said_privately {
  private_id id;
  std::string author, text;
  moment at;
};
/// A join request waits for an administrator.
struct request_waits {
  std::string salon_name;
};
/// An administrator rejected the request, or ended the membership.
struct request_refused {
  std::string salon_name;
};
/// The answer to command::ban.
struct user_banned {
  std::string username;
};
struct credentials_right {};
struct credentials_refused {
  fault why = fault::wrong_credentials;
};
struct password_changed {};
struct password_refused {
  fault why = fault::storage;
};
struct token_issued {
  std::string token;
  int64_t seconds = 0;
};
struct help {};
/// Of a salon's members those who are connected, in the order of their keys; a part of them, where they are many.
struct members_connected {
  salon_id salon;
  std::string salon_name;
  std::vector<std::string> usernames; ///< stored spellings
};
/// No message of the salon holds the text.
struct nothing_found {
  std::string salon_name;
};
/// A refusal; `subject` is the salon or user it is about, as typed, where there is one.
struct refused {
  fault why = fault::storage;
  std::string subject;
};
/// What is told before a connection is closed from above.
struct kicked {
  int64_t minutes = 0;
};
struct banned {};
/// The account is deleted, and all that was personal with it.
struct erased {};
/// An operator ended this session.
struct session_ended {};
struct stopping_soon {
  int64_t seconds = 0;
};
struct stopping {};
/// An administrator's words to everyone.
struct announced {
  std::string text;
};

using any = std::variant<logged_in, login_refused, registered, registration_refused, said, joined, left, said_privately,
                         request_waits, request_refused, user_banned, credentials_right, credentials_refused,
                         password_changed, password_refused, token_issued, help, members_connected, nothing_found,
                         refused, kicked, banned, erased, session_ended, stopping_soon, stopping, announced>;

} // namespace salond::event
