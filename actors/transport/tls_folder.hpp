// STATE/tls: the authority, the bundles of the server and of its local administrator, and the list of all that was
// issued. Made at first start without being asked, renewed before it expires. The only writer of these files.
#pragma once
#include "actors/transport/certificate_list.hpp"
#include <ctime>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace salond {

/// The name in the certificate that a local salonctl uses. It belongs to no account. That of a node bears the node's
/// name as well, so that it ends with the node.
inline constexpr const char* local_administrator = "local";
/// "local.paris"; as much of it as is a peer's name.
std::string local_administrator_of(const std::string& node);
/// Whether it is the name of some server's own.
bool is_local_administrator(std::string_view name);

/// The name in the certificate of a server that is no node of a cluster.
inline constexpr const char* lone_server = "salond";

/// The result of revoking certificates.
struct revocation {
  size_t count = 0;
  std::string not_stored; ///< why the list could not be written; it holds for this process alone until it can
};

/// The folder of certificates. Each function reads the files anew under the folder's lock, so that several processes
/// and threads may use it. All throw pki_error: then nothing has changed, or only a certificate was listed in vain.
/// If the folder is read-only, or gone, the list that was read last is known, and its certificates can be revoked for
/// this process.
///
///   authority.pem      certificate and key of the authority (a reader of the key can be everyone)
///   server.pem         the bundle of this node
///   administrator.pem  the bundle that a local salonctl uses
///   chat.pem           the bundle that clients of the chat are shown, if there are hosts for it
///   ca.pem             the authority's certificate alone: for those who want to know this server
///   certificates       the list: serial, holder, from, until, revoked (0: not); a line each
class tls_folder {
public:
  /// What renew() has replaced.
  struct renewal {
    bool authority = false; ///< its certificate: the key stays, and what it has signed stays good
    bool server = false;    ///< the transport is to be given the bundle again
    bool administrator = false;
    bool chat = false;
    /// Operators' certificates that are not good yet, since the clock was ahead when they were issued. Their keys are
    /// not ours to replace: they need to be issued again.
    std::vector<certificate_facts> not_good_yet;
  };

  /// Names the folder and what its bundles are for; touches nothing before renew(). `hosts`: names and addresses by
  /// which clients of the chat reach this machine; without any there is no certificate for them.
  explicit tls_folder(std::string path, std::vector<std::string> hosts = {}, std::string node_name = lone_server,
                      std::string administrator_name = local_administrator);

  /// Makes what is missing, due for renewal, not good yet, unreadable or revoked; writes what could not be stored. At
  /// start, each minute (the clock may jump; each second while something is not stored), and after revoke(). A node
  /// that others removed makes no certificate for itself. A folder that is a node's stays so where the server runs
  /// alone.
  renewal renew(std::time_t now = std::time(nullptr));

  bundle server() const;
  /// REQUIRES: hosts, and a renew() before.
  bundle chat() const;
  std::string administrator_file() const;

  /// A bundle for an operator elsewhere: the text of its one file. The key is kept nowhere else.
  std::string issue(const identity& holder, const validity& lasts = {});

  /// A bundle for a node elsewhere, of the same authority: the text of its one file (node_bundle).
  std::string issue_node(const std::string& name, const validity& lasts = {});

  /// All that was ever issued and has not been expired for a year, the oldest first.
  std::vector<issued_certificate> issued() const;

  /// Revokes all valid certificates of the operators of that name. The server's own may have that name. If the list
  /// cannot be written, issued() and revoked() tell of it all the same, and the next function that can writes it.
  revocation revoke(const std::string& name, std::time_t now = std::time(nullptr));

  /// The same for the certificates of the node of that name, which must not be this one, and of its local
  /// administrator; and for those of a lone server, which one of the nodes was before: the removed one, maybe.
  revocation revoke_node(const std::string& name, std::time_t now = std::time(nullptr));

  /// Takes up what other nodes have issued and revoked. Nothing that is revoked here becomes valid by it. True when
  /// something changed. Where the list cannot be read or written it throws, and revoked() tells of revocations all the
  /// same.
  bool merge(const std::vector<issued_certificate>& others);

  /// Whether a revocation holds for this process alone, since its list could not be written.
  bool has_unstored() const;

  /// Names the authority's key.
  std::string authority() const;

  /// The serials that are revoked: for transport::revoke().
  std::set<std::string> revoked() const;

private:
  using listing = std::vector<issued_certificate>;

  std::string file(const char* name) const { return path_ + '/' + name; }
  key_pair usable_authority(std::time_t now, bool& renewed);
  std::vector<certificate_facts> not_good_yet(const listing& all, std::time_t now) const;
  bool renew_bundle(const char* name, identity who, const key_pair& authority, listing& all, std::time_t now,
                    const std::vector<std::string>& hosts = {});
  bundle issue_listed(const identity& holder, const key_pair& authority, const validity& lasts, listing& all,
                      const std::vector<std::string>& hosts = {});
  template <class Applies>
  revocation revoke_where(Applies applies, std::time_t now);
  listing read_list() const;
  bool merge_into(listing all, const listing& others);
  void mark_unstored(listing& all) const;
  listing known_list() const;
  void write_list(const listing& all);

  std::string path_;
  std::vector<std::string> hosts_;
  identity node_, administrator_, chat_;
  mutable std::recursive_mutex memory_;           ///< guards what follows: our own thread may lack the folder's lock
  mutable listing read_last_;                     ///< the list
  std::map<std::string, std::time_t> not_stored_; ///< serials that are revoked, and when
};

/// The result of `--join`.
struct joining {
  std::string name;   ///< of the node, from now on
  bool taken = false; ///< from the file; otherwise the folder had it already, and the file was ignored
};

/// Makes a folder of certificates from the file, a node's bundle: it is that node's from then on. A folder that has
/// joined before stays as it is, with the file or without. Throws pki_error, with what to do: the file cannot be used,
/// or the folder is of another installation.
joining join_cluster(const std::string& folder, const std::string& file, std::time_t now = std::time(nullptr));

/// How the list of a cluster names a folder's own certificate.
struct node_certificate {
  std::string authority; ///< names its key
  std::string serial;
  identity holder;
};

/// The certificate of the folder's server, whatever its name is; nothing if it has none yet.
std::optional<node_certificate> certificate_in(const std::string& folder);

/// The name under which the folder's node is one of a cluster; nothing: it is none yet.
std::optional<std::string> name_in_cluster(const std::string& folder);

} // namespace salond
