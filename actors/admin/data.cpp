// Commands about the data as a whole: backups.
#include "actors/admin/node_state.hpp"
#include "actors/wall_clock.hpp"
#include "persistence/backup/backup.hpp"
#include <atomic>
#include <filesystem>

namespace salond {
namespace {

using namespace persistence;

constexpr const char* name_rule =
    "NAME is a file's name: 1 to 100 of a-z, A-Z, 0-9, dot, underscore and hyphen, no dot in front";

// --- backup ---

/// Writes a backup to a file, on a thread of persistence's. Other threads ask how_far() it is.
class backup_job final : public read_job {
public:
  backup_job(std::string folder, std::string name) : folder_(std::move(folder)), name_(std::move(name)) {}

  void run(const reading& db) override {
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
  copy_progress while_copied() override {
    return [this](double share) {
      copied_percent_ = static_cast<int>(100 * share);
      refuse_if_abandoned();
    };
  }
  void fail(const std::string& why) override { why_not = "no backup was made: " + why; }
  void abandon() override { abandoned_ = true; }
  json how_far() const {
    const auto copied = copied_percent_.load();
    const auto rows = rows_.load();
    return rows == 0 && copied >= 0 ? json{{"copied_percent", copied}} : json{{"rows", rows}};
  }

  std::string why_not; ///< empty: it is written
  std::string path;
  uint64_t bytes = 0, all_rows = 0;

private:
  void go_on(uint64_t rows) {
    rows_ = rows;
    refuse_if_abandoned();
  }
  void refuse_if_abandoned() const {
    if (abandoned_)
      throw store_error(store_error::kind::unavailable, "the server stops, or nobody waits any more (" + name_ + ")");
  }

  const std::string folder_, name_;
  std::atomic<int> copied_percent_{-1}; ///< below 0: nothing is copied
  std::atomic<uint64_t> rows_{0};
  std::atomic<bool> abandoned_{false};
};

/// The folder of the backups.
std::string folder_of(const admin_call_ptr& call) {
  return call->parts().state + "/backups";
}

/// The names of all backups but the newest, as many as `--keep` says.
std::vector<std::string> old_backups(const admin_call_ptr& call, const std::string& made) {
  const auto keep = call->said().number("--keep");
  return keep ? backups_to_delete(backups_in(folder_of(call), wall_clock()), made, static_cast<size_t>(*keep))
              : std::vector<std::string>{};
}

/// Deletes backups, and answers the names of those that are gone. A failure is logged.
std::vector<std::string> delete_backups(const std::string& folder, const std::vector<std::string>& names) {
  namespace fs = std::filesystem;
  std::vector<std::string> deleted;
  for (const auto& name : names) {
    const auto path = fs::path(folder) / name;
    std::error_code failed;
    if (fs::remove(path, failed))
      deleted.push_back(name);
    else
      log::warning("an old backup cannot be deleted", {{"file", path.string()}, {"why", failed.message()}});
  }
  return deleted;
}

/// The backup is there. Old ones go only once the audit log says so.
void end_good_backup(const admin_call_ptr& call, const std::shared_ptr<backup_job>& job) {
  const auto name = call->said().get("NAME");
  const auto old = old_backups(call, name);
  const late_line line{call->why(old.empty() ? "" : "deleted " + joined(old, ", ")), audited::backup, name, "done"};
  const late_line later{call->why(), line.action, line.to, line.result};
  write_store(
      call->self(), call->parts().store,
      [line](const writing& db) {
        db.audit.note(line.why, line.action, line.to, line.result);
        return done{};
      },
      [call, job, old](done) {
        json answer{{"done", true}, {"file", job->path}, {"rows", job->all_rows}, {"bytes", job->bytes}};
        const auto deleted = delete_backups(folder_of(call), old);
        if (call->said().has("--keep"))
          answer["deleted"] = deleted;
        call->done(answer);
      },
      [call, job, later](fault) {
        note_later(call->self(), later);
        call->refuse_noted(admin_verdict::refused,
                           "the backup " + job->path
                               + " is written and whole, and no other was deleted; but the "
                                 "database does not take the audit log's line now, which is written when it does");
      });
}

void end_backup(const admin_call_ptr& call, const std::shared_ptr<backup_job>& job) {
  if (job->why_not.empty())
    return end_good_backup(call, job);
  note_if_possible(call, call->said().get("NAME"), job->why_not, "storage",
                   [call, job] { call->refuse_noted(admin_verdict::refused, job->why_not); });
}

void back_up(const admin_call_ptr& call) {
  const auto name = call->said().get("NAME");
  if (!is_backup_name(name))
    return call->refuse(admin_verdict::wrong_usage, name_rule);
  if (call->said().number("--keep") == 0)
    return call->refuse(admin_verdict::wrong_usage, "--keep is at least 1: the new one is kept");
  auto job = std::make_shared<backup_job>(folder_of(call), name);
  call->report([job] { return job->how_far(); });
  call->when_deserted([job] { job->abandon(); });
  call->self()
      ->request(call->parts().store, caf::infinite, store_work{job, true})
      .then(
          [call, job](const store_done&) { end_backup(call, job); },
          [call, job](caf::error& why) { job->why_not.empty() ? call->refuse(fault_of(why)) : end_backup(call, job); });
}

// --- verify ---

/// Reads a backup to its end, on a thread of persistence's. It needs nothing of the database.
class verify_job final : public read_job {
public:
  explicit verify_job(std::string path) : path_(std::move(path)) {}

  void run(const reading&) override {
    try {
      facts = check_backup(path_, [this](uint64_t rows) {
        rows_ = rows;
        if (abandoned_)
          throw backup_error("the server stops, or nobody waits any more");
      });
    } catch (const backup_error& error) {
      why_not = error.what();
    }
  }
  void abandon() override { abandoned_ = true; }
  json how_far() const { return {{"rows", rows_.load()}}; }

  std::string why_not; ///< empty: it is whole
  backup_facts facts;

private:
  const std::string path_;
  std::atomic<uint64_t> rows_{0};
  std::atomic<bool> abandoned_{false};
};

void verify_backup(const admin_call_ptr& call) {
  auto name = call->said().get("FILE");
  if (const auto folder = folder_of(call) + "/"; name.compare(0, folder.size(), folder) == 0)
    name.erase(0, folder.size());
  if (!is_backup_name(name))
    return call->refuse(admin_verdict::wrong_usage, std::string(name_rule) + "; of a file in " + folder_of(call));
  auto job = std::make_shared<verify_job>(folder_of(call) + "/" + name);
  call->report([job] { return job->how_far(); });
  call->when_deserted([job] { job->abandon(); });
  call->self()
      ->request(call->parts().store, caf::infinite, store_work{job, true})
      .then(
          [call, job, name](const store_done&) {
            if (!job->why_not.empty())
              return call->refuse(admin_verdict::refused, job->why_not);
            call->done(json{{"done", true}, {"file", name}, {"rows", job->facts.all_rows()}});
          },
          refusing_error(call));
}

} // namespace

void add_data_commands(std::map<std::string_view, admin_command>& to) {
  to["backup"] = back_up;
  to["backup verify"] = verify_backup;
}

} // namespace salond
