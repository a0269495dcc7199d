// What accounts that are gone have left goes, a piece at a time: part of the actor RETENTION.
#pragma once
#include "actors/retention.hpp"

namespace salond {

using retention_pointer = retention_actor::stateful_pointer<retention_state>;

/// Goes on with `step` once others had as much time as the last piece took.
void rest_behind(retention_pointer self, std::chrono::microseconds took, std::function<void()> step);

/// Removes what all such accounts have left, and then calls `then`; `otherwise` where the database does not take it.
void remove_departed(retention_pointer self, std::function<void()> then, std::function<void(fault)> otherwise);

} // namespace salond
