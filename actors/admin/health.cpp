// `check`, for programs that watch servers: what is wrong with the node now, and what soon will be.
#include "actors/admin/node_state.hpp"
#include "actors/wall_clock.hpp"
#include "persistence/backup/files.hpp"
#include "persistence/contracts/audit.hpp"
#include <algorithm>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace salond {
namespace {

using namespace persistence;
using days = std::chrono::duration<int64_t, std::ratio<86400>>;

enum class health : uint8_t { ok, warning, critical };

const char* to_string(health state) {
  switch (state) {
  case health::ok: return "ok";
  case health::warning: return "warning";
  case health::critical: return "critical";
  }
  return "critical";
}

/// What was looked at, its state, and a few words about it.
struct finding {
  const char* about;
  health state;
  std::string text;
};
using findings = std::vector<finding>;

// Writes that wait: a thousand of them take some tenths of a second on a usual disk.
constexpr size_t many_writes = 1000;

finding look_at_database(const admin_call_ptr& call, const database_state& now) {
  if (!now.answers)
    return {"database", health::critical, "does not answer"};
  if (now.work.write_refused || now.work.read_refused)
    return {"database", health::critical, now.work.write_refused ? "took no write the last time" : "took no read"};
  return now.trouble.empty() ? finding{"database", health::ok, "answers"}
                             : finding{"database", health::critical, trouble_told(call, now)};
}

finding look_at_queue(const surveyed& traffic, const counted_work& work) {
  const auto text = std::to_string(work.writes) + " writes and " + std::to_string(traffic.posts_parked) + " posts wait";
  return {"queue", work.writes > many_writes || traffic.posts_parked > 0 ? health::warning : health::ok, text};
}

/// Other writes may go well meanwhile: a trigger that somebody defined in the database may stop messages alone.
finding look_at_posts(const surveyed& traffic) {
  const auto count = traffic.posts_refused;
  if (count == 0)
    return {"posts", health::ok, "none was refused of late"};
  return {"posts", health::warning,
          "the database refused " + std::to_string(count) + (count == 1 ? " message" : " messages")
              + " of late; the server's log says why"};
}

finding look_at_disk(const std::string& folder) {
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0 || disk.f_blocks == 0)
    return {"disk", health::warning, "its free space is not known"};
  const auto free = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize) / (1 << 20);
  const auto percent = 100.0 * static_cast<double>(disk.f_bavail) / static_cast<double>(disk.f_blocks);
  const auto text = std::to_string(static_cast<int64_t>(free)) + " MiB free (" + std::to_string(int(percent)) + " %)";
  if (free < 100)
    return {"disk", health::critical, text};
  return {"disk", free < 1024 || percent < 5 ? health::warning : health::ok, text};
}

/// Nobody tells a server that the file of its socket is gone.
void look_at_sockets(const admin_call_ptr& call, findings& found) {
  for (const auto& path : call->parts().sockets) {
    struct stat file {};
    if (::stat(path.c_str(), &file) != 0 || !S_ISSOCK(file.st_mode))
      found.push_back({"socket", health::critical,
                       (is_administrator(call) ? path : "a unix socket")
                           + " is gone: clients find the server there after a restart"});
  }
}

/// Something is good from one date until another.
finding look_at_validity(const char* about, const std::string& whose, std::time_t from, std::time_t until,
                         std::time_t now) {
  if (from > now)
    return {about, health::critical, whose + " is not good before " + iso_time(moment{std::chrono::seconds{from}})};
  const auto left = (until - now) / 86400;
  const auto text = whose + " ends " + iso_time(moment{std::chrono::seconds{until}});
  if (until <= now)
    return {about, health::critical, whose + " ended " + iso_time(moment{std::chrono::seconds{until}})};
  return {about, left < 2 ? health::critical : left < 14 ? health::warning : health::ok, text};
}

/// Whether the same operator has another certificate that is good and holds longer, and so does not need this one.
bool is_renewed(const issued_certificate& certificate, const std::vector<issued_certificate>& all, std::time_t now) {
  return std::any_of(all.begin(), all.end(), [&](const issued_certificate& other) {
    return !other.revoked && other.facts.who == certificate.facts.who && other.facts.from <= now
           && other.facts.until > certificate.facts.until;
  });
}

/// Looks at the certificate that clients are shown. Administrators are also told of operators' certificates that end
/// soon.
void look_at_certificates(const admin_call_ptr& call, std::time_t now, findings& found) {
  const auto& parts = call->parts();
  if (parts.configuration.certificate_lasts)
    if (const auto lasts = parts.configuration.certificate_lasts())
      found.push_back(look_at_validity("certificate", "the clients' certificate", lasts->first, lasts->second, now));
  if (!parts.certificates.list || !is_administrator(call))
    return;
  const auto all = parts.certificates.list();
  const auto unstored = std::count_if(all.begin(), all.end(), [](const auto& each) { return each.not_stored; });
  if (unstored != 0)
    found.push_back({"certificate", health::critical,
                     std::to_string(unstored) + " revoked, which a restart makes valid again: salond cannot write to "
                         + parts.state + "/tls"});
  for (const auto& certificate : all) {
    const auto expiry = look_at_validity("certificate", "the certificate of " + certificate.facts.who.name,
                                         certificate.facts.from, certificate.facts.until, now);
    if (!certificate.revoked && is_operator(certificate.facts.who.kind) && certificate.facts.until > now
        && expiry.state != health::ok && !is_renewed(certificate, all, now))
      found.push_back({expiry.about, health::warning, expiry.text}); // the server works without it
  }
}

/// Nothing is stored later than now, unless the clock went back. `newest`: now where nothing is stored.
finding look_at_clock(moment newest, moment now) {
  const auto ahead = std::chrono::duration_cast<std::chrono::seconds>(newest - now).count();
  if (ahead > 60)
    return {"clock", health::warning, "it is " + std::to_string(ahead) + " s behind what was stored last"};
  return {"clock", health::ok, iso_time(now)};
}

/// Backups that are made in another way are not here, so that none is no fault; but `--backup-days` wants one. Their
/// folder is told to administrators alone.
finding look_at_backups(const admin_call_ptr& call, moment now) {
  const auto folder = call->parts().state + "/backups";
  const auto max_days = call->said().number("--backup-days");
  const auto all = backups_in(folder, now);
  if (all.empty())
    return {"backup", max_days ? health::critical : health::ok,
            is_administrator(call) ? "there is none in " + folder : "there is none"};
  const auto early = all.back().early ? "one says that it was made " + iso_time(all.back().made) + ", which is to come"
                                      : std::string{};
  if (all.front().early)
    return {"backup", max_days ? health::critical : health::warning, early + ", and no other is there"};
  const auto old = std::max<int64_t>(0, std::chrono::duration_cast<days>(now - all.front().made).count());
  const auto text = "the newest is " + std::to_string(old) + " days old";
  if (!early.empty())
    return {"backup", health::warning, text + "; " + early};
  return {"backup", old >= max_days.value_or(7) ? health::warning : health::ok, text};
}

/// Answers with one line: the findings that are wrong, the worst first, or that nothing is wrong.
void answer(const admin_call_ptr& call, findings found) {
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.state > b.state; });
  const auto worst = found.front().state;
  std::string line;
  json all = json::array();
  for (const auto& finding : found) {
    all.push_back({{"check", finding.about}, {"status", to_string(finding.state)}, {"text", finding.text}});
    if (worst == health::ok || finding.state != health::ok)
      line += (line.empty() ? "" : "; ") + std::string(finding.about) + ": " + finding.text;
  }
  call->done(json{{"status", to_string(worst)}, {"line", line}, {"at_ms", to_ms(wall_clock())}, {"checks", all}});
}

/// Looks at the rest, in the files of the node.
void look_at_files(const admin_call_ptr& call, findings found, std::optional<moment> newest, bool ends) {
  const auto& parts = call->parts();
  const auto now = wall_clock();
  if (newest)
    found.push_back(look_at_clock(*newest, now));
  found.push_back(look_at_disk(parts.state));
  if (!ends) // else they are closed
    look_at_sockets(call, found);
  try {
    look_at_certificates(call, std::time(nullptr), found);
  } catch (const std::exception& error) { // it names files
    found.push_back({"certificate", health::warning, is_administrator(call) ? error.what() : "it cannot be read"});
  }
  found.push_back(look_at_backups(call, now));
  answer(call, std::move(found));
}

/// Also asks whether it is to end.
void look_at_node(const admin_call_ptr& call, const findings& found, std::optional<moment> newest) {
  call->self()
      ->request(call->parts().server, away_after, ask_end{})
      .then(
          [call, found, newest](const asked_end& end) {
            auto all = found;
            if (end.ends)
              all.push_back({"end", health::warning,
                             "nobody is let in any more: the server ends"
                                 + (end.after_seconds > 0 ? " in " + std::to_string(end.after_seconds) + " seconds"
                                                          : std::string{})});
            look_at_files(call, std::move(all), newest, end.ends);
          },
          [call, found, newest](caf::error&) { look_at_files(call, found, newest, false); });
}

void check(const admin_call_ptr& call) {
  ask_how_it_is(call, [call](const surveyed& traffic, const database_state& database) {
    findings found;
    found.push_back(look_at_database(call, database));
    found.push_back(look_at_queue(traffic, database.work));
    found.push_back(look_at_posts(traffic));
    if (!database.answers)
      return look_at_node(call, std::move(found), std::nullopt);
    ask_to_read(
        call, [](const reading& db) { return db.audit.tail(1); },
        [call, found](const std::vector<audit_line>& last) {
          look_at_node(call, found, last.empty() ? wall_clock() : last.back().at);
        });
  });
}

// --- the configuration ---

void show_configuration(const admin_call_ptr& call) {
  std::vector<json> list;
  for (const auto& value : call->parts().configuration.show())
    list.push_back({{"name", value.name}, {"value", json::parse(value.value)}, {"from", value.from}});
  call->done(json(list));
}

} // namespace

void add_health_commands(std::map<std::string_view, admin_command>& to) {
  to["check"] = check;
  to["config show"] = show_configuration;
}

} // namespace salond
