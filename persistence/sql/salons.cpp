// Memberships and join requests.
#include "persistence/sql/rows.hpp"
#include "persistence/sql/sql_store.hpp"

namespace salond::persistence {

std::vector<user_id> sql_store::members(salon_id salon) {
  return all_in(db().ask("SELECT c.client_id FROM salons_adheres a JOIN clients c ON c.username = a.username "
                         "WHERE a.salon_id = ? ORDER BY c.client_id",
                         {salon.value}),
                [](const query_result& row) { return user_id{row.integer(0)}; });
}

std::vector<member_count> sql_store::member_counts(std::optional<salon_id> only) {
  auto found = only ? db().ask("SELECT salon_id, count(*) FROM salons_adheres WHERE salon_id = ? GROUP BY salon_id",
                               {only->value})
                    : db().ask("SELECT salon_id, count(*) FROM salons_adheres GROUP BY salon_id ORDER BY salon_id");
  return all_in(std::move(found), [](const query_result& row) -> member_count {
    return {salon_id{row.integer(0)}, static_cast<size_t>(row.integer(1))};
  });
}

// --- memberships ---

bool sql_store::is_member(salon_id salon, const std::string& username) {
  return db().ask("SELECT 1 FROM salons_adheres WHERE username = ? AND salon_id = ?", {username, salon.value})->next();
}

void sql_store::put_member(salon_id salon, const std::string& username) {
  db().run("INSERT INTO salons_adheres(username, salon_id) VALUES (?, ?)", {username, salon.value});
  tell_nodes({fact::kind::membership, {}, salon, username});
}

bool sql_store::end_membership(salon_id salon, const std::string& username) {
  if (db().run("DELETE FROM salons_adheres WHERE username = ? AND salon_id = ?", {username, salon.value}) == 0)
    return false;
  tell_nodes({fact::kind::membership, {}, salon, username});
  return true;
}

std::vector<salon_id> sql_store::salons_of(const std::string& username) {
  return salons_in(db().ask("SELECT a.salon_id FROM salons_adheres a JOIN salons s ON s.salon_id = a.salon_id "
                            "WHERE a.username = ? AND s.archived_ms IS NULL ORDER BY a.salon_id",
                            {username}));
}

outcome<membership_change> sql_store::add_member(salon_id salon, user_id who) {
  const auto account = user_of(who);
  if (!account)
    return account.why();
  end_request(salon, who); // a member has nothing to ask for
  if (is_member(salon, account->username))
    return membership_change::was_so;
  put_member(salon, account->username);
  return membership_change::made;
}

outcome<membership_change> sql_store::remove_member(salon_id salon, user_id who) {
  const auto account = user_of(who);
  if (!account)
    return account.why();
  return end_membership(salon, account->username) ? membership_change::made : membership_change::was_so;
}

void sql_store::mark_made_by_moderator(salon_id salon, user_id who) {
  db().run("UPDATE salons_adheres SET by_moderator = 1 WHERE salon_id = ? "
           "AND username = (SELECT username FROM clients WHERE client_id = ?)",
           {salon.value, who.value});
}

std::vector<salon_id> sql_store::joined_without_moderator(user_id who) {
  return salons_in(db().ask("SELECT a.salon_id FROM salons_adheres a JOIN clients c ON c.username = a.username "
                            "WHERE c.client_id = ? AND a.by_moderator = 0 ORDER BY a.salon_id",
                            {who.value}));
}

// --- join requests ---

bool sql_store::end_request(salon_id salon, user_id who) {
  return db().run("DELETE FROM join_requests WHERE salon_id = ? AND client_id = ?", {salon.value, who.value}) > 0;
}

std::string sql_store::name_of(salon_id salon) {
  const auto found = db().ask("SELECT nom_salon FROM salons WHERE salon_id = ?", {salon.value});
  return found->next() ? found->text(0) : std::to_string(salon.value);
}

outcome<request_change> sql_store::add_request(salon_id salon, user_id who, moment now) {
  const auto account = user_of(who);
  if (!account)
    return account.why();
  if (is_member(salon, account->username))
    return request_change::was_member;
  if (db().ask("SELECT 1 FROM join_requests WHERE salon_id = ? AND client_id = ?", {salon.value, who.value})->next())
    return request_change::was_pending;
  db().run("INSERT INTO join_requests(client_id, salon_id, created_ms) VALUES (?, ?, ?)",
           {who.value, salon.value, to_ms(now)});
  return request_change::made;
}

std::vector<join_request> sql_store::join_requests() {
  return all_in(db().ask("SELECT r.client_id, c.username, r.salon_id, r.created_ms "
                         "FROM join_requests r JOIN clients c ON c.client_id = r.client_id "
                         "ORDER BY r.created_ms, r.salon_id, r.client_id"),
                [](const query_result& row) -> join_request {
                  return {user_id{row.integer(0)}, row.text(1), salon_id{row.integer(2)}, from_ms(row.integer(3))};
                });
}

// --- decisions that their users have not been told ---

void sql_store::remember_decision(user_id who, const decided_request& request) {
  db().run("REPLACE INTO notices(client_id, salon_id, accepted, created_ms) VALUES (?, ?, ?, ?)",
           {who.value, request.salon.value, request.accepted ? 1 : 0, to_ms(request.at)});
}

void sql_store::mark_told(user_id who, const std::vector<decided_request>& which) {
  for (const auto& told : which)
    db().run("DELETE FROM notices WHERE client_id = ? AND salon_id = ? AND created_ms = ?",
             {who.value, told.salon.value, to_ms(told.at)});
}

std::vector<decided_request> sql_store::decisions_for(user_id who) {
  return all_in(db().ask("SELECT n.salon_id, s.nom_salon, n.accepted, n.created_ms FROM notices n "
                         "JOIN salons s ON s.salon_id = n.salon_id WHERE n.client_id = ? "
                         "ORDER BY n.created_ms, n.salon_id",
                         {who.value}),
                [](const query_result& row) -> decided_request {
                  return {salon_id{row.integer(0)}, row.text(1), row.integer(2) != 0, from_ms(row.integer(3))};
                });
}

} // namespace salond::persistence
