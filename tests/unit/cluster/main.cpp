// Runs schedules, one a seed: `cluster_simulation --schedules=N [--first=SEED]` finds none that breaks a promise.
// `--planted=NAME` plants a fault and expects that one does. `--seed=N [--trace]` runs one, and tells what happens.
#include "tests/unit/cluster/world.hpp"
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>

namespace {

using namespace salond::simulation;

struct options {
  uint64_t first = 1, schedules = 1000;
  bool single = false, traced = false, all = false;
  planted mistake = planted::none;
};

planted planted_of(const char* name) {
  for (int i = 0; i < static_cast<int>(planted::last); ++i)
    if (std::strcmp(name, name_of(static_cast<planted>(i))) == 0)
      return static_cast<planted>(i);
  throw std::invalid_argument(std::string("no such fault: ") + name);
}

options parsed(int argc, char** argv) {
  options result;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = argument.substr(std::min(argument.size(), argument.find('=') + 1));
    if (argument.rfind("--seed=", 0) == 0) {
      result.first = std::stoull(value);
      result.schedules = 1;
      result.single = true;
    } else if (argument.rfind("--first=", 0) == 0) {
      result.first = std::stoull(value);
    } else if (argument.rfind("--schedules=", 0) == 0) {
      result.schedules = std::stoull(value);
    } else if (argument.rfind("--planted=", 0) == 0) {
      result.mistake = planted_of(value.c_str());
    } else if (argument == "--trace") {
      result.traced = true;
    } else if (argument == "--all") {
      result.all = true;
    } else {
      throw std::invalid_argument("unknown: " + argument);
    }
  }
  return result;
}

/// The promise that a schedule breaks; empty if none.
std::string outcome_of(uint64_t seed, const options& wanted, uint64_t& events) {
  world one(seed, wanted.mistake, wanted.traced);
  try {
    one.run();
  } catch (const broken& why) {
    events += one.events();
    return why.what();
  }
  events += one.events();
  return {};
}

} // namespace

int main(int argc, char** argv) try {
  const auto wanted = parsed(argc, argv);
  std::atomic<uint64_t> next{wanted.first}, found{0}, events{0}, first_found{0};
  const auto end = wanted.first + wanted.schedules;
  const auto began = std::chrono::steady_clock::now();
  const auto work = [&] {
    uint64_t made = 0;
    while (found == 0 || wanted.all) {
      const auto seed = next++;
      if (seed >= end)
        break;
      const auto promise = outcome_of(seed, wanted, made);
      if (promise.empty())
        continue;
      ++found;
      first_found = seed;
      std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), promise.c_str());
    }
    events += made;
  };
  std::thread other;
  if (!wanted.single)
    other = std::thread(work);
  work();
  if (other.joinable())
    other.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const auto ran = std::min(next.load(), end) - wanted.first;
  std::printf("%s: %llu schedules, %llu events, %llu broken, %.1f s\n", name_of(wanted.mistake),
              static_cast<unsigned long long>(ran), static_cast<unsigned long long>(events.load()),
              static_cast<unsigned long long>(found.load()), took.count());
  return (found != 0) == (wanted.mistake != planted::none) ? 0 : 1;
} catch (const std::exception& why) {
  std::fprintf(stderr, "%s\n", why.what());
  return 2;
}
