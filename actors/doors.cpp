#include "actors/doors.hpp"
#include "actors/unix_socket.hpp"
#include "config/log.hpp"
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <grp.h>
#include <stdexcept>
#include <system_error>

namespace salond {
namespace {

using kind = config::endpoint::kind;

[[noreturn]] void fail(const config::endpoint& where, const std::string& reason) {
  throw std::runtime_error("cannot listen on " + where.to_string() + ": " + reason);
}

std::string reason_of(int error) {
  std::string text = std::strerror(error);
  if (error == EADDRINUSE)
    text += "; another program listens there: stop it, or choose another --listen";
  else if (error == EACCES)
    text += "; ports below 1024 need a right that salond does not have";
  return text;
}

std::optional<gid_t> find_group(const std::string& name) {
  if (const auto* found = ::getgrnam(name.c_str()))
    return found->gr_gid;
  gid_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size() || number == static_cast<gid_t>(-1)) // -1: no change
    return std::nullopt;
  return number;
}

std::string no_group(const std::string& name) {
  return "there is no group " + name + " on this machine";
}

gid_t group_named(const std::string& name) {
  if (const auto found = find_group(name))
    return *found;
  throw std::runtime_error("unix.group: " + no_group(name));
}

std::string no_dialect(const config::endpoint& where, const known_dialects& dialects) {
  std::string names;
  for (const auto* each : dialects)
    names.append(names.empty() ? "" : ", ").append(each->name);
  return where.to_string() + " names a dialect that salond does not speak; it speaks " + names;
}

const dialect& dialect_of(const config::endpoint& where, const known_dialects& dialects) {
  if (const auto* found = find_dialect(where.dialect, dialects))
    return *found;
  throw std::runtime_error("listen: " + no_dialect(where, dialects));
}

planned_endpoint plan(const config::endpoint& where, const config::unix_socket& access,
                      const known_dialects& dialects) {
  const auto& speaks = dialect_of(where, dialects);
  if (where.type == kind::unix_socket) {
    socket_access who{static_cast<mode_t>(access.mode), std::nullopt};
    if (!access.group.empty())
      who.group = group_named(access.group);
    return {where, {}, who, &speaks};
  }
  try {
    return {where, addresses_of(where.host, where.port), {}, &speaks};
  } catch (const std::runtime_error& why) {
    fail(where, why.what());
  }
}

std::string both_at(const config::endpoint& first, const config::endpoint& second, const socket_address& address) {
  return first.to_string() + " and " + second.to_string() + " are both at " + address.to_string()
         + "; give one of them another port";
}

/// Whether `mine` is left out, since `other`, of another endpoint, is listened at. `first`: `mine` stands before it.
bool gives_way(const planned_endpoint& of_mine, const socket_address& mine, const planned_endpoint& of_other,
               const socket_address& other, bool first) {
  if (mine.implied && !other.implied)
    return other.covers(mine) || mine.covers(other);
  if (!other.covers(mine) || (first && mine.covers(other)))
    return false;
  if (other.implied && !mine.implied)
    return false;
  if (of_mine.where.type != of_other.where.type || of_mine.speaks != of_other.speaks)
    throw std::runtime_error("listen: " + both_at(of_mine.where, of_other.where, mine));
  return true;
}

/// An address that two endpoints name is listened at once.
void leave_out_what_is_there_twice(std::vector<planned_endpoint>& all) {
  const auto before = all;
  for (size_t i = 0; i < all.size(); ++i) {
    auto& mine = all[i].addresses;
    const auto is_elsewhere = [&](const socket_address& address) {
      for (size_t j = 0; j < before.size(); ++j)
        for (const auto& other : before[j].addresses)
          if (i != j && gives_way(before[i], address, before[j], other, i < j))
            return true;
      return false;
    };
    mine.erase(std::remove_if(mine.begin(), mine.end(), is_elsewhere), mine.end());
  }
}

// --- what is wrong with them together ---

/// The addresses of an endpoint that are known without the resolver, which may be away, or answer otherwise tomorrow.
std::vector<socket_address> addresses_at_hand(const config::endpoint& of) {
  const auto numeric = of.host.find(':') != std::string::npos
                       || of.host.find_first_not_of("0123456789.") == std::string::npos || of.host == "localhost";
  if (of.type == kind::unix_socket || of.port == 0 || !numeric)
    return {};
  try {
    return addresses_of(of.host, of.port);
  } catch (const std::runtime_error&) {
    return {}; // the start says it
  }
}

/// An address that only one of them can be at. An address that is implied gives way to one that is named, if it may.
std::optional<socket_address> collision(const std::vector<socket_address>& ours,
                                        const std::vector<socket_address>& theirs, bool may_give_way) {
  for (const auto& mine : ours)
    for (const auto& other : theirs)
      if ((mine.covers(other) || other.covers(mine)) && !(may_give_way && mine.implied != other.implied))
        return mine.is_any() ? other : mine;
  return std::nullopt;
}

/// The path of a socket in one spelling; the file itself need not be there, and may not be a link.
std::filesystem::path place_of(const config::endpoint& where) {
  std::error_code ignored;
  const auto whole = std::filesystem::absolute(where.path, ignored);
  const auto folder = std::filesystem::weakly_canonical(whole.parent_path(), ignored);
  return (ignored ? whole.parent_path() : folder) / whole.filename();
}

/// Why no socket can be made there, if that is so.
std::optional<std::string> fault_of_place(const config::endpoint& where) {
  const auto place = place_of(where);
  std::error_code ignored;
  if (!place.has_filename())
    return where.to_string() + " is a folder; name a file in it";
  if (std::filesystem::status(place.parent_path(), ignored).type() == std::filesystem::file_type::not_found)
    return where.to_string() + ": there is no folder " + place.parent_path().string() + "; make it, or name another";
  return {};
}

std::optional<std::string> what_two_have_in_common(const config::endpoint& endpoint, const config::endpoint& other,
                                                   const known_dialects& dialects) {
  if (endpoint.type == kind::unix_socket && other.type == kind::unix_socket)
    return endpoint.to_string() != other.to_string() && place_of(endpoint) == place_of(other)
               ? std::optional{endpoint.to_string() + " and " + other.to_string() + " are one path; remove one"}
               : std::nullopt;
  if (endpoint.type == other.type && find_dialect(endpoint.dialect, dialects) == find_dialect(other.dialect, dialects))
    return std::nullopt; // it is listened at once
  const auto both = collision(addresses_at_hand(endpoint), addresses_at_hand(other), true);
  return both ? std::optional{both_at(endpoint, other, *both)} : std::nullopt;
}

} // namespace

std::vector<config::complaint> faults_of_doors(const config::settings& values, const known_dialects& dialects) {
  std::vector<config::complaint> faults;
  const auto& all = values.listen;
  const auto& group = values.unix_socket.group;
  const auto has_sockets =
      std::any_of(all.begin(), all.end(), [](const auto& each) { return each.type == kind::unix_socket; });
  if (has_sockets && !group.empty() && !find_group(group))
    faults.push_back({"unix.group", no_group(group)});
  for (const auto& each : all)
    if (!find_dialect(each.dialect, dialects))
      faults.push_back({"listen", no_dialect(each, dialects)});
  for (const auto& each : all)
    if (each.type == kind::unix_socket)
      if (auto why = fault_of_place(each))
        faults.push_back({"listen", std::move(*why)});
  for (size_t i = 0; i < all.size(); ++i)
    for (size_t j = i + 1; j < all.size(); ++j)
      if (auto why = what_two_have_in_common(all[i], all[j], dialects))
        faults.push_back({"listen", std::move(*why)});
  if (values.admin)
    for (const auto& each : all)
      if (const auto both = collision(addresses_at_hand(each), addresses_at_hand(*values.admin), false))
        faults.push_back({"admin.listen", "the admin port and " + each.to_string() + " are both at " + both->to_string()
                                              + "; give one of them another port"});
  return faults;
}

std::vector<planned_endpoint> plan_endpoints(const std::vector<config::endpoint>& all,
                                             const config::unix_socket& access, const known_dialects& dialects) {
  std::vector<planned_endpoint> plans;
  for (const auto& each : all)
    plans.push_back(plan(each, access, dialects));
  leave_out_what_is_there_twice(plans);
  return plans;
}

std::vector<bound_endpoint> bind_endpoint(const planned_endpoint& plan) {
  std::vector<bound_endpoint> doors;
  if (plan.where.type == kind::unix_socket) {
    doors.push_back(bind_unix(plan.where, plan.access));
    doors.back().speaks = plan.speaks;
    return doors;
  }
  if (plan.addresses.empty())
    return doors;
  try {
    for (const auto& each : listen_at_all(plan.addresses)) {
      bound_endpoint door{plan.where, each.descriptor, each.address, {}, {}, plan.speaks};
      door.where.port = each.address.port();
      doors.push_back(std::move(door));
    }
  } catch (const std::system_error& why) {
    fail(plan.where, reason_of(why.code().value()));
  }
  if (doors.size() < plan.addresses.size())
    log::warning("this machine does not have every address of a name to listen at",
                 {{"name", plan.where.to_string()}, {"has", doors.size()}, {"of", plan.addresses.size()}});
  return doors;
}

std::vector<bound_endpoint> bind_endpoint(const config::endpoint& where) {
  return bind_endpoint(plan(where, {}, all_dialects()));
}

bound_endpoint bind_again(const bound_endpoint& door) {
  auto again = door;
  if (door.where.type == kind::unix_socket) {
    again = bind_unix(door.where, door.access);
    again.speaks = door.speaks;
    return again;
  }
  again.fd = listen_at(door.at);
  if (again.fd < 0)
    fail(door.where, reason_of(errno));
  return again;
}

void remove_file_of(const bound_endpoint& door) {
  if (door.where.type == kind::unix_socket)
    remove_socket(door.where.path, door.file);
}

} // namespace salond
