// The store in a database that speaks SQL, whichever: its transactions, over the features in features.hpp.
#pragma once
#include "persistence/sql/driver.hpp"
#include "persistence/store.hpp"

namespace salond::persistence {

class sql_store final : public store {
public:
  /// REQUIRES: the schema is the newest.
  explicit sql_store(std::unique_ptr<driver> on);
  ~sql_store() override;

  void transact(const write_work& work) override;
  bool holds_up_others() const override;
  bool has_late_work() const override;
  void read(const read_work& work) override;
  void snapshot(const read_work& work) override;
  void long_snapshot(const read_work& work, const copy_progress& copying) override;
  std::unique_ptr<store> reader() override;
  void give_up() override;
  std::string describe() override;
  void count_from(const stored_table& of, int64_t next) override;

private:
  struct features;

  std::unique_ptr<driver> driver_;
  std::unique_ptr<features> features_;
};

} // namespace salond::persistence
