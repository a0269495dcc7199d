// The configuration: structs whose initialisers are the defaults. Read once, checked whole, passed by value.
// config/salond.json shows each name with its default; a test compares the two.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace salond::config {

/// An address to listen on: `tcp://HOST:PORT` or `tls://HOST:PORT` (port 0: any free one), `unix:PATH`. It may name the
/// dialect that is spoken there: `DIALECT+tcp://HOST:PORT`.
struct endpoint {
  enum class kind { tcp, tls, unix_socket };
  kind type = kind::tcp;
  std::string host = "127.0.0.1"; ///< without brackets, also for IPv6
  uint16_t port = 5000;
  std::string path;         ///< of a unix socket
  std::string dialect = {}; ///< actors/dialects.hpp says which there are; empty: the default one

  /// As it is written in the configuration.
  std::string to_string() const;
};

struct sqlite_database {
  std::string path;
};
struct mysql_database {
  std::string user, host, name;
  uint16_t port = 3306;
  std::string socket;   ///< path of a unix socket; empty: TCP
  std::string ca_file;  ///< TLS is demanded and verified against it; empty: no TLS
  std::string password; ///< from SALOND_DB_PASSWORD or db_password_file; never printed
};
using database = std::variant<sqlite_database, mysql_database>;

/// Who may connect to the sockets of `unix:` addresses. Whoever connects still has to log in, as everyone on the
/// machine may at a loopback address: hence the default, which does not depend on the umask.
struct unix_socket {
  uint32_t mode = 0666;
  std::string group; ///< a name or a number; empty: the server's own
};

/// What clients are shown on `tls://` addresses: PEM files, both or neither. Neither: a certificate of the server's own
/// authority.
struct tls {
  std::string certificate; ///< with the chain behind it
  std::string key;         ///< not readable by everyone
};

/// Cost of Argon2id, and how much of it at once.
struct passwords {
  uint32_t memory_kib = 19456; ///< OWASP's least: 19 MiB and 2 passes
  uint32_t passes = 2;
  uint32_t threads = 2;
  uint32_t queue = 1024; ///< logins that wait for a thread; more are refused as busy
};

/// 0 means no limit.
struct limits {
  uint32_t connections = 20000;
  uint32_t connections_per_address = 0;
  uint32_t login_seconds = 30;
  uint32_t frame_bytes = 8192;
  uint32_t unread_bytes = 65536;   ///< taken in and not yet answered: above it the connection is not read
  uint32_t unsent_bytes = 8388608; ///< queued for one client; above it the client is cut off as too slow
  uint32_t posts_in_flight = 64;   ///< of one connection
  uint32_t posts_in_flight_per_salon = 4096;
};

/// How much in how long; 0 means no limit.
struct rate {
  uint32_t messages_per_second = 10;           ///< of one user, in the long run
  uint32_t burst = 30;                         ///< messages of one user at once
  uint32_t logins_per_minute_per_address = 60; ///< wrong passwords from one address
  /// What no other rate counts, by what it costs: a plain command is 1, or less (protocol/commands). A bot that reads
  /// 500 messages of each of its 50 salons at its start, and 200 people who come back at once, are not slowed.
  uint32_t requests_per_second = 50;              ///< of one connection, in the long run
  uint32_t request_burst = 500;                   ///< of one connection at once
  uint32_t requests_per_second_per_address = 500; ///< of all connections of an address; ten times that at once
};

struct registration {
  enum class policy { open, approval, closed };
  config::registration::policy mode = policy::open;
  uint32_t per_hour_per_address = 20; ///< accounts made from one address; 0 means no limit
  /// Of all addresses together; 0 means no limit. So many as may wait for an administrator: far more than people make
  /// where nobody calls for it, and half a minute of one thread's hashing.
  uint32_t per_hour = 1000;
};

struct requests {
  bool keep_offline = false; ///< join requests last while their user is away
};

/// The hours of a day: minutes since midnight of the machine's local time. They may go over midnight.
struct day_hours {
  uint32_t from = 0, until = 0; ///< this one not included

  bool hold(uint32_t minute) const {
    return from < until ? minute >= from && minute < until : minute >= from || minute < until;
  }
  /// "02:00-05:00".
  std::string to_string() const;
  /// Nothing: it is not of that form, or both times are the same.
  static std::optional<day_hours> parse(std::string_view text);
};
inline bool operator==(const day_hours& a, const day_hours& b) {
  return a.from == b.from && a.until == b.until;
}

/// How long messages are kept; 0 days: for good.
struct retention {
  uint32_t salons_days = 0;       ///< of salons that have no days of their own
  uint32_t private_days = 0;      ///< private messages, delivered or not
  std::optional<day_hours> hours; ///< in which those that are too old are deleted; none: at any hour
};

/// The text protocol's guesses about unframed clients: docs/text-protocol.md, "Framing".
struct text {
  std::chrono::milliseconds raw_after{150};
  std::chrono::milliseconds raw_gap{20};
  std::chrono::milliseconds pace{25};
};

struct log {
  enum class level { debug, info, warning, error };
  enum class format { text, json };
  config::log::level least = level::info;
  config::log::format style = format::text;
};

struct stop {
  uint32_t seconds = 10;
};

/// A node: one salond of several on one database.
struct cluster {
  std::optional<endpoint> listen; ///< where the others reach it; none: this is no node
  std::string node;               ///< its name; default: the host's, made to fit
  std::string join;               ///< the bundle with which it enters; used once
};

/// Where salonctl reaches the server: HOST:PORT, or `none`.
using admin_endpoint = std::optional<endpoint>;

/// All of it.
struct settings {
  std::vector<endpoint> listen{endpoint{}};
  bool listen_clear_anywhere = false; ///< `tcp://` on addresses that other machines reach, passwords and all
  admin_endpoint admin{endpoint{endpoint::kind::tcp, "127.0.0.1", 5001, {}}};
  config::database db; ///< default: sqlite:STATE/salond.db
  config::cluster cluster;
  std::string state; ///< default: the user's state folder, /var/lib/salond for root
  config::unix_socket unix_socket;
  config::tls tls;
  config::passwords passwords;
  config::limits limits;
  config::rate rate;
  config::registration registration;
  config::requests requests;
  config::retention retention;
  config::text text;
  config::log log;
  config::stop stop;
};

} // namespace salond::config
