// Which dialects there are: the one place outside protocol/ that names them. A new dialect is a folder there and one
// row here.
#pragma once
#include "config/config.hpp"
#include "protocol/codec.hpp"
#include <memory>

namespace salond {

/// A dialect, as a row of the factory: what is spoken at a door.
struct dialect {
  /// A fresh client's codec.
  std::unique_ptr<codec> (*make_codec)(const config::settings& how);
};

/// The replaced server's protocol.
extern const dialect text_dialect;

} // namespace salond
