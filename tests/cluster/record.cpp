#include "tests/cluster/record.hpp"
#include <algorithm>
#include <istream>
#include <ostream>
#include <sstream>
#include <stdexcept>

namespace salond::faults {
namespace {

constexpr const char* words[] = {"in",   "joined", "left",   "post",     "private", "sent", "refused", "shown", "past",
                                 "told", "out",    "kicked", "unkicked", "down",    "up",   "stored",  "kept"};

std::string field_of(const std::string& text) {
  return text.empty() ? "-" : text;
}

kind kind_of(const std::string& word) {
  const auto found = std::find(std::begin(words), std::end(words), word);
  if (found == std::end(words))
    throw std::invalid_argument("no kind of event: " + word);
  return static_cast<kind>(found - std::begin(words));
}

event event_in(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, '\t');)
    fields.push_back(field == "-" ? "" : field);
  if (fields.size() != 8)
    throw std::invalid_argument("not eight fields");
  return {std::stoll(fields[0]), fields[1], fields[2], std::stoll(fields[3]),
          kind_of(fields[4]),    fields[5], fields[6], std::stoll(fields[7])};
}

} // namespace

std::string spelled(const event& event) {
  std::ostringstream out;
  out << event.at_us << '\t' << field_of(event.client) << '\t' << field_of(event.node) << '\t' << event.connection
      << '\t' << words[static_cast<size_t>(event.type)] << '\t' << field_of(event.where) << '\t' << field_of(event.text)
      << '\t' << event.number;
  return out.str();
}

std::vector<event> read_record(std::istream& in) {
  std::vector<event> record;
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    try {
      record.push_back(event_in(line));
    } catch (const std::logic_error& why) {
      throw std::runtime_error("line " + std::to_string(number) + ": " + why.what());
    }
  }
  return record;
}

void write_record(std::ostream& out, const std::vector<event>& record) {
  for (const auto& each : record)
    out << spelled(each) << '\n';
}

} // namespace salond::faults
