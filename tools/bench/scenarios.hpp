// What the server is put through.
#pragma once
#include "tools/bench/report.hpp"
#include "tools/bench/subject.hpp"

namespace salond::bench {

struct run_options {
  bool quick = false;
  int repetition = 1;
  size_t text_bytes = 100;
};

struct scenario {
  const char* name;
  const char* about;
  void (*run)(subject&, const run_options&, journal&);
};

const std::vector<scenario>& all_scenarios();

} // namespace salond::bench
