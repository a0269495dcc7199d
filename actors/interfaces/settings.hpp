// What the server hears of settings, and hands on to all who work by them.
#pragma once
#include "actors/interfaces/in_process.hpp"
#include "config/config.hpp"
#include <caf/all.hpp>
#include <memory>

namespace salond {

class tls_credentials;

/// The configuration was read again, or a certificate renewed. What may not change in a running server
/// (config/changes.hpp) is as before.
struct new_settings {
  std::shared_ptr<const config::settings> values;
  std::shared_ptr<const tls_credentials> certificate; ///< null where no door speaks TLS
};

} // namespace salond
