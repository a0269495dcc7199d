// cluster_check FILE: says what of a cluster's promises a record (record.hpp) shows broken. Status 1: something is.
#include "tests/cluster/checker.hpp"
#include <exception>
#include <fstream>
#include <iostream>

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: cluster_check FILE\n";
    return 2;
  }
  try {
    std::ifstream in(arguments[1]);
    if (!in) {
      std::cerr << "cluster_check: " << arguments[1] << " cannot be read\n";
      return 2;
    }
    const auto found = salond::faults::check(salond::faults::read_record(in));
    for (const auto& each : found)
      std::cout << name_of(each.promise) << ": " << each.text << "\n";
    return found.empty() ? 0 : 1;
  } catch (const std::exception& why) {
    std::cerr << "cluster_check: " << why.what() << "\n";
    return 2;
  }
}
