// Which dialects there are: the one place outside protocol/ that names them. A new dialect is one class and one row
// here.
#pragma once
#include "config/config.hpp"
#include "protocol/codec.hpp"
#include <memory>
#include <vector>

namespace salond {

enum class dialect : uint8_t { text };
constexpr size_t dialect_count = 1;

/// A fresh client's codec.
std::unique_ptr<codec> make_codec(dialect which, const config::settings& how);

/// The events as every client of the dialect is told them, made once for all: for codec::say_spelled.
shared_texts spell(dialect which, const std::vector<event::any>& events);

} // namespace salond
