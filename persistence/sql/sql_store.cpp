#include "persistence/sql/sql_store.hpp"
#include "persistence/contracts/all.hpp"
#include "persistence/sql/features.hpp"
#include <utility>

namespace salond::persistence {

/// Objects of all features, and what they are handed out as.
struct sql_store::features {
  explicit features(driver& on)
      : accounts(accounts_over(on, mailboxes)), audit(audit_over(on)), bans(bans_over(on)),
        certificates(certificates_over(on)), departures(departures_over(on, mailboxes)), health(health_over(on)),
        homes(homes_over(on)), imports(imports_over(on)), invitations(invitations_over(on)),
        join_requests(join_requests_over(on)), memberships(memberships_over(on)), messages(messages_over(on)),
        private_messages(private_messages_over(on, mailboxes)), registrations(registrations_over(on)),
        retention(retention_over(on)), roles(roles_over(on)), rows(rows_over(on)), salons(salons_over(on)),
        search_index(search_index_over(on)), sessions(sessions_over(on)) {}

  known_mailboxes mailboxes;
  const std::unique_ptr<account_store> accounts;
  const std::unique_ptr<audit_store> audit;
  const std::unique_ptr<ban_store> bans;
  const std::unique_ptr<certificate_store> certificates;
  const std::unique_ptr<departure_store> departures;
  const std::unique_ptr<health_store> health;
  const std::unique_ptr<home_store> homes;
  const std::unique_ptr<import_store> imports;
  const std::unique_ptr<invitation_store> invitations;
  const std::unique_ptr<join_request_store> join_requests;
  const std::unique_ptr<membership_store> memberships;
  const std::unique_ptr<message_store> messages;
  const std::unique_ptr<private_message_store> private_messages;
  const std::unique_ptr<registration_store> registrations;
  const std::unique_ptr<retention_store> retention;
  const std::unique_ptr<role_store> roles;
  const std::unique_ptr<row_store> rows;
  const std::unique_ptr<salon_store> salons;
  const std::unique_ptr<search_index_store> search_index;
  const std::unique_ptr<session_store> sessions;

  const writing to_write{
      *accounts,  *audit,       *bans,          *certificates, *departures,   *health,           *homes,
      *imports,   *invitations, *join_requests, *memberships,  *messages,     *private_messages, *registrations,
      *retention, *roles,       *rows,          *salons,       *search_index, *sessions};
  const reading to_read = to_write;
};

sql_store::sql_store(std::unique_ptr<driver> on)
    : driver_(std::move(on)), features_(std::make_unique<features>(*driver_)) {}

sql_store::~sql_store() = default;

void sql_store::transact(const write_work& work) {
  try {
    // What was looked for in a try that the database undid is not there in the next one.
    driver_->transact([&, again = false]() mutable {
      if (std::exchange(again, true))
        features_->mailboxes.clear();
      work(features_->to_write);
    });
  } catch (...) {
    features_->mailboxes.clear();
    throw;
  }
}

bool sql_store::holds_up_others() const {
  const auto* others = driver_->among_nodes();
  return others && others->holds_up_others();
}

bool sql_store::has_late_work() const {
  const auto* others = driver_->among_nodes();
  return others && others->has_late();
}

void sql_store::read(const read_work& work) {
  driver_->read([&] { work(features_->to_read); });
}

void sql_store::snapshot(const read_work& work) {
  driver_->snapshot([&] { work(features_->to_read); });
}

void sql_store::long_snapshot(const read_work& work, const copy_progress& copying) {
  driver_->long_snapshot([&] { work(features_->to_read); }, copying);
}

std::unique_ptr<store> sql_store::reader() {
  auto second = driver_->reader();
  return second ? std::make_unique<sql_store>(std::move(second)) : nullptr;
}

void sql_store::give_up() {
  driver_->give_up();
}

std::string sql_store::describe() {
  return driver_->describe();
}

void sql_store::count_from(const stored_table& of, int64_t next) {
  driver_->count_from(of, next);
}

} // namespace salond::persistence
