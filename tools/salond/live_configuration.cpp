#include "tools/salond/live_configuration.hpp"
#include "actors/certificate_files.hpp"
#include "actors/doors.hpp"
#include "config/changes.hpp"
#include "config/log.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <set>
#include <sys/resource.h>
#include <unistd.h>

namespace salond {
namespace {

// Descriptors that are no client's: database, log, epoll, listeners, and room to say no to those who are too many.
constexpr rlim_t other_descriptors = 512;
// A machine with more addresses than this is reached by its name.
constexpr size_t max_addresses = 32;

/// As many descriptors as the configured connections need; fewer connections where the system allows no more.
void make_room_for(config::limits& limits) {
  rlimit have{};
  ::getrlimit(RLIMIT_NOFILE, &have);
  have.rlim_cur = have.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &have);
  const auto most = have.rlim_cur > 2 * other_descriptors ? have.rlim_cur - other_descriptors : have.rlim_cur / 2;
  if (limits.connections != 0 && limits.connections <= most)
    return;
  const auto allowed = static_cast<uint32_t>(std::min<rlim_t>(most, 1000000));
  if (limits.connections != 0)
    log::warning("fewer connections than configured: the limit of open files is too low",
                 {{"configured", limits.connections}, {"possible", allowed}, {"see", "ulimit -n, LimitNOFILE"}});
  limits.connections = allowed;
}

/// The addresses of this machine that others may know: neither loopback nor bound to one link.
std::vector<std::string> addresses_of_this_machine() {
  std::vector<std::string> all;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0)
    return all;
  for (const auto* each = first; each && all.size() < max_addresses; each = each->ifa_next) {
    if (!each->ifa_addr || (each->ifa_flags & IFF_LOOPBACK) != 0)
      continue;
    char text[INET6_ADDRSTRLEN] = "";
    if (each->ifa_addr->sa_family == AF_INET) {
      ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(each->ifa_addr)->sin_addr, text, sizeof text);
    } else if (each->ifa_addr->sa_family == AF_INET6) {
      const auto& six = reinterpret_cast<const sockaddr_in6*>(each->ifa_addr)->sin6_addr;
      if (!IN6_IS_ADDR_LINKLOCAL(&six))
        ::inet_ntop(AF_INET6, &six, text, sizeof text);
    }
    if (*text != '\0')
      all.emplace_back(text);
  }
  ::freeifaddrs(first);
  return all;
}

} // namespace

bool speaks_tls(const config::settings& values) {
  return std::any_of(values.listen.begin(), values.listen.end(),
                     [](const auto& door) { return door.type == config::endpoint::kind::tls; });
}

std::vector<std::string> hosts_of(const std::vector<config::endpoint>& doors) {
  std::set<std::string> hosts;
  for (const auto& door : doors) {
    if (door.type != config::endpoint::kind::tls)
      continue;
    hosts.insert({"localhost", "127.0.0.1", "::1"});
    if (char name[256] = ""; ::gethostname(name, sizeof name - 1) == 0 && *name != '\0')
      hosts.insert(name);
    if (door.host != "0.0.0.0" && door.host != "::") {
      hosts.insert(door.host);
    } else {
      const auto here = addresses_of_this_machine();
      hosts.insert(here.begin(), here.end());
    }
  }
  // An address with the name of an interface (fe80::1%eth0) is nobody else's.
  std::vector<std::string> all;
  std::copy_if(hosts.begin(), hosts.end(), std::back_inserter(all),
               [](const auto& host) { return host.find('%') == std::string::npos; });
  return all;
}

live_configuration::live_configuration(int argc, const char* const* argv, const config::command_line& asked,
                                       std::shared_ptr<const tls_credentials> of_files, std::shared_ptr<tls_folder> own)
    : argc_(argc), argv_(argv), own_(std::move(own)), sources_(asked.sources), file_(asked.file) {
  renew_own();
  put_in_force(asked.values, std::move(of_files));
}

std::vector<config::effective_value> live_configuration::shown() const {
  const std::lock_guard lock{guard_};
  return config::effective_values(*now_.values, sources_);
}

new_settings live_configuration::in_force() const {
  const std::lock_guard lock{guard_};
  return now_;
}

/// A node that nobody has named is called as its certificate says, which is no change.
config::command_line live_configuration::parse() const {
  auto asked = config::parse(argc_, argv_, config::this_process());
  const std::lock_guard lock{guard_};
  const auto source = asked.sources.find("cluster.node");
  if (source == asked.sources.end() || source->second != config::host_name || sources_.count("cluster.node") == 0)
    return asked;
  asked.values.cluster.node = asked_.cluster.node;
  source->second = sources_.at("cluster.node");
  return asked;
}

reread_configuration live_configuration::read() const {
  const auto asked = parse();
  const auto found = read_certificate(asked.values.tls, config::this_process(), std::time(nullptr));
  reread_configuration result;
  const auto of_doors = faults_of_doors(asked.values);
  for (const auto* some : {&asked.faults, &found.faults, &of_doors})
    for (const auto& fault : *some)
      result.faults.push_back(fault.to_string());
  for (const auto* some : {&asked.warnings, &found.warnings})
    for (const auto& warning : *some)
      result.warnings.push_back(warning.to_string());
  if (!result.faults.empty())
    return result;
  const std::lock_guard lock{guard_};
  auto changes = config::compare(asked_, asked.values);
  result.changed = std::move(changes.taken_up);
  result.needs_restart = std::move(changes.needs_restart);
  result.sources = asked.sources;
  result.file = asked.file;
  result.next = {std::make_shared<const config::settings>(std::move(changes.next)), found.credentials};
  const auto renewed =
      found.credentials && now_.certificate && found.credentials->fingerprint() != now_.certificate->fingerprint();
  const std::string name = "tls.certificate";
  if (renewed && std::find(result.changed.begin(), result.changed.end(), name) == result.changed.end())
    result.changed.push_back(name); // the same file with another certificate in it
  return result;
}

void live_configuration::take_up(const reread_configuration& read) {
  const std::lock_guard lock{guard_};
  auto sources = read.sources;
  for (const auto& name : read.needs_restart) // it stays as it is, and so does where it comes from
    if (const auto before = sources_.find(name); before != sources_.end())
      sources[name] = before->second;
    else
      sources.erase(name);
  sources_ = std::move(sources);
  file_ = read.file;
  put_in_force(*read.next.values, read.next.certificate);
  log::start(now_.values->log);
  log::info("the configuration was read again",
            {{"changed", joined(read.changed, ",")}, {"needs_restart", joined(read.needs_restart, ",")}});
  if (root_)
    caf::anon_send(root_, now_);
}

std::optional<std::string> live_configuration::file() const {
  const std::lock_guard lock{guard_};
  return file_;
}

tls_folder::renewal live_configuration::renew() {
  const auto renewed = renew_own();
  const std::lock_guard lock{guard_};
  warn_of_configured();
  if (!renewed.chat || !asked_.tls.certificate.empty())
    return renewed;
  now_.certificate = own_certificate();
  if (root_)
    caf::anon_send(root_, now_);
  return renewed;
}

tls_folder::renewal live_configuration::renew_own() {
  if (!own_)
    return {};
  const auto renewed = own_->renew();
  if (renewed.authority)
    log::warning("the authority's certificate was made anew, with the same key: what it has signed stays good");
  const std::lock_guard lock{guard_};
  for (const auto& facts : renewed.not_good_yet)
    if (warned_of_.insert(facts.serial).second)
      log::warning("an operator's certificate is not good yet: the clock was ahead when it was issued; issue it again",
                   {{"who", to_string(facts.who)}, {"serial", facts.serial}});
  return renewed;
}

/// Their dates change by themselves, and the clock may jump. What was wrong when the files were read has been said.
void live_configuration::warn_of_configured() {
  if (asked_.tls.certificate.empty() || !now_.certificate)
    return;
  for (const auto& warning : warnings_about(*now_.certificate, asked_.tls.certificate, std::time(nullptr)))
    if (warned_of_.insert(warning.to_string()).second)
      log::warning(warning.to_string());
}

void live_configuration::serve(const server_actor& root) {
  const std::lock_guard lock{guard_};
  root_ = root;
  caf::anon_send(root_, now_); // what was taken up before anybody served
}

void live_configuration::put_in_force(const config::settings& values, std::shared_ptr<const tls_credentials> of_files) {
  auto possible = values;
  make_room_for(possible.limits);
  if (of_files) // who read the files has told these
    for (const auto& warning : warnings_about(*of_files, values.tls.certificate, std::time(nullptr)))
      warned_of_.insert(warning.to_string());
  auto certificate = of_files || !speaks_tls(values) ? std::move(of_files) : own_certificate();
  now_ = {std::make_shared<const config::settings>(std::move(possible)), std::move(certificate)};
  asked_ = values;
}

std::shared_ptr<const tls_credentials> live_configuration::own_certificate() const {
  const auto pair = to_pem(own_->chat().own);
  return std::make_shared<const tls_credentials>(pair, pair);
}

} // namespace salond
