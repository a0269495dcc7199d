// Every reason to say no. A fault is a refusal, the client's business: a value, told to the client.
// A breakdown of the machine is an exception, and becomes fault::storage or fault::busy at one place.
#pragma once
#include <cstdint>
#include <string>

namespace salond {

/// Why something was refused. Starts at 1: CAF's errors take 0 for "no error"; one byte, for the same reason.
enum class fault : uint8_t {
  // what cannot be understood
  malformed_login = 1, ///< a first frame that is neither login nor registration
  unknown_command,     ///< words that are no command
  frame_too_long,      ///< a frame over limits.frame_bytes
  bad_encoding,        ///< bytes that are not UTF-8
  foreign_protocol,    ///< a browser or a TLS hello on a clear port: closed without a word
  // who one is
  wrong_credentials, ///< unknown user, wrong password, wrong or used token
  banned,            ///< this user is banned for good
  kicked,            ///< this user was kicked and the time is not over
  disabled,          ///< an operator has disabled this account
  name_taken,        ///< another user has the username's key, or a name that looks like it
  alias_taken,       ///< another user has the alias's key, or it looks like an administrator's name
  invalid_username,  ///< not a name that can be registered
  invalid_alias,     ///< not an alias that can be registered
  invalid_password,  ///< empty, or over 1,024 bytes
  reserved_name,     ///< nobody is given it: a word of the server, a certificate's holder, what looks like these
  registration_closed,
  registration_waits, ///< an administrator will decide
  invalid_invitation, ///< no such invitation, or it is used up, revoked or too old
  // what one may do
  unknown_salon,
  unknown_user,
  not_a_member,
  not_allowed,     ///< the right is missing
  already_banned,  ///< the target of a ban is banned for good
  mailbox_full,    ///< too many private messages wait for the target
  no_such_request, ///< no join request of that user for that salon
  invalid_name,    ///< not a name for a salon, or another has it, or one that looks like it
  no_such_message,
  // what the server cannot take now
  storage, ///< the database cannot take it now; it certainly is not and will not be stored
  busy,    ///< too much waits
  login_timeout,
  too_many_connections,
  too_many_attempts,
  too_many_messages,
  too_slow,          ///< the client does not read
  salon_closed,      ///< the salon failed while the client's post was on its way; whether it was stored is unknown
  too_many_requests, ///< frames that cost more than the connection, or its address, may use
};

/// The fault's stable name, for logs and administrators' tools: "unknown_salon".
const char* to_string(fault why);

} // namespace salond
