// The command that makes many accounts at once: reads the file, hashes what passwords it has in clear, and stores all
// of it or nothing.
#include "actors/admin/ask.hpp"
#include "actors/admin/effects.hpp"
#include "persistence/decisions/imports.hpp"
#include "protocol/accounts/account_file.hpp"
#include "protocol/words/names.hpp"

namespace salond {
namespace {

using namespace persistence;

// One in work and one that waits: hashing an import's passwords comes behind all logins.
constexpr size_t hashes_at_once = 2;
// While logins keep the threads, as when thousands come back at once.
constexpr auto patience = std::chrono::minutes{10};

/// An import on its way. Read by the admin actor, and by a thread of persistence's while a job of it runs, never at
/// once.
struct import_state {
  admin_call_ptr call;
  std::string text;
  std::vector<imported_account> accounts;
  std::vector<std::pair<size_t, std::string>> passwords; ///< in clear, by the account's index
  line_faults faults;
  size_t next = 0, hashed = 0; ///< passwords that were sent to be hashed, and that are
  const char* step = "checking";
  bool ended = false;
};
using import_ptr = std::shared_ptr<import_state>;

std::string sentence(const import_fault& found) {
  const auto name = "\"" + shown(found.about) + "\"";
  if (found.why == fault::unknown_salon)
    return "there is no salon " + name.substr(0, 300);
  if (found.why == fault::reserved_name)
    return "the username " + name + " looks like an administrator's";
  return found.why == fault::alias_taken
             ? "the alias " + name + " is taken, or looks like an administrator's name"
             : "the username " + name + " is taken, waits for an administrator, is banned, or looks like another";
}

/// Reads the file and asks the store about the names: a read that may take seconds.
void check(const import_ptr& work, const reading& db) {
  auto file = read_accounts(work->text);
  work->text = {};
  work->faults = std::move(file.faults);
  work->accounts.clear();
  work->passwords.clear();
  for (auto& account : file.accounts) {
    if (account.hash.empty())
      work->passwords.emplace_back(work->accounts.size(), std::move(account.password));
    work->accounts.push_back({account.line, std::move(account.username), std::move(account.username_key),
                              std::move(account.alias), std::move(account.alias_key), std::move(account.hash),
                              std::move(account.salons), std::move(account.username_looks),
                              std::move(account.alias_looks)});
  }
  for (const auto& found : decisions::import_faults(db, work->accounts))
    work->faults.add(found.line, sentence(found));
}

/// Ends the import once. Hashes that come later change nothing.
template <class... Why>
void give_up(const import_ptr& work, Why... why) {
  if (!std::exchange(work->ended, true))
    work->call->refuse(why...);
}

void refuse_faults(const import_ptr& work) {
  const auto count = std::to_string(work->faults.count());
  note(work->call, std::to_string(work->accounts.size()) + " accounts", count + " faults", "refused", [work, count] {
    give_up(work, admin_verdict::refused,
            "nothing was imported; faults in the file: " + count + "\n" + work->faults.text());
  });
}

// --- storing ---

class store_accounts final : public write_job {
public:
  explicit store_accounts(import_ptr work) : work_(std::move(work)), why_(work_->call->why()) {}
  void run(const writing& db) override { result = decisions::import_accounts(db, work_->accounts, why_); }
  size_t take() override { return work_->accounts.size() * 4096; }
  import_result result;

private:
  const import_ptr work_;
  const decision why_;
};

void end_import(const import_ptr& work, import_result& result) {
  if (!result.faults.empty()) { // names that were taken meanwhile
    for (const auto& found : result.faults)
      work->faults.add(found.line, sentence(found));
    return give_up(work, admin_verdict::refused,
                   "nothing was imported; faults in the file: " + std::to_string(work->faults.count()) + "\n"
                       + work->faults.text());
  }
  for (auto& salon : result.members)
    tell(work->call, memberships_made{std::move(salon)});
  work->call->done(json{{"done", true}, {"users", work->accounts.size()}});
}

void store_all(const import_ptr& work) {
  work->step = "storing";
  auto job = std::make_shared<store_accounts>(work);
  work->call->self()
      ->request(work->call->parts().store, caf::infinite, store_work{job})
      .then([work, job](const store_done&) { end_import(work, job->result); },
            [work](caf::error& why) { give_up(work, fault_of(why)); });
}

// --- hashing ---

void hash_next(const import_ptr& work) {
  if (work->ended)
    return;
  if (work->call->deserted()) // an import of passwords may take many minutes, and nobody waits for this one any more
    return give_up(work, admin_verdict::refused, "nobody asked any more; nothing was imported");
  if (work->hashed == work->passwords.size())
    return store_all(work);
  if (work->next == work->passwords.size())
    return; // the others are on their way
  const auto& [account, password] = work->passwords[work->next++];
  work->call->self()
      ->request(work->call->parts().services.passwords, patience, hash_password{password, rules::urgency::import})
      .then(
          [work, account = account](hashed_password& made) {
            work->accounts[account].password_hash = std::move(made.hash);
            ++work->hashed;
            hash_next(work);
          },
          [work](caf::error& why) { give_up(work, fault_of(why)); });
}

void hash_all(const import_ptr& work) {
  work->step = "hashing";
  for (size_t i = 0; i < std::max<size_t>(1, std::min(hashes_at_once, work->passwords.size())); ++i)
    hash_next(work);
}

json how_far(const import_state& work) {
  json result{{"step", work.step}};
  if (work.step == std::string_view("hashing"))
    result.update(json{{"done", work.hashed}, {"of", work.passwords.size()}});
  return result;
}

void import_users(const admin_call_ptr& call) {
  auto& state = call->self()->state;
  if (const auto other = state.import.lock(); other && !other->decided())
    return call->refuse(admin_verdict::refused, "another import is in work; wait for its end");
  state.import = call;
  auto work = std::make_shared<import_state>();
  work->call = call;
  work->text = std::move(call->input);
  call->input = {};
  call->report([work = std::weak_ptr(work)] {
    const auto now = work.lock();
    return now ? how_far(*now) : json::object();
  });
  ask_to_read_long(
      call,
      [work](const reading& db) {
        check(work, db);
        return true;
      },
      [work](bool) { work->faults.empty() ? hash_all(work) : refuse_faults(work); });
}

} // namespace

void add_import_commands(std::map<std::string_view, admin_command>& to) {
  to["users import"] = import_users;
}

} // namespace salond
