#include "protocol/words/fault.hpp"

namespace salond {

const char* to_string(fault why) {
  switch (why) {
  case fault::malformed_login: return "malformed_login";
  case fault::unknown_command: return "unknown_command";
  case fault::frame_too_long: return "frame_too_long";
  case fault::bad_encoding: return "bad_encoding";
  case fault::foreign_protocol: return "foreign_protocol";
  case fault::wrong_credentials: return "wrong_credentials";
  case fault::banned: return "banned";
  case fault::kicked: return "kicked";
  case fault::disabled: return "disabled";
  case fault::name_taken: return "name_taken";
  case fault::alias_taken: return "alias_taken";
  case fault::invalid_username: return "invalid_username";
  case fault::invalid_alias: return "invalid_alias";
  case fault::invalid_password: return "invalid_password";
  case fault::reserved_name: return "reserved_name";
  case fault::registration_closed: return "registration_closed";
  case fault::registration_waits: return "registration_waits";
  case fault::invalid_invitation: return "invalid_invitation";
  case fault::unknown_salon: return "unknown_salon";
  case fault::unknown_user: return "unknown_user";
  case fault::not_a_member: return "not_a_member";
  case fault::not_allowed: return "not_allowed";
  case fault::already_banned: return "already_banned";
  case fault::mailbox_full: return "mailbox_full";
  case fault::no_such_request: return "no_such_request";
  case fault::invalid_name: return "invalid_name";
  case fault::no_such_message: return "no_such_message";
  case fault::storage: return "storage";
  case fault::busy: return "busy";
  case fault::login_timeout: return "login_timeout";
  case fault::too_many_connections: return "too_many_connections";
  case fault::too_many_attempts: return "too_many_attempts";
  case fault::too_many_messages: return "too_many_messages";
  case fault::too_slow: return "too_slow";
  case fault::salon_closed: return "salon_closed";
  case fault::too_many_requests: return "too_many_requests";
  }
  return "unknown_fault"; // a value from a newer node
}

} // namespace salond
