#include "tests/support/guarded_store.hpp"

namespace salond::support {

using namespace persistence;

void store_guard::hold(what kind) {
  std::lock_guard lock{mutex_};
  gate_of(kind).closed = true;
}

void store_guard::release(what kind) {
  {
    std::lock_guard lock{mutex_};
    gate_of(kind).closed = false;
  }
  opened_.notify_all();
}

size_t store_guard::held(what kind) const {
  std::lock_guard lock{mutex_};
  return kind == what::writes ? writes_.waiting : reads_.waiting;
}

void store_guard::fail_writes(store_error::kind with, size_t times) {
  std::lock_guard lock{mutex_};
  fail_with_ = with;
  failures_ = times;
}

void store_guard::fail_salons() {
  std::lock_guard lock{mutex_};
  salons_fail_ = true;
}

size_t store_guard::committed() const {
  std::lock_guard lock{mutex_};
  return committed_;
}

void store_guard::pass(what kind) {
  std::unique_lock lock{mutex_};
  auto& at = gate_of(kind);
  ++at.waiting;
  opened_.wait(lock, [&at] { return !at.closed; });
  --at.waiting;
}

void store_guard::fail_if_told() {
  std::lock_guard lock{mutex_};
  if (failures_ == 0)
    return;
  --failures_;
  throw store_error{fail_with_, "the test says so"};
}

bool store_guard::salons_fail() {
  std::lock_guard lock{mutex_};
  return std::exchange(salons_fail_, false);
}

void store_guard::count_commit() {
  std::lock_guard lock{mutex_};
  ++committed_;
}

class guarded_store final : public store {
public:
  guarded_store(std::unique_ptr<store> inner, std::shared_ptr<store_guard> by)
      : inner_(std::move(inner)), guard_(std::move(by)) {}

  void transact(const std::function<void()>& work) override {
    guard_->pass(store_guard::what::writes);
    inner_->transact([&] {
      work();
      guard_->fail_if_told(); // the database undoes what was done
    });
    guard_->count_commit();
  }
  void read(const std::function<void()>& work) override {
    guard_->pass(store_guard::what::reads);
    inner_->read(work);
  }
  std::unique_ptr<store> reader() override {
    auto beside = inner_->reader();
    return beside ? guarded(std::move(beside), guard_) : nullptr;
  }
  std::vector<salon_record> salons() override {
    if (guard_->salons_fail())
      throw store_error{store_error::kind::unavailable, "the test says so"};
    return inner_->salons();
  }

  std::string describe() override { return inner_->describe(); }
  std::string trouble() override { return inner_->trouble(); }
  void reset_presence(requests what) override { inner_->reset_presence(what); }
  administrator_state administrators() override { return inner_->administrators(); }
  user make_administrator(const std::string& username, const std::string& hash) override {
    return inner_->make_administrator(username, hash);
  }
  std::vector<user_id> members(salon_id salon) override { return inner_->members(salon); }
  std::vector<member_count> member_counts(std::optional<salon_id> only) override { return inner_->member_counts(only); }
  outcome<salon_record> create_salon(const std::string& name, policy how, const decision& why) override {
    return inner_->create_salon(name, how, why);
  }
  outcome<salon_record> set_policy(salon_id salon, policy how, const decision& why) override {
    return inner_->set_policy(salon, how, why);
  }
  outcome<salon_record> set_topic(salon_id salon, const std::string& topic, const decision& why) override {
    return inner_->set_topic(salon, topic, why);
  }
  outcome<salon_record> rename_salon(salon_id salon, const std::string& name, const decision& why) override {
    return inner_->rename_salon(salon, name, why);
  }
  outcome<salon_record> archive_salon(salon_id salon, const decision& why) override {
    return inner_->archive_salon(salon, why);
  }
  outcome<user> find_user(const std::string& key) override { return inner_->find_user(key); }
  std::optional<fault> refuses_user(const new_user& who) override { return inner_->refuses_user(who); }
  std::optional<fault> refuses_request(const new_user& who) override { return inner_->refuses_request(who); }
  outcome<registered_user> register_user(const new_user& who) override { return inner_->register_user(who); }
  outcome<done> request_registration(const new_user& who, moment now) override {
    return inner_->request_registration(who, now);
  }
  std::vector<registration> registrations() override { return inner_->registrations(); }
  bool is_waiting(const std::string& username_key) override { return inner_->is_waiting(username_key); }
  outcome<registered_user> accept_registration(const std::string& key, const decision& why) override {
    return inner_->accept_registration(key, why);
  }
  outcome<done> reject_registration(const std::string& key, const decision& why) override {
    return inner_->reject_registration(key, why);
  }
  outcome<size_t> reject_registrations(const registration_filter& which, const decision& why) override {
    return inner_->reject_registrations(which, why);
  }
  std::vector<archived_salon> archived_salons() override { return inner_->archived_salons(); }
  outcome<salon_record> restore_salon(const std::string& key, const decision& why) override {
    return inner_->restore_salon(key, why);
  }
  void delete_messages(const std::vector<message_id>& which) override { inner_->delete_messages(which); }
  outcome<done> ban_name(const std::string& name, const decision& why) override { return inner_->ban_name(name, why); }
  void remember_address(user_id who, const std::string& address, moment now) override {
    inner_->remember_address(who, address, now);
  }
  std::vector<known_address> known_addresses(moment since, size_t most) override {
    return inner_->known_addresses(since, most);
  }
  bool replace_hash(user_id who, const std::string& expected, const std::string& hash) override {
    return inner_->replace_hash(who, expected, hash);
  }
  bool change_password(user_id who, const std::string& expected, const std::string& hash,
                       const decision& why) override {
    return inner_->change_password(who, expected, hash, why);
  }
  outcome<registered_user> add_user(const new_user& who, const decision& why) override {
    return inner_->add_user(who, why);
  }
  outcome<user> rename_user(const std::string& key, const std::string& name, const decision& why) override {
    return inner_->rename_user(key, name, why);
  }
  outcome<user> set_password(const std::string& key, const std::string& hash, const decision& why) override {
    return inner_->set_password(key, hash, why);
  }
  std::vector<user_profile> find_users(const std::string& part, const std::string& after, size_t most) override {
    return inner_->find_users(part, after, most);
  }
  outcome<user_profile> profile(const std::string& key) override { return inner_->profile(key); }
  std::vector<salon_id> moderates(const std::string& key) override { return inner_->moderates(key); }
  outcome<user> set_role(const std::string& key, role now, const std::vector<salon_id>& moderated,
                         const decision& why) override {
    return inner_->set_role(key, now, moderated, why);
  }
  outcome<user> disable_user(const std::string& key, const decision& why) override {
    return inner_->disable_user(key, why);
  }
  outcome<user> enable_user(const std::string& key, const decision& why) override {
    return inner_->enable_user(key, why);
  }
  void end_tokens(user_id who) override { inner_->end_tokens(who); }
  outcome<int64_t> create_invitation(const new_invitation& what, const decision& why) override {
    return inner_->create_invitation(what, why);
  }
  std::vector<invitation> invitations(moment now) override { return inner_->invitations(now); }
  outcome<done> revoke_invitation(int64_t id, const decision& why) override {
    return inner_->revoke_invitation(id, why);
  }
  outcome<done> find_invitation(const std::string& hash, moment now) override {
    return inner_->find_invitation(hash, now);
  }
  outcome<registered_user> register_invited(const new_user& who, const std::string& hash,
                                            const decision& why) override {
    return inner_->register_invited(who, hash, why);
  }
  outcome<arrival> open_session(user_id who, moment now) override { return inner_->open_session(who, now); }
  void close_sessions(const std::vector<user_id>& who, requests what, moment now) override {
    inner_->close_sessions(who, what, now);
  }
  void issue_token(user_id who, const std::string& hash, moment now, moment expires) override {
    inner_->issue_token(who, hash, now, expires);
  }
  outcome<user> find_token(const std::string& hash, moment now) override { return inner_->find_token(hash, now); }
  void end_token(const std::string& hash) override { inner_->end_token(hash); }
  outcome<done> append(const new_message& what) override { return inner_->append(what); }
  std::vector<chat_message> history(salon_id salon, int64_t before, size_t count) override {
    return inner_->history(salon, before, count);
  }
  history_page begin_history(salon_id salon, size_t count) override { return inner_->begin_history(salon, count); }
  history_page begin_search(salon_id salon, const std::string& text, size_t count) override {
    return inner_->begin_search(salon, text, count);
  }
  searched_part look_through(salon_id salon, const std::string& text, int64_t before, size_t count) override {
    return inner_->look_through(salon, text, before, count);
  }
  std::vector<chat_message> messages_at(salon_id salon, const std::vector<int64_t>& seqs) override {
    return inner_->messages_at(salon, seqs);
  }
  outcome<done> delete_message(message_id which, const decision& why) override {
    return inner_->delete_message(which, why);
  }
  std::vector<chat_message> search(salon_id salon, const std::string& text, int64_t before, size_t count) override {
    return inner_->search(salon, text, before, count);
  }
  outcome<membership_change> add_member(salon_id salon, user_id who) override { return inner_->add_member(salon, who); }
  outcome<membership_change> remove_member(salon_id salon, user_id who) override {
    return inner_->remove_member(salon, who);
  }
  outcome<request_change> add_request(salon_id salon, user_id who, moment now) override {
    return inner_->add_request(salon, who, now);
  }
  outcome<done> accept_request(salon_id salon, user_id who, const decision& why) override {
    return inner_->accept_request(salon, who, why);
  }
  outcome<membership_change> reject_request(salon_id salon, user_id who, const decision& why) override {
    return inner_->reject_request(salon, who, why);
  }
  std::vector<join_request> join_requests() override { return inner_->join_requests(); }
  void remember_decision(user_id who, const decided_request& what) override { inner_->remember_decision(who, what); }
  void mark_told(user_id who, const std::vector<decided_request>& which) override { inner_->mark_told(who, which); }
  std::vector<salon_id> joined_without_moderator(user_id who) override { return inner_->joined_without_moderator(who); }
  outcome<membership_change> admit(salon_id salon, const std::string& key, const decision& why) override {
    return inner_->admit(salon, key, why);
  }
  outcome<membership_change> dismiss(salon_id salon, const std::string& key, const decision& why) override {
    return inner_->dismiss(salon, key, why);
  }
  outcome<stored_private> store_private(user_id author, const std::string& target, const std::string& text,
                                        moment now) override {
    return inner_->store_private(author, target, text, now);
  }
  private_page private_messages_from(user_id who, private_id first) override {
    return inner_->private_messages_from(who, first);
  }
  std::vector<private_message> private_messages(user_id who, const std::vector<private_id>& which) override {
    return inner_->private_messages(who, which);
  }
  void mark_delivered(const std::vector<private_id>& which, moment now) override { inner_->mark_delivered(which, now); }
  outcome<removed_user> kick(const std::string& target, moment until, const decision& why) override {
    return inner_->kick(target, until, why);
  }
  outcome<removed_user> ban(const std::string& target, const decision& why) override {
    return inner_->ban(target, why);
  }
  outcome<done> unban(const std::string& target, const decision& why) override { return inner_->unban(target, why); }
  std::vector<salond::ban> bans(moment now) override { return inner_->bans(now); }
  std::vector<audit_line> audit_after(int64_t id, size_t most) override { return inner_->audit_after(id, most); }
  std::vector<audit_line> audit_tail(size_t most) override { return inner_->audit_tail(most); }
  void note(const decision& why, const std::string& what, const std::string& to, const std::string& result) override {
    inner_->note(why, what, to, result);
  }
  void snapshot(const std::function<void()>& work) override {
    guard_->pass(store_guard::what::reads);
    inner_->snapshot(work);
  }
  std::vector<table_row> rows_after(const stored_table& of, const table_row& after, size_t most) override {
    return inner_->rows_after(of, after, most);
  }
  std::vector<table_row> rows_with(const stored_table& of, size_t column, const field& value, const table_row& after,
                                   size_t most) override {
    return inner_->rows_with(of, column, value, after, most);
  }
  int64_t count_with(const stored_table& of, size_t column, const field& value) override {
    return inner_->count_with(of, column, value);
  }
  std::vector<import_fault> import_faults(const std::vector<imported_account>& all) override {
    return inner_->import_faults(all);
  }
  import_result import_accounts(const std::vector<imported_account>& all, const decision& why) override {
    return inner_->import_accounts(all, why);
  }
  outcome<erased_user> erase(const std::string& key, const decision& why) override { return inner_->erase(key, why); }
  int64_t next_number(const stored_table& of) override { return inner_->next_number(of); }
  void count_from(const stored_table& of, int64_t next) override { inner_->count_from(of, next); }
  void clear(const stored_table& which) override { inner_->clear(which); }
  void put_rows(const stored_table& into, const std::vector<table_row>& rows) override { inner_->put_rows(into, rows); }

private:
  std::unique_ptr<store> inner_;
  std::shared_ptr<store_guard> guard_;
};

std::unique_ptr<store> guarded(std::unique_ptr<store> inner, std::shared_ptr<store_guard> by) {
  return std::make_unique<guarded_store>(std::move(inner), std::move(by));
}

} // namespace salond::support
