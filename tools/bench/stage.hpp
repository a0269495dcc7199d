// What the scenarios share: a server that runs, a crowd that is in, and the lines of the report.
#pragma once
#include "tools/bench/load.hpp"
#include "tools/bench/report.hpp"
#include "tools/bench/scenarios.hpp"

namespace salond::bench {

/// A fresh server, and clients that have not logged in.
struct stage {
  stage(subject& tested, size_t members, size_t accounts, const server_options& options = {});

  subject& on;
  running_server server;
  crowd clients;
  load::processes processes() const { return {server.ids(), on.database_process()}; }
  /// CPU seconds so far, of all of them.
  double cpu_spent() const { return cpu_seconds(server.ids()) + cpu_seconds(on.database_process()); }
};

/// A line that says which scenario, server and repetition it is about.
result_line line_about(const char* scenario, const stage& where, const run_options& options);
/// With four digits that count.
double rounded(double value);
void add(result_line& to, const measurement& found);
void add(result_line& to, const mistakes& found);
void add(result_line& to, const crowd::entry& entry);

/// Logs everyone in. Throws std::runtime_error when not all get in.
crowd::entry let_in(crowd& clients);
/// Logs these in, likewise.
crowd::entry let_in(crowd& clients, const std::vector<size_t>& who);

/// The clients from `first` on, `count` of them, hear a salon, and `senders` of them post.
void fill_salon(stage& on, checker& checks, load& driver, const std::string& salon, size_t first, size_t count,
                size_t senders);
/// `u<first>` writes to the next one.
void pair_up(stage& on, checker& checks, load& driver, size_t first);

/// What one phase showed, behind `about`.
result_line run_phase(const phase& wanted, load& driver, checker& checks, const result_line& about);
/// Runs the phases one after the other and writes a line for each.
void run_phases(const std::vector<phase>& phases, load& driver, checker& checks, const result_line& about,
                journal& out);

} // namespace salond::bench
