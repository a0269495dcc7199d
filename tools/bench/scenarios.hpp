// What the server is put through.
#pragma once
#include "tools/bench/report.hpp"
#include "tools/bench/subject.hpp"
#include <string>
#include <vector>

namespace salond::bench {

struct run_options {
  bool quick = false;
  int repetition = 1;
  size_t text_bytes = 100;
  int minutes = 0;   ///< of the soak; 0: half an hour, or one minute if quick
  std::string kinds; ///< of floods, separated by commas; empty: all
};

struct scenario {
  const char* name;
  const char* about;
  void (*run)(subject&, const run_options&, journal&);
  bool long_one = false; ///< only when it is asked for by name
};

const std::vector<scenario>& all_scenarios();

/// Salons, private messages, and clients that come and go, for minutes: does memory stay flat, and is nothing lost?
void soak(subject& tested, const run_options& options, journal& out);

/// Floods of each kind, on 1, 20 and 200 connections of one address: what others notice of them, beside what they
/// notice of a busy loop in the flooder's place.
void floods(subject& tested, const run_options& options, journal& out);

/// The flooder, a process of its own: goes on until it is ended. Throws std::invalid_argument for a kind that there is
/// not.
void flood(const std::string& kind, uint16_t port, size_t connections, way over);

} // namespace salond::bench
