#include "tests/end_to_end/load.hpp"
#include <algorithm>

namespace salond::end_to_end {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> salons{"Général", "Blabla"};
constexpr size_t senders = 8, readers = 3;
// Longer than any outage that the tests make.
constexpr auto patience = 120s;
constexpr auto poll_pause = 100ms;

std::string name_of(size_t which) {
  return (which < senders ? "écrivain " : "lectrice ") + std::to_string(which);
}

std::string line_of(const std::string& author, const std::string& salon, const std::string& text) {
  return author + " dans le salon " + salon + ": " + text;
}

/// The server's end, perhaps in the middle of a line.
bool is_end(const std::string& line) {
  return line == support::closed || line.find("<without an end>") != std::string::npos;
}

std::string compared(const std::vector<std::string>& part, std::vector<std::string>::const_iterator whole,
                     const std::string& salon) {
  for (size_t i = 0; i < part.size(); ++i, ++whole)
    if (part[i] != *whole)
      return salon + ", number " + std::to_string(i) + ": shown was \"" + part[i] + "\", stored is \"" + *whole + "\"";
  return {};
}

} // namespace

void load::prepare(const std::string& endpoint) {
  for (size_t i = 0; i < senders + readers; ++i) {
    auto client = support::newcomer(endpoint, name_of(i));
    client.say("JOIN:Blabla");
    client.hear();
  }
}

load::load(const std::string& endpoint, const std::string& mark) : mark_(mark) {
  for (size_t i = 0; i < senders + readers; ++i) {
    witnesses_.push_back({name_of(i), i < senders ? salons[i % 2] : "", {}, {}, {}});
    clients_.emplace_back(endpoint);
    if (!clients_.back().log_in(name_of(i)))
      throw std::runtime_error(name_of(i) + " cannot log in");
  }
}

load::~load() {
  join();
}

void load::start() {
  for (size_t i = 0; i < senders; ++i)
    threads_.emplace_back([this, i] { post(i); });
  for (size_t i = senders; i < senders + readers; ++i)
    threads_.emplace_back([this, i] { read(i); });
}

void load::finish() {
  ending_ = true;
  for (size_t i = 0; i < senders; ++i)
    threads_[i].join();
  posted_ = true;
  for (size_t i = senders; i < threads_.size(); ++i)
    threads_[i].join();
  threads_.clear();
}

void load::join() {
  ending_ = true;
  posted_ = true;
  for (auto& each : threads_)
    each.join();
  threads_.clear();
}

bool load::hear(size_t which, const std::string& until) {
  auto& me = witnesses_[which];
  for (;;) {
    const auto line = clients_[which].hear(patience);
    if (line == support::nothing)
      me.problem = "nothing came while waiting for: " + until;
    if (line == support::nothing || is_end(line))
      return false;
    for (const auto& salon : salons)
      if (line.find(" dans le salon " + salon + ": " + mark_) != std::string::npos)
        me.shown[salon].push_back(line);
    if (line == until || is_refusal(line)) {
      if (!me.salon.empty())
        ++(line == until ? shown_ : refused_);
      if (line != until)
        me.refused.push_back(until);
      return true;
    }
  }
}

void load::post(size_t which) {
  const auto& me = witnesses_[which];
  for (int n = 1; !ending_; ++n) {
    const auto text = mark_ + " " + std::to_string(n);
    if (!clients_[which].say("MSG (" + me.salon + "):" + text) || !hear(which, line_of(me.name, me.salon, text)))
      return;
  }
}

void load::read(size_t which) {
  auto& me = witnesses_[which];
  while (!posted_) {
    const auto line = clients_[which].hear(poll_pause);
    if (line == support::nothing)
      continue;
    if (is_end(line))
      return;
    for (const auto& salon : salons)
      if (line.find(" dans le salon " + salon + ": " + mark_) != std::string::npos)
        me.shown[salon].push_back(line);
  }
  clients_[which].say("RIEN"); // what is answered comes after all that was shown before
  hear(which, "ERREUR: commande inconnue");
}

bool is_refusal(const std::string& line) {
  return line == "ERREUR: service momentanément indisponible, réessayez" || line == "ERREUR: serveur occupé, réessayez";
}

talk stored(const std::function<support::rows(const std::string& sql)>& ask, const std::string& mark) {
  talk result;
  for (const auto& row : ask("SELECT c.username, s.nom_salon, m.contenu FROM messages m JOIN clients c ON "
                             "c.client_id = m.client_id JOIN salons s ON s.salon_id = m.salon_id "
                             "WHERE m.contenu LIKE '"
                             + mark + " %' ORDER BY m.salon_id, m.seq"))
    result[row[1]].push_back(line_of(row[0], row[1], row[2]));
  return result;
}

talk history(const std::string& endpoint, const std::string& mark) {
  talk result;
  support::line_client client(endpoint);
  if (!client.log_in(name_of(0)))
    throw std::runtime_error("cannot log in to read the history");
  for (const auto& salon : salons) {
    client.say("HISTORY:" + salon + ":500");
    client.say("RIEN");
    for (auto line = client.hear(); line != "ERREUR: commande inconnue"; line = client.hear()) {
      if (line == support::closed || line == support::nothing)
        throw std::runtime_error("the history ends with " + line);
      if (line.find(": " + mark + " ") != std::string::npos)
        result[salon].push_back(line);
    }
  }
  return result;
}

std::string not_the_beginning(const talk& part, const talk& whole) {
  for (const auto& [salon, lines] : part) {
    const auto in = whole.find(salon);
    if (in == whole.end() || in->second.size() < lines.size())
      return salon + " misses " + lines.back() + " at least";
    if (auto why = compared(lines, in->second.begin(), salon); !why.empty())
      return why;
  }
  return {};
}

std::string not_the_end(const talk& part, const talk& whole) {
  for (const auto& [salon, lines] : part) {
    const auto in = whole.find(salon);
    if (in == whole.end() || in->second.size() < lines.size())
      return salon + " misses " + lines.back() + " at least";
    const auto from = in->second.end() - static_cast<std::ptrdiff_t>(lines.size());
    if (auto why = compared(lines, from, salon); !why.empty())
      return why;
  }
  return {};
}

} // namespace salond::end_to_end
