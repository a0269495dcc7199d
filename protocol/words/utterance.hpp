// What a client said, as its dialect understood it.
#pragma once
#include "protocol/words/command.hpp"
#include "protocol/words/fault.hpp"
#include <variant>

namespace salond {

/// Words that are no command.
struct misspoken {
  fault why = fault::unknown_command;
  /// Whether the connection cannot go on after them (a raw client's frame that is too long, a foreign protocol).
  bool fatal = false;
};

/// The client has ended its input, and all that it said before has been given out.
struct input_ended {};

/// A frame that asks for nothing: an empty line, an empty text. It is not answered, but it was work.
struct nothing_said {};

/// What a client said.
using utterance = std::variant<command::any, misspoken, input_ended, nothing_said>;

} // namespace salond
