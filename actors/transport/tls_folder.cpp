#include "actors/transport/tls_folder.hpp"
#include "actors/transport/private_file.hpp"
#include <algorithm>
#include <unistd.h>
#include <utility>

namespace salond {
namespace {

constexpr const char* authority_name = "authority.pem";
constexpr const char* server_name = "server.pem";
constexpr const char* administrator_file_name = "administrator.pem";
constexpr const char* chat_name = "chat.pem";
constexpr const char* public_authority_name = "ca.pem";
constexpr const char* list_name = "certificates";

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

bool is_lone_server(const identity& who) {
  return who.kind == peer_kind::node && who.name == lone_server;
}

} // namespace

std::string local_administrator_of(const std::string& node) {
  return (std::string(local_administrator) + '.' + node).substr(0, max_peer_name_bytes);
}

bool is_local_administrator(std::string_view name) {
  const std::string_view own = local_administrator;
  return name == own || (name.substr(0, own.size()) == own && name.substr(own.size(), 1) == ".");
}

tls_folder::tls_folder(std::string path, std::vector<std::string> hosts, std::string node_name,
                       std::string administrator_name)
    : path_(std::move(path)), hosts_(std::move(hosts)), node_{peer_kind::node, std::move(node_name)},
      administrator_{peer_kind::administrator, std::move(administrator_name)}, chat_{peer_kind::chat, lone_server} {}

tls_folder::renewal tls_folder::renew(std::time_t now) {
  const std::lock_guard memory{memory_};
  make_private_folder(path_);
  const folder_lock lock{path_};
  renewal made;
  const auto authority = usable_authority(now, made.authority);
  auto all = read_list();
  made.server = renew_bundle(server_name, node_, authority, all, now);
  made.administrator = renew_bundle(administrator_file_name, administrator_, authority, all, now);
  if (!hosts_.empty())
    made.chat = renew_bundle(chat_name, chat_, authority, all, now, hosts_);
  const auto shown = to_pem(authority.certificate.get());
  if (const auto path = file(public_authority_name); !exists(path) || read_private_file(path) != shown)
    write_private_file(path, shown);
  made.not_good_yet = not_good_yet(all, now);
  if (!not_stored_.empty())
    write_list(all);
  return made;
}

std::vector<certificate_facts> tls_folder::not_good_yet(const listing& all, std::time_t now) const {
  std::vector<certificate_facts> found;
  for (const auto& each : all) {
    const auto& facts = each.facts;
    const auto ours = facts.who == node_ || facts.who == chat_ || facts.who == administrator_;
    if (!ours && !each.revoked && facts.from > now)
      found.push_back(facts);
  }
  return found;
}

/// An authority that is gone or cannot be read is not replaced: that would lock out every operator, and hide a fault of
/// the disk.
key_pair tls_folder::usable_authority(std::time_t now, bool& renewed) {
  const auto path = file(authority_name);
  if (!exists(path)) {
    // The list comes first: an authority without one is a damage (its revocations are lost), not a first start.
    if (!exists(file(list_name)))
      write_list({});
    else if (!read_list().empty())
      throw pki_error(path + " is missing, the authority that issued the certificates of this folder"
                      + bring_folder_back);
    auto made = make_authority();
    write_private_file(path, to_pem(made));
    return made;
  }
  auto authority = [&] {
    const auto text = read_private_file(path);
    try {
      return key_pair_from(text);
    } catch (const pki_error& why) {
      throw pki_error(path + " is damaged (" + why.what() + ")" + bring_folder_back);
    }
  }();
  if (!renewal_due(authority.certificate.get(), now))
    return authority;
  authority = renew_authority(authority);
  write_private_file(path, to_pem(authority));
  renewed = true;
  return authority;
}

/// True when the bundle was replaced.
bool tls_folder::renew_bundle(const char* name, identity who, const key_pair& authority, listing& all, std::time_t now,
                              const std::vector<std::string>& hosts) {
  const auto path = file(name);
  if (exists(path)) {
    try {
      const auto old = bundle_from(read_private_file(path));
      const auto facts = facts_of(old.own.certificate.get());
      if (facts && is_lone_server(who) && facts->who.kind == peer_kind::node && !is_revoked(all, facts->serial))
        who = facts->who; // a node that runs alone stays that node, or the others would not let it in again
      const auto same_authority = X509_cmp(old.authority.get(), authority.certificate.get()) == 0;
      const auto for_all = std::all_of(hosts.begin(), hosts.end(),
                                       [&](const auto& host) { return is_for_host(old.own.certificate.get(), host); });
      if (facts && facts->who == who && for_all && same_authority && !renewal_due(old.own.certificate.get(), now)
          && !is_revoked(all, facts->serial))
        return false;
      if (facts && facts->who == who && who.kind == peer_kind::node && is_revoked(all, facts->serial))
        return false; // it was removed: with another certificate it would be back
    } catch (const pki_error&) {
      // Unreadable: unlike the authority it can be made again, and nobody has it pinned.
    }
  }
  write_private_file(path, to_pem(issue_listed(who, authority, {}, all, hosts)));
  return true;
}

/// The certificate is listed first, and handed out then: one that is not listed could not be revoked.
bundle tls_folder::issue_listed(const identity& holder, const key_pair& authority, const validity& lasts, listing& all,
                                const std::vector<std::string>& hosts) {
  auto made = salond::issue(holder, authority, lasts, hosts);
  const auto facts = facts_of(made.own.certificate.get());
  if (!facts)
    throw pki_error("a certificate without a holder");
  all.push_back({*facts, std::nullopt});
  write_list(all);
  return made;
}

bundle tls_folder::server() const {
  return bundle_from(read_private_file(file(server_name)));
}

bundle tls_folder::chat() const {
  return bundle_from(read_private_file(file(chat_name)));
}

std::string tls_folder::administrator_file() const {
  return file(administrator_file_name);
}

std::string tls_folder::issue(const identity& holder, const validity& lasts) {
  const std::lock_guard memory{memory_};
  const folder_lock lock{path_};
  auto all = read_list();
  return to_pem(issue_listed(holder, key_pair_from(read_private_file(file(authority_name))), lasts, all));
}

std::vector<issued_certificate> tls_folder::issued() const {
  return known_list();
}

/// Reads without the lock if it cannot be had, for the list is replaced whole. Answers from memory if the list cannot
/// be read.
tls_folder::listing tls_folder::known_list() const {
  const std::lock_guard memory{memory_};
  std::optional<folder_lock> lock;
  try {
    lock.emplace(path_);
  } catch (const pki_error&) { // it is only read
  }
  try {
    return read_list();
  } catch (const pki_error&) {
    if (read_last_.empty() || (lock && not_stored_.empty()))
      throw;
  }
  auto all = read_last_;
  mark_unstored(all);
  return all;
}

revocation tls_folder::revoke(const std::string& name, std::time_t now) {
  return revoke_where(
      [&](const issued_certificate& issued) {
        return issued.facts.who.name == name && is_operator(issued.facts.who.kind) && issued.facts.until > now;
      },
      now);
}

revocation tls_folder::revoke_node(const std::string& name, std::time_t now) {
  if (name == node_.name)
    throw pki_error("this is that node");
  // Certificates that have ended are revoked as well: a node is removed once all its certificates are revoked.
  return revoke_where(
      [&](const issued_certificate& issued) {
        const auto& who = issued.facts.who;
        const auto of_lone_server =
            is_lone_server(who) || who == identity{peer_kind::administrator, local_administrator};
        return who == identity{peer_kind::node, name}
               || who == identity{peer_kind::administrator, local_administrator_of(name)}
               || (of_lone_server && who != administrator_);
      },
      now);
}

/// A revocation holds for this process at least, whatever is wrong with the folder.
template <class Applies>
revocation tls_folder::revoke_where(Applies applies, std::time_t now) {
  const std::lock_guard memory{memory_};
  std::optional<folder_lock> lock;
  revocation made;
  listing all;
  try {
    lock.emplace(path_);
    all = read_list();
  } catch (const pki_error& why) {
    made.not_stored = why.what();
    all = lock ? read_last_ : known_list();
    if (all.empty())
      throw;
    mark_unstored(all);
  }
  for (auto& issued : all) {
    if (!applies(issued) || issued.revoked)
      continue;
    issued.revoked = now;
    not_stored_.emplace(issued.facts.serial, now);
    ++made.count;
  }
  try {
    if (made.count != 0 && made.not_stored.empty())
      write_list(all);
  } catch (const pki_error& why) {
    made.not_stored = why.what();
  }
  if (made.count == 0)
    made.not_stored.clear(); // there was nothing to store
  return made;
}

bool tls_folder::has_unstored() const {
  const std::lock_guard lock{memory_};
  return !not_stored_.empty();
}

std::set<std::string> tls_folder::revoked() const {
  std::set<std::string> serials;
  for (const auto& issued : issued())
    if (issued.revoked)
      serials.insert(issued.facts.serial);
  const std::lock_guard memory{memory_};
  for (const auto& [serial, time] : not_stored_) // another node's may not be listed here yet
    serials.insert(serial);
  return serials;
}

std::string tls_folder::authority() const {
  return key_name_of(key_pair_from(read_private_file(file(authority_name))).certificate.get());
}

tls_folder::listing tls_folder::read_list() const {
  const auto path = file(list_name);
  auto all = parse_list(read_private_file(path), path);
  mark_unstored(all);
  return read_last_ = all;
}

void tls_folder::mark_unstored(listing& all) const {
  for (auto& issued : all)
    if (const auto found = not_stored_.find(issued.facts.serial); found != not_stored_.end())
      issued.revoked = found->second, issued.not_stored = true;
}

/// REQUIRES: `all` is what read_list() answered, and more. What is revoked and not in it yet is another node's.
void tls_folder::write_list(const listing& all) {
  write_private_file(file(list_name), spell_list(all));
  read_last_ = all;
  for (auto& known : read_last_) {
    not_stored_.erase(known.facts.serial);
    known.not_stored = false;
  }
}

// --- nodes ---

std::string tls_folder::issue_node(const std::string& name, const validity& lasts) {
  const std::lock_guard memory{memory_};
  const folder_lock lock{path_};
  auto all = read_list();
  auto authority = key_pair_from(read_private_file(file(authority_name)));
  node_bundle made;
  made.own = issue_listed({peer_kind::node, name}, authority, lasts, all);
  made.authority_key = std::move(authority.key);
  made.list = spell_list(all);
  return to_pem(made);
}

bool tls_folder::merge(const std::vector<issued_certificate>& others) {
  const std::lock_guard memory{memory_};
  listing known;
  const auto oldest = std::time(nullptr) - listed_after_expiry;
  std::copy_if(others.begin(), others.end(), std::back_inserter(known),
               [oldest](const auto& other) { return other.facts.until > oldest && is_serial(other.facts.serial); });
  try {
    const folder_lock lock{path_};
    return merge_into(read_list(), known);
  } catch (const pki_error&) { // it holds for this process at least
    for (const auto& each : known)
      if (each.revoked && !is_revoked(read_last_, each.facts.serial))
        not_stored_.emplace(each.facts.serial, *each.revoked);
    throw;
  }
}

bool tls_folder::merge_into(listing all, const listing& others) {
  auto changed = false;
  for (const auto& other : others) {
    const auto known = std::find_if(all.begin(), all.end(),
                                    [&](const auto& issued) { return issued.facts.serial == other.facts.serial; });
    if (known == all.end())
      all.push_back(other);
    else if (other.revoked && !known->revoked)
      known->revoked = other.revoked;
    else
      continue;
    changed = true;
  }
  if (changed)
    write_list(all);
  return changed;
}

namespace {

node_bundle node_bundle_in(const std::string& file) {
  const auto text = read_private_file(file);
  try {
    return node_bundle_from(text);
  } catch (const pki_error& why) {
    throw pki_error(file + " is no node's bundle (" + why.what() + "); make one with salonctl node add NAME");
  }
}

} // namespace

joining join_cluster(const std::string& folder, const std::string& file, std::time_t now) {
  make_private_folder(folder);
  const folder_lock lock{folder};
  const auto path_of = [&](const char* name) { return folder + '/' + name; };
  if (exists(path_of(authority_name))) {
    if (exists(file)) {
      const auto ours = key_pair_from(read_private_file(path_of(authority_name)));
      const auto theirs = node_bundle_in(file);
      if (EVP_PKEY_eq(ours.key.get(), theirs.authority_key.get()) != 1)
        throw pki_error(folder + " is of another installation than " + file
                        + "; a new node begins with an empty state folder (--state)");
    }
    if (auto name = name_in_cluster(folder))
      return {std::move(*name), false};
    throw pki_error(folder
                    + " is that of a server which was alone, or is its cluster's first node: start it without --join,"
                      " or begin with an empty state folder (--state)");
  }
  auto made = node_bundle_in(file);
  auto facts = facts_of(made.own.own.certificate.get());
  if (facts->until <= now || is_revoked(parse_list(made.list, file), facts->serial))
    throw pki_error(file + " has expired or was revoked; make another with salonctl node add");
  write_private_file(path_of(list_name), made.list);
  write_private_file(path_of(server_name), to_pem(made.own));
  const key_pair authority{std::move(made.own.authority), std::move(made.authority_key)};
  write_private_file(path_of(authority_name), to_pem(authority)); // last: with it the folder is whole
  return {std::move(facts->who.name), true};
}

std::optional<node_certificate> certificate_in(const std::string& folder) {
  const auto path = folder + '/' + server_name;
  if (!exists(path))
    return std::nullopt;
  const auto own = bundle_from(read_private_file(path));
  const auto facts = facts_of(own.own.certificate.get());
  if (!facts)
    return std::nullopt;
  return node_certificate{key_name_of(own.authority.get()), facts->serial, facts->who};
}

std::optional<std::string> name_in_cluster(const std::string& folder) {
  const auto path = folder + '/' + server_name;
  if (!exists(path))
    return std::nullopt;
  const auto facts = facts_of(bundle_from(read_private_file(path)).own.certificate.get());
  if (!facts || facts->who.kind != peer_kind::node || facts->who.name == lone_server)
    return std::nullopt;
  return facts->who.name;
}

} // namespace salond
