// Takes over the database of the replaced server, with whatever it holds: docs/text-protocol.md, last section.
// plan() is pure and says what must change; apply() changes it, and can be cut off before or in any statement and run
// again. What it changes in old rows stands in migration_repairs and migration_deleted_memberships as it was before.
#pragma once
#include "persistence/mysql/schema.hpp"
#include "protocol/words/records.hpp"
#include <set>

namespace salond::persistence::mysql {

struct old_client {
  int64_t id = 0;
  std::string username, alias;
};
struct old_salon {
  int64_t id = 0;
  std::string name;
};
struct old_membership {
  int64_t id = 0;
  std::optional<std::string> username;
  std::optional<int64_t> salon;
  /// The client whose username the old collation holds for equal, 0 for none: one that is alone in this.
  int64_t same_by_collation = 0;
};
/// Rows whose names matter, each kind by rising id.
struct old_rows {
  std::vector<old_client> clients;
  std::vector<old_salon> salons;
  std::vector<old_membership> memberships;
  /// Clients who are administrators: those whom the replaced server meant by the names `admin` and `server`, one each
  /// at most. A name that its collation held for another, as `ＡＤＭＩＮ`, anybody could take.
  std::set<int64_t> administrators = {};
};

/// One value of one row that becomes another.
struct repair {
  std::string table, field;
  int64_t row = 0;
  std::string before, after;
};
/// A membership that goes, and why.
struct removal {
  int64_t row = 0;
  std::string why;
};
/// A user who becomes a member of a salon whose policy is `auto`: the replaced server let everybody write there, and
/// its client neither shows that he may not nor can ask to join such a salon.
struct admission {
  int64_t client = 0, salon = 0;
  std::string username; ///< as it is after the repairs
};
struct repairs {
  std::vector<repair> respelled; ///< memberships that get the spelling of the client whom they mean
  std::vector<repair> renamed;   ///< later ones of several with one name
  std::vector<repair> followed;  ///< memberships of who loses an administrator's name, behind `respelled` and `renamed`
  std::vector<removal> removed;  ///< memberships of nobody or of no salon, and the later ones of several that are equal
  std::vector<admission> admitted; ///< by rising salon and client
};

/// What must change so that no two users, aliases or salons have the same key, each membership is one of an existing
/// user in an existing salon, once, and everybody may write where the policy is `auto`. Empty for rows that were
/// repaired. The names of administrators stay with them; whoever else has such a name gets another.
repairs plan(const old_rows& rows);

/// The policy of a salon of the replaced server: its name decides.
policy old_policy(const std::string& salon_name);

/// The names and memberships as they stand in the database.
old_rows read_old_rows(connection& db);

/// Throws `setup` where others are connected to this database; those that are about to end have three seconds.
void refuse_other_clients(connection& db);

/// What apply() would do, one sentence a line, out of SELECTs alone. REQUIRES: the database is the replaced server's.
std::vector<std::string> describe_takeover(connection& db);

/// Takes the database over. Throws `setup` when other clients use it. REQUIRES: the lock; the database is the replaced
/// server's, or a take-over of it began.
void apply_takeover(connection& db, const reporter& report);

} // namespace salond::persistence::mysql
