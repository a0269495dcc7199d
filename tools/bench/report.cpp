#include "tools/bench/report.hpp"
#include "tools/bench/plot.hpp"
#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <sys/utsname.h>
#include <thread>

namespace salond::bench {
namespace {

constexpr std::array mistakes_kinds{"lost", "duplicates", "disordered", "altered", "foreign", "refused"};

std::string first_line_of(const char* command) {
  std::string line;
  if (auto* pipe = ::popen(command, "r")) {
    for (int c; (c = std::fgetc(pipe)) != EOF && c != '\n';)
      line += static_cast<char>(c);
    ::pclose(pipe);
  }
  return line;
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.rfind("model name", 0) == 0)
      return line.substr(line.find(':') + 2);
  return "unknown";
}

/// Results of the same thing: scenario, phase, members; then of the same server.
using thing = std::tuple<std::string, std::string, size_t>;

thing thing_of(const result_line& line) {
  return {line.value("scenario", ""), line.value("phase", ""), line.value("members", size_t{0})};
}

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// The results of one server at one thing.
class results {
public:
  explicit results(std::vector<const result_line*> lines) : lines_(std::move(lines)) {}
  bool has(const std::string& field) const { return lines_.front()->contains(field); }
  double of(const std::string& field) const {
    std::vector<double> values;
    for (const auto* line : lines_)
      if (line->contains(field) && line->at(field).is_number())
        values.push_back(line->at(field).get<double>());
    return median(values);
  }
  double latency(const std::string& share) const {
    std::vector<double> values;
    for (const auto* line : lines_)
      if (line->contains("latency_ms"))
        values.push_back(line->at("latency_ms").value(share, 0.0));
    return median(values);
  }
  /// The largest of all runs: a median hides what happens now and then.
  double most(const std::string& field) const {
    double result = 0;
    for (const auto* line : lines_)
      if (line->contains(field) && line->at(field).is_number())
        result = std::max(result, line->at(field).get<double>());
    return result;
  }
  size_t runs() const { return lines_.size(); }
  uint64_t mistakes() const {
    uint64_t all = 0;
    for (const auto* line : lines_)
      for (const auto* kind : mistakes_kinds)
        all += line->value(kind, uint64_t{0});
    return all;
  }
  bool kept_up() const {
    return std::all_of(lines_.begin(), lines_.end(), [](const auto* line) { return line->value("kept_up", true); });
  }

private:
  std::vector<const result_line*> lines_;
};

/// In the order in which things and servers were first measured.
struct sorted_results {
  std::vector<thing> things;
  std::vector<std::string> servers;
  std::map<std::pair<thing, std::string>, std::vector<const result_line*>> lines;

  explicit sorted_results(const std::vector<result_line>& all) {
    for (const auto& line : all) {
      const auto row = thing_of(line);
      const auto server = line.value("server", "");
      if (std::find(things.begin(), things.end(), row) == things.end())
        things.push_back(row);
      if (std::find(servers.begin(), servers.end(), server) == servers.end())
        servers.push_back(server);
      lines[{row, server}].push_back(&line);
    }
  }
  std::optional<results> find(const thing& row, const std::string& server) const {
    const auto found = lines.find({row, server});
    return found == lines.end() ? std::nullopt : std::optional<results>{found->second};
  }
};

std::string number(double value) {
  if (value < 0)
    return "-" + number(-value);
  char text[32];
  std::snprintf(text, sizeof text, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  std::string out = text;
  const auto end = std::min(out.find('.'), out.size());
  for (auto at = end; at > 3; at -= 3)
    out.insert(at - 3, ",");
  return out;
}

std::string title_of(const thing& row) {
  const auto& [scenario, phase, members] = row;
  return scenario + ", "
         + number(static_cast<double>(members)).substr(0, number(static_cast<double>(members)).find('.'))
         + (phase.empty() ? "" : ", " + phase);
}

/// `value` and, where there is a floor of the same run, how it relates to it.
std::string beside(double value, std::optional<double> floor) {
  auto out = number(value);
  if (floor && *floor > 0)
    out += " (" + number(value / *floor) + ")";
  return out;
}

void load_table(std::ostream& out, const sorted_results& sorted) {
  out << "| what | server | deliveries/s (to the floor) | CPU s a million (to the floor) | p50 ms | p99 ms | longest "
         "ms | "
         "generator's load | faults | runs |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  for (const auto& row : sorted.things)
    for (const auto& server : sorted.servers) {
      const auto found = sorted.find(row, server);
      if (!found || !found->has("deliveries_per_s"))
        continue;
      const auto floor = server == "floor" ? std::nullopt : sorted.find(row, "floor");
      const auto of_floor = [&](const char* field) { return floor ? std::optional{floor->of(field)} : std::nullopt; };
      out << "| " << title_of(row) << " | " << server << " | "
          << beside(found->of("deliveries_per_s"), of_floor("deliveries_per_s"))
          << (found->kept_up() ? "" : ", fell behind") << " | "
          << beside(found->of("cpu_s_per_million"), of_floor("cpu_s_per_million")) << " | "
          << number(found->latency("50")) << " | " << number(found->latency("99")) << " | "
          << number(found->latency("100")) << " | " << number(found->of("own_load")) << " | " << found->mistakes()
          << " | " << found->runs() << " |\n";
    }
}

struct column {
  const char* title;
  const char* field;
  enum class value { median, most } which = value::median;
};

/// One row for each result that has the first column's field.
void field_table(std::ostream& out, const sorted_results& sorted, const std::vector<column>& columns) {
  std::ostringstream rows;
  for (const auto& row : sorted.things)
    for (const auto& server : sorted.servers) {
      const auto found = sorted.find(row, server);
      if (!found || !found->has(columns.front().field))
        continue;
      rows << "| " << title_of(row) << " | " << server;
      for (const auto& each : columns)
        rows << " | "
             << (!found->has(each.field)             ? "–"
                 : each.which == column::value::most ? number(found->most(each.field))
                                                     : number(found->of(each.field)));
      rows << " | " << found->runs() << " |\n";
    }
  if (rows.str().empty())
    return;
  out << "\n| what | server";
  for (const auto& each : columns)
    out << " | " << each.title;
  out << " | runs |\n| --- | ---";
  for (size_t i = 0; i <= columns.size(); ++i)
    out << " | ---:";
  out << " |\n" << rows.str();
}

void add_cluster_tables(std::ostream& out, const sorted_results& sorted) {
  field_table(out, sorted,
              {{"statements a text", "statements_a_text"},
               {"syncs a text", "syncs_a_text"},
               {"rows read a text", "rows_read_a_text"},
               {"rows written a text", "rows_written_a_text"},
               {"database's bytes a text", "database_bytes_a_text"},
               {"frames a text", "frames_a_text"},
               {"nodes that a text crosses to", "crossings_a_text"}});
  field_table(out, sorted,
              {{"statements a login", "statements_a_login"},
               {"syncs a login", "syncs_a_login"},
               {"rows read a login", "rows_read_a_login"},
               {"rows written a login", "rows_written_a_login"}});
  field_table(out, sorted,
              {{"busiest node, % of a core", "busiest_node_percent"},
               {"database, % of a core", "database_percent"},
               {"statements a second", "statements_a_second"},
               {"syncs a second", "syncs_a_second"},
               {"rows read a second", "rows_read_a_second"},
               {"rows written a second", "rows_written_a_second"},
               {"database's bytes a second", "database_bytes_a_second"}});
  field_table(out, sorted,
              {{"salons that moved", "salons_moved"},
               {"longest wait of a post, median ms", "held_ms_50"},
               {"p99 ms", "held_ms_99"},
               {"longest ms", "held_ms_100", column::value::most},
               {"posts refused", "posts_refused", column::value::most},
               {"s", "seconds"}});
  field_table(out, sorted,
              {{"statements a salon", "statements_a_salon"},
               {"syncs a salon", "syncs_a_salon"},
               {"rows read a salon", "rows_read_a_salon"},
               {"CPU ms a salon", "cpu_ms_per_salon"},
               {"CPU s", "cpu_s"}});
  field_table(out, sorted,
              {{"s until all salons take posts", "seconds_to_service"},
               {"slowest run, s", "seconds_to_service", column::value::most},
               {"salons", "salons_lost"},
               {"posts refused", "posts_refused", column::value::most}});
}

std::string latency_plot(const sorted_results& sorted, const std::string& phase) {
  std::vector<curve> curves;
  axis shares{"deliveries that came within the time",
              true,
              {{1, "0 %"}, {0.1, "90 %"}, {0.01, "99 %"}, {0.001, "99.9 %"}, {0.0001, "99.99 %"}}};
  for (const auto& server : sorted.servers) {
    const auto found = sorted.find({"fan-out", phase, 1000}, server);
    if (!found)
      continue;
    curve line{server, {}};
    for (const auto* share : {"10", "50", "75", "90", "95", "99", "99.5", "99.9", "99.99"})
      line.points.emplace_back(1 - std::stod(share) / 100, std::max(found->latency(share), 0.001));
    curves.push_back(std::move(line));
  }
  if (curves.empty())
    return {};
  return plot("Latency in a salon of 1,000, " + phase.substr(5) + " deliveries a second", shares,
              {"ms since a message was due", true, {}}, curves);
}

std::string efficiency_plot(const sorted_results& sorted) {
  std::vector<curve> curves;
  for (const auto& server : sorted.servers) {
    curve line{server, {}};
    for (const size_t members : {100, 1000, 5000})
      if (const auto found = sorted.find({"fan-out", "closed:128", members}, server);
          found && found->of("cpu_s_per_million") > 0)
        line.points.emplace_back(members, 1e6 / found->of("cpu_s_per_million"));
    if (line.points.size() > 1)
      curves.push_back(std::move(line));
  }
  if (curves.empty())
    return {};
  return plot("Deliveries a CPU second, 128 messages in flight",
              {"members of the salon", true, {{100, "100"}, {1000, "1,000"}, {5000, "5,000"}}},
              {"deliveries a CPU second", true, {}}, curves);
}

std::string around(const std::vector<result_line>& lines) {
  const auto &first = lines.front(), &last = lines.back();
  std::ostringstream out;
  out << "Measured from " << first.value("date", "") << " to " << last.value("date", "") << " at commit "
      << first.value("commit", "") << " on " << first.value("machine", "") << ". " << first.value("settings", "")
      << " Medians, where there is more than one run.\n\n";
  if (const auto note = first.value("note", ""); !note.empty())
    out << "Note: " << note << ".\n\n";
  return out.str();
}

} // namespace

result_line surroundings(const std::string& note) {
  utsname system{};
  ::uname(&system);
  const auto now = std::time(nullptr);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", std::gmtime(&now));
  return {{"machine",
           std::to_string(std::thread::hardware_concurrency()) + " × " + processor() + ", Linux " + system.release},
          {"commit",
           first_line_of("git -C '" SALOND_SOURCE_FOLDER "' describe --always --dirty --exclude='*' 2>/dev/null")},
          {"date", date},
          {"note", note}};
}

journal::journal(const std::string& file, result_line common) : common_(std::move(common)) {
  if (!file.empty())
    file_.open(file, std::ios::app);
  if (!file.empty() && !file_)
    throw std::runtime_error("cannot write " + file);
}

void journal::write(const result_line& line) {
  lines_.push_back(line);
  lines_.back().update(common_);
  file_ << lines_.back().dump() << std::endl;
}

std::vector<result_line> read_lines(const std::string& file) {
  std::ifstream in(file);
  std::vector<result_line> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(result_line::parse(line));
  if (lines.empty())
    throw std::runtime_error("no results in " + file);
  return lines;
}

std::string table(const std::vector<result_line>& lines) {
  const sorted_results sorted{lines};
  std::ostringstream out;
  load_table(out, sorted);
  field_table(out, sorted,
              {{"start to ready ms", "ready_ms"},
               {"PSS KiB, nobody in", "empty_pss_kib"},
               {"PSS KiB, all in", "pss_kib"},
               {"PSS KiB a connection", "pss_kib_per_connection"},
               {"load when idle", "idle_load"}});
  field_table(out, sorted,
              {{"s until all are in", "entry_s"},
               {"slowest run, s", "entry_s", column::value::most},
               {"CPU ms a login", "cpu_ms_per_login"},
               {"failed attempts", "failed_attempts"},
               {"never in", "never_in"}});
  field_table(out, sorted,
              {{"others' p99, to beside a busy loop", "p99_to_busy_loop"},
               {"login, median ms", "login_ms"},
               {"longest login ms", "longest_login_ms", column::value::most},
               {"server's load", "server_load"}});
  field_table(out, sorted, {{"others' rate, to before", "rate_to_before"}, {"PSS growth KiB", "pss_growth_kib"}});
  field_table(out, sorted,
              {{"PSS KiB at the end", "soak_pss_kib"},
               {"growth in the last third, KiB a minute", "pss_slope_kib_per_min"},
               {"messages delivered", "deliveries"},
               {"operators' commands", "operators_commands"}});
  add_cluster_tables(out, sorted);
  return out.str();
}

bool faultless(const std::vector<result_line>& lines) {
  return std::all_of(lines.begin(), lines.end(), [](const auto& line) { return results{{&line}}.mistakes() == 0; });
}

void write_documents(const std::vector<result_line>& lines, const std::string& folder) {
  const sorted_results sorted{lines};
  const auto plots = std::filesystem::path(folder) / "performance";
  std::filesystem::create_directories(plots);
  std::ostringstream part;
  part << around(lines) << table(lines);
  const std::array<std::pair<const char*, std::string>, 3> pictures{
      {{"latency-20000.svg", latency_plot(sorted, "open:20000")},
       {"latency-50000.svg", latency_plot(sorted, "open:50000")},
       {"efficiency.svg", efficiency_plot(sorted)}}};
  for (const auto& [name, picture] : pictures)
    if (!picture.empty()) {
      std::ofstream(plots / name) << picture;
      part << "\n![" << name << "](performance/" << name << ")\n";
    }
  const std::string begin = "<!-- results: begin -->\n", end = "<!-- results: end -->";
  const auto file = std::filesystem::path(folder) / "performance.md";
  std::ifstream in(file);
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  const auto from = text.find(begin), to = text.find(end);
  if (from == std::string::npos || to == std::string::npos)
    throw std::runtime_error(file.string() + " has no place for results");
  text.replace(from + begin.size(), to - from - begin.size(), part.str());
  std::ofstream(file) << text;
}

} // namespace salond::bench
