// The configuration of the running server and the certificate that its clients are shown: what is in force, reading it
// again, and having it taken up.
#pragma once
#include "actors/server.hpp"
#include "actors/transport/tls_folder.hpp"
#include "config/command_line.hpp"
#include <mutex>
#include <set>

namespace salond {

/// Whether some door speaks TLS.
bool speaks_tls(const config::settings& values);

/// The names and addresses by which clients reach the doors that speak TLS; none where there is no such door.
std::vector<std::string> hosts_of(const std::vector<config::endpoint>& doors);

/// Any thread may call it. Throws std::runtime_error, for people.
class live_configuration {
public:
  /// `asked`: the settings that the command line gives; `of_files`: the certificate in the files that they name, if
  /// any. `own`: where the server's own certificate is; null: nowhere.
  live_configuration(int argc, const char* const* argv, const config::command_line& asked,
                     std::shared_ptr<const tls_credentials> of_files, std::shared_ptr<tls_folder> own);

  new_settings in_force() const;

  /// With where each comes from, for operators.
  std::vector<config::effective_value> shown() const;

  /// Reads command line and file again and checks all of it; changes nothing.
  reread_configuration read() const;
  /// Puts it in force; the server's actors take it up.
  void take_up(const reread_configuration& read);

  /// Renews the server's own certificates where they are due, and logs what has become of others' since it was last
  /// called; to be called each minute.
  tls_folder::renewal renew();

  /// The configuration file as it was taken up last, if one is named.
  std::optional<std::string> file() const;

  /// Whether a revocation of this process is not stored; renew() tries it again.
  bool has_unstored_revocations() const { return own_ && own_->has_unstored(); }

  /// Whom to tell what is in force from now on.
  void serve(const server_actor& root);

private:
  config::command_line parse() const;
  void put_in_force(const config::settings& values, std::shared_ptr<const tls_credentials> of_files);
  std::shared_ptr<const tls_credentials> own_certificate() const;
  tls_folder::renewal renew_own();
  void warn_of_configured();

  const int argc_;
  const char* const* const argv_;
  const std::shared_ptr<tls_folder> own_;
  mutable std::mutex guard_;
  config::value_sources sources_;
  std::optional<std::string> file_;
  config::settings asked_; ///< as configured; in force they may be less, where the system allows no more
  new_settings now_;
  server_actor root_;
  std::set<std::string> warned_of_; ///< texts, so that each is told once
};

} // namespace salond
