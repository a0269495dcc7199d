// Which dialects there are: the one place outside protocol/ that names them. A new dialect is one class and one row
// here.
#pragma once
#include "config/config.hpp"
#include "protocol/codec.hpp"
#include <memory>

namespace salond {

enum class dialect : uint8_t { text };

/// A fresh client's codec.
std::unique_ptr<codec> make_codec(dialect which, const config::settings& how);

} // namespace salond
