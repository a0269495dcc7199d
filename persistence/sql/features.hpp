// Each feature's interface in SQL: a class over a driver, in the file of its name (accounts in users, rows in tables).
// What its functions promise stands in persistence/contracts/; how databases differ, in their drivers.
#pragma once
#include "persistence/contracts/access.hpp"
#include "persistence/sql/among_nodes.hpp"
#include "persistence/sql/known_mailboxes.hpp"

namespace salond::persistence {

/// What a feature's class is made of. A driver does not change by being asked.
template <class Contract>
class feature : public Contract {
public:
  explicit feature(driver& on) : on_(on) {}

protected:
  driver& db() const { return on_; }
  /// Of a node: what is looked up next about names is still so when it is acted upon.
  void lock_names() const {
    if (auto* others = db().among_nodes())
      others->lock_names();
  }
  /// Of a node: the others learn it with the transaction.
  void tell_nodes(fact news) const {
    if (auto* others = db().among_nodes())
      others->tell(std::move(news));
  }

private:
  driver& on_;
};

std::unique_ptr<account_store> accounts_over(driver& on, known_mailboxes& known);
std::unique_ptr<audit_store> audit_over(driver& on);
std::unique_ptr<ban_store> bans_over(driver& on);
std::unique_ptr<certificate_store> certificates_over(driver& on);
std::unique_ptr<departure_store> departures_over(driver& on, known_mailboxes& known);
std::unique_ptr<health_store> health_over(driver& on);
std::unique_ptr<home_store> homes_over(driver& on);
std::unique_ptr<import_store> imports_over(driver& on);
std::unique_ptr<invitation_store> invitations_over(driver& on);
std::unique_ptr<join_request_store> join_requests_over(driver& on);
std::unique_ptr<membership_store> memberships_over(driver& on);
std::unique_ptr<message_store> messages_over(driver& on);
std::unique_ptr<private_message_store> private_messages_over(driver& on, known_mailboxes& known);
std::unique_ptr<registration_store> registrations_over(driver& on);
std::unique_ptr<retention_store> retention_over(driver& on);
std::unique_ptr<role_store> roles_over(driver& on);
std::unique_ptr<row_store> rows_over(driver& on);
std::unique_ptr<salon_store> salons_over(driver& on);
std::unique_ptr<search_index_store> search_index_over(driver& on);
std::unique_ptr<session_store> sessions_over(driver& on);

} // namespace salond::persistence
