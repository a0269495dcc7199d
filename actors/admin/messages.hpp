// What travels between salonctl and the admin actor, over CAF's protocol inside our TLS. Three questions and one
// answer carry every command: a command is a row of words (protocol/words/operator_command.hpp), an answer is JSON.
// No actor handles, at most 64 KiB a message: the transport's gate refuses anything else.
#pragma once
#include <caf/all.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace salond {

/// Bytes of text in one message. With CAF's own bytes around it a message stays below the gate's 64 KiB.
constexpr size_t max_admin_text = 48 << 10;

/// Gives a command. `call` is the asker's number for it; no other of its open calls has that number.
struct admin_request {
  uint32_t call = 0;
  std::vector<std::string> words;
};
/// A piece of the input of a call that answered `input_wanted`, at most max_admin_text bytes. The last piece is
/// answered with the command's answer.
struct admin_input {
  uint32_t call = 0;
  std::string text;
  bool last = false;
};
/// Asks a call that answered `part` or `progress` to go on.
struct admin_more {
  uint32_t call = 0;
};

/// What an answer is.
enum class admin_verdict : uint8_t {
  done,         ///< the text ends the answer, one JSON value in all; the call is over
  part,         ///< the text is a piece of that JSON value; ask for more
  progress,     ///< the text is a JSON value that says how far it is; ask for more
  input_wanted, ///< the command takes input
  refused,      ///< the text says why, for people; the call is over
  not_allowed,  ///< the same: the operator has no right to it
  wrong_usage,  ///< the same: the words are no command
  done_in_part, ///< as done; the value is a list that was cut off: there is more of it
  /// As done; the text is an object: `answer`, a list; `words`, texts for people beside it; `cut_off`, whether there is
  /// more of the list.
  done_with_words
};

/// The answer to each of the three.
struct admin_answer {
  uint8_t verdict = 0; ///< admin_verdict
  std::string text;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, admin_request& x) {
  return f(caf::meta::type_name("salond::admin_request"), x.call, x.words);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, admin_input& x) {
  return f(caf::meta::type_name("salond::admin_input"), x.call, x.text, x.last);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, admin_more& x) {
  return f(caf::meta::type_name("salond::admin_more"), x.call);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, admin_answer& x) {
  return f(caf::meta::type_name("salond::admin_answer"), x.verdict, x.text);
}

/// ADMIN, as operators see it.
using admin_actor = caf::typed_actor<
    // Begins a call. The asker is known from the connection's certificate alone.
    caf::replies_to<admin_request>::with<admin_answer>,
    // Goes on with one; refused when the asker has no such call, or it waits for nothing.
    caf::replies_to<admin_input>::with<admin_answer>, caf::replies_to<admin_more>::with<admin_answer>>;

} // namespace salond

CAF_BEGIN_TYPE_ID_BLOCK(salond_admin, first_custom_type_id)
CAF_ADD_TYPE_ID(salond_admin, (salond::admin_request))
CAF_ADD_TYPE_ID(salond_admin, (salond::admin_input))
CAF_ADD_TYPE_ID(salond_admin, (salond::admin_more))
CAF_ADD_TYPE_ID(salond_admin, (salond::admin_answer))
CAF_END_TYPE_ID_BLOCK(salond_admin)
