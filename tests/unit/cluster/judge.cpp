#include "tests/unit/cluster/judge.hpp"
#include <algorithm>

namespace salond::simulation {
namespace {

std::string named(const char* word, int which) {
  return std::string(word) + " " + std::to_string(which);
}

} // namespace

int judge::written(int user, int connection, int place) {
  texts_.push_back({user, connection, place, fate::waiting, false});
  return static_cast<int>(texts_.size()) - 1;
}

int judge::text_of(const std::string& text) {
  return std::stoi(text);
}

void judge::stored(int place, const kept_row& row, bool by_its_home) {
  auto& rows = history_[static_cast<size_t>(place)];
  auto& text = texts_[static_cast<size_t>(row.text)];
  if (!by_its_home)
    throw broken("two epochs store: " + named("text", row.text));
  if (!rows.empty() && row.seq <= rows.back().seq)
    throw broken("a number is used twice: " + named("seq", static_cast<int>(row.seq)));
  if (text.is_stored)
    throw broken("a text is stored twice: " + named("text", row.text));
  if (text.answer == fate::refused)
    throw broken("refused, yet stored: " + named("text", row.text));
  for (auto before = rows.rbegin(); before != rows.rend(); ++before) {
    const auto& other = texts_[static_cast<size_t>(before->text)];
    if (other.user == text.user && other.connection == text.connection && row.text < before->text)
      throw broken("an author's texts change their order: " + named("text", row.text));
  }
  text.is_stored = true;
  rows.push_back(row);
}

void judge::answered(int which, bool is_stored) {
  auto& text = texts_[static_cast<size_t>(which)];
  if (text.answer == fate::stored || text.answer == fate::refused)
    throw broken("answered twice: " + named("text", which));
  if (text.answer == fate::unknown)
    return; // nobody hears it
  if (is_stored != text.is_stored)
    throw broken((is_stored ? "answered, yet not stored: " : "refused, yet stored: ") + named("text", which));
  text.answer = is_stored ? fate::stored : fate::refused;
}

void judge::abandoned(int user) {
  for (auto& text : texts_)
    if (text.user == user && text.answer == fate::waiting)
      text.answer = fate::unknown;
}

void judge::shown(int place, size_t shown, const cluster::stored_row& row) const {
  const auto& rows = history(place);
  const auto real = std::find_if(rows.begin(), rows.end(), [&row](const auto& one) { return one.seq == row.seq; });
  if (real == rows.end() || real->number != row.number)
    throw broken("told, yet not stored: " + named("seq", static_cast<int>(row.seq)));
  const auto index = static_cast<size_t>(real - rows.begin());
  if (index < shown)
    throw broken("a client is shown a text twice: " + named("seq", static_cast<int>(row.seq)));
  if (index > shown)
    throw broken("a client is shown a hole: before " + named("seq", static_cast<int>(row.seq)));
}

void judge::ended_by_others(const std::string& name, bool excusable) const {
  if (!excusable)
    throw broken("taken for lost, though it lives: node " + name);
}

void judge::closed(const std::string& name, bool excusable) const {
  if (!excusable)
    throw broken("clients are closed without need: node " + name);
}

void judge::all_answered() const {
  for (size_t i = 0; i < texts_.size(); ++i)
    if (texts_[i].answer == fate::waiting)
      throw broken("never answered: " + named("text", static_cast<int>(i)));
}

size_t judge::count_up_to(int place, int64_t seq) const {
  const auto& rows = history(place);
  return static_cast<size_t>(
      std::count_if(rows.begin(), rows.end(), [seq](const kept_row& one) { return one.seq <= seq; }));
}

} // namespace salond::simulation
