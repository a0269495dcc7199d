#include "tests/support/guarded_store.hpp"

namespace salond::support {

using namespace persistence;

void store_guard::hold(access kind) {
  std::lock_guard lock{mutex_};
  gate_of(kind).closed = true;
}

void store_guard::release(access kind) {
  {
    std::lock_guard lock{mutex_};
    gate_of(kind).closed = false;
  }
  opened_.notify_all();
}

size_t store_guard::held(access kind) const {
  std::lock_guard lock{mutex_};
  return kind == access::writes ? writes_.waiting : reads_.waiting;
}

void store_guard::fail_writes(store_error::kind with, size_t times) {
  std::lock_guard lock{mutex_};
  fail_with_ = with;
  failures_ = times;
}

void store_guard::fail_reads(size_t times) {
  std::lock_guard lock{mutex_};
  read_failures_ = times;
}

size_t store_guard::failures_left() const {
  std::lock_guard lock{mutex_};
  return failures_;
}

size_t store_guard::committed() const {
  std::lock_guard lock{mutex_};
  return committed_;
}

void store_guard::pass(access kind) {
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

void store_guard::fail_read_if_told() {
  std::lock_guard lock{mutex_};
  if (read_failures_ == 0)
    return;
  --read_failures_;
  throw store_error{store_error::kind::unavailable, "the test says so"};
}

void store_guard::count_commit() {
  std::lock_guard lock{mutex_};
  ++committed_;
}

class guarded_store final : public store {
public:
  guarded_store(std::unique_ptr<store> inner, std::shared_ptr<store_guard> by)
      : inner_(std::move(inner)), guard_(std::move(by)) {}

  void transact(const write_work& work) override {
    guard_->pass(store_guard::access::writes);
    inner_->transact([&](const writing& db) {
      work(db);
      guard_->fail_if_told(); // the database undoes what was done
    });
    guard_->count_commit();
  }
  bool holds_up_others() const override { return inner_->holds_up_others(); }
  bool has_late_work() const override { return inner_->has_late_work(); }
  void read(const read_work& work) override {
    guard_->pass(store_guard::access::reads);
    guard_->fail_read_if_told();
    inner_->read(work);
  }
  void snapshot(const read_work& work) override {
    guard_->pass(store_guard::access::reads);
    inner_->snapshot(work);
  }
  void long_snapshot(const read_work& work, const persistence::copy_progress& copying) override {
    guard_->pass(store_guard::access::reads);
    inner_->long_snapshot(work, copying);
  }
  std::unique_ptr<store> reader() override {
    auto beside = inner_->reader();
    return beside ? guarded(std::move(beside), guard_) : nullptr;
  }
  std::string describe() override { return inner_->describe(); }
  void count_from(const stored_table& of, int64_t next) override { inner_->count_from(of, next); }

private:
  std::unique_ptr<store> inner_;
  std::shared_ptr<store_guard> guard_;
};

std::unique_ptr<store> guarded(std::unique_ptr<store> inner, std::shared_ptr<store_guard> by) {
  return std::make_unique<guarded_store>(std::move(inner), std::move(by));
}

} // namespace salond::support
