#include "actors/doors.hpp"
#include "actors/unix_socket.hpp"
#include "config/log.hpp"
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
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

gid_t group_named(const std::string& name) {
  errno = 0;
  if (const auto* found = ::getgrnam(name.c_str()))
    return found->gr_gid;
  gid_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size())
    throw std::runtime_error("unix.group: there is no group " + name + " on this machine");
  return number;
}

planned_endpoint plan(const config::endpoint& where, const config::unix_socket& access) {
  if (where.how == kind::unix_socket) {
    socket_access who{static_cast<mode_t>(access.mode), std::nullopt};
    if (!access.group.empty())
      who.group = group_named(access.group);
    return {where, {}, who};
  }
  try {
    return {where, addresses_of(where.host, where.port), {}};
  } catch (const std::runtime_error& why) {
    fail(where, why.what());
  }
}

/// Whether `mine` is left out, since `other`, named elsewhere, is listened at. `first`: mine stands before it.
bool gives_way(const planned_endpoint& of_mine, const socket_address& mine, const planned_endpoint& of_other,
               const socket_address& other, bool first) {
  if (mine.implied && !other.implied)
    return other.covers(mine) || mine.covers(other);
  if (!other.covers(mine) || (first && mine.covers(other)))
    return false;
  if (other.implied && !mine.implied)
    return false;
  if (of_mine.where.how != of_other.where.how)
    throw std::runtime_error("listen: " + of_mine.where.to_string() + " and " + of_other.where.to_string()
                             + " are both at " + mine.to_string() + "; give one of them another port");
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

} // namespace

std::vector<planned_endpoint> plan_endpoints(const std::vector<config::endpoint>& all,
                                             const config::unix_socket& access) {
  std::vector<planned_endpoint> plans;
  for (const auto& each : all)
    plans.push_back(plan(each, access));
  leave_out_what_is_there_twice(plans);
  return plans;
}

std::vector<bound_endpoint> bind_endpoint(const planned_endpoint& plan) {
  if (plan.where.how == kind::unix_socket)
    return {bind_unix(plan.where, plan.access)};
  std::vector<bound_endpoint> doors;
  if (plan.addresses.empty())
    return doors;
  try {
    for (const auto& each : listen_at_all(plan.addresses)) {
      bound_endpoint door{plan.where, each.descriptor, each.at, {}, {}};
      door.where.port = each.at.port();
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
  return bind_endpoint(plan(where, {}));
}

bound_endpoint bind_again(const bound_endpoint& door) {
  if (door.where.how == kind::unix_socket)
    return bind_unix(door.where, door.access);
  auto again = door;
  again.fd = listen_at(door.at);
  if (again.fd < 0)
    fail(door.where, reason_of(errno));
  return again;
}

void remove_file_of(const bound_endpoint& door) {
  if (door.where.how == kind::unix_socket)
    remove_socket(door.where.path, door.file);
}

} // namespace salond
