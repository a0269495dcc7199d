// Which dialects there are: the one place outside protocol/ that names them. A new dialect is a folder there and one
// row here.
#pragma once
#include "config/config.hpp"
#include "protocol/codec.hpp"
#include <memory>
#include <string_view>
#include <vector>

namespace salond {

/// A dialect, as a row of the factory: what is spoken at a door.
struct dialect {
  /// As addresses of the configuration name it.
  std::string_view name;
  /// A fresh client's codec.
  std::unique_ptr<codec> (*make_codec)(const config::settings& settings);
};

/// The replaced server's protocol.
extern const dialect text_dialect;

/// Dialects that doors may speak: the first is that of an address which names none.
using known_dialects = std::vector<const dialect*>;

/// Those that there are.
const known_dialects& all_dialects();

/// The dialect that an address names, or the first of them where it names none. Null: there is no such dialect.
const dialect* find_dialect(std::string_view name, const known_dialects& among);

} // namespace salond
