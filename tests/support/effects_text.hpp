// What a session decides, as lines to compare with: "ask post(Général, bonjour)", "tell help", "hang up:
// refused(busy)".
#pragma once
#include "actors/rules/session.hpp"
#include <string>
#include <vector>

namespace salond::support {

using lines = std::vector<std::string>;

/// One line an effect, in order.
lines lines_of(const rules::effects& effects);

/// An event with all that tests look at.
std::string text_of(const event::any& event);

} // namespace salond::support
