// The settings that the server hears, and hands on to all actors that work by them.
#pragma once
#include "actors/interfaces/in_process.hpp"
#include "config/config.hpp"
#include <caf/all.hpp>
#include <memory>

namespace salond {

class tls_credentials;

/// The configuration was read again, or a certificate renewed. Values that may not change in a running server
/// (config/changes.hpp) are as before.
struct new_settings {
  std::shared_ptr<const config::settings> values;
  std::shared_ptr<const tls_credentials> certificate; ///< null: no door speaks TLS
};

} // namespace salond
