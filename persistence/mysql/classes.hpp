// How many rows the INSERTs of messages of both kinds have.
#pragma once
#include "persistence/sql/classes.hpp"

namespace salond::persistence::mysql {

/// Rows of such an INSERT. A multi-row INSERT is eight times as fast as single ones, and each statement costs a
/// way to the server and back: hence so close to one another that two or three make up nearly any group.
constexpr size_t insert_classes[] = {256, 192, 128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1};

using persistence::in_classes;

} // namespace salond::persistence::mysql
