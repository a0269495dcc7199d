// Commands about the data as a whole: backups.
#include "actors/admin/ask.hpp"
#include "actors/wall_clock.hpp"
#include "persistence/backup/backup.hpp"
#include <atomic>

namespace salond {
namespace {

using namespace persistence;

// --- backup ---

/// Writes a backup to a file, on a thread of persistence's; others look how far it is.
class backup_job final : public store_job {
public:
  backup_job(std::string folder, std::string name) : folder_(std::move(folder)), name_(std::move(name)) {}

  void run(store& db) override {
    try {
      new_backup file(folder_, name_);
      const auto facts = write_backup(
          db, [&](const std::string& line) { file.write(line); }, SALOND_VERSION, wall_clock(),
          [this](uint64_t rows) { go_on(rows); });
      bytes = file.keep();
      path = file.path();
      all_rows = facts.all_rows();
    } catch (const backup_error& error) {
      why_not = error.what();
    }
  }
  void abandon() override { abandoned_ = true; }
  json how_far() const { return {{"rows", rows_.load()}}; }

  std::string why_not; ///< empty: it is written
  std::string path;
  uint64_t bytes = 0, all_rows = 0;

private:
  void go_on(uint64_t rows) {
    rows_ = rows;
    if (abandoned_)
      throw store_error(store_error::kind::unavailable,
                        "the server stops, or nobody waits any more: the backup " + name_ + " is not written");
  }

  const std::string folder_, name_;
  std::atomic<uint64_t> rows_{0};
  std::atomic<bool> abandoned_{false};
};

void end_backup(const admin_call_ptr& call, const std::shared_ptr<backup_job>& job) {
  const auto name = call->said().get("NAME");
  if (!job->why_not.empty())
    return note(call, name, job->why_not, "storage",
                [call, job] { call->refuse(admin_verdict::refused, job->why_not); });
  note(call, name, {}, [call, job] {
    call->done(json{{"done", true}, {"file", job->path}, {"rows", job->all_rows}, {"bytes", job->bytes}});
  });
}

void back_up(const admin_call_ptr& call) {
  const auto name = call->said().get("NAME");
  if (!is_backup_name(name))
    return call->refuse(
        admin_verdict::wrong_usage,
        "NAME is a file's name: 1 to 100 of a-z, A-Z, 0-9, dot, underscore and hyphen, no dot in front");
  auto job = std::make_shared<backup_job>(call->parts().state + "/backups", name);
  call->report([job] { return job->how_far(); });
  call->when_deserted([job] { job->abandon(); });
  call->self()
      ->request(call->parts().store, caf::infinite, store_work{store_work::kind::long_read, job})
      .then([call, job](const store_done&) { end_backup(call, job); }, refusing_error(call));
}

} // namespace

void add_data_commands(std::map<std::string_view, admin_command>& to) {
  to["backup"] = back_up;
}

} // namespace salond
