// What a connection was shown of a salon is one unbroken piece of the salon's history, from its login or joining on, up
// to its end; and no connection on a living node is closed.
#include "tests/cluster/findings.hpp"
#include <algorithm>
#include <set>
#include <sstream>

namespace salond::faults {
namespace {

/// No post is in flight for longer.
constexpr double max_flight = 120;

/// A connection in a salon, from login or joining to leaving or its end.
struct piece {
  std::optional<int64_t> from_us; ///< what is sent from then on is to be shown
  std::optional<size_t> last;     ///< place of the last that was shown
};

class walk {
public:
  walk(findings& found, int64_t connection, const life& its) : found_(found), connection_(connection), its_(its) {}

  void go() {
    for (const auto* event : its_.events)
      hear(*event);
    if (its_.end == "closed" && lived(its_.out_us) && !kicked())
      found_.add(broken::closed, found_.who(connection_) + " was closed by the server at " + seconds_of(its_.out_us));
    if (its_.end == "quit")
      for (const auto& [salon, one] : pieces_)
        check_end(salon, one);
  }

private:
  void hear(const event& event) {
    if (event.type == kind::in) {
      std::istringstream salons(event.text);
      for (std::string salon; std::getline(salons, salon, ',');)
        pieces_[salon] = {event.at_us, std::nullopt};
    }
    if (event.type == kind::joined)
      pieces_.insert({event.where, {event.at_us, std::nullopt}});
    if (event.type == kind::left)
      pieces_.erase(event.where);
    if (event.type == kind::shown)
      show(event);
  }

  void show(const event& event) {
    const auto found = found_.known.place_of.find(event.text);
    if (found == found_.known.place_of.end())
      return; // lost, or invented: told elsewhere
    if (!shown_.insert(event.text).second)
      return found_.add(broken::doubled, event.text + " (" + event.where + ") was shown again to "
                                             + found_.who(connection_) + " at " + seconds_of(event.at_us));
    const auto place = found->second;
    auto& its = pieces_[event.where]; // without a beginning: a notice of joining may be lost
    if (its.last && place < *its.last)
      return found_.add(broken::order, event.text + " (" + event.where + ") was shown to " + found_.who(connection_)
                                           + " at " + seconds_of(event.at_us) + " behind "
                                           + rows_of(event.where)[*its.last] + ", which is stored later");
    if (its.last && place > *its.last + 1)
      hole(event, rows_of(event.where)[*its.last + 1], place - *its.last - 1);
    if (!its.last && its.from_us)
      check_begin(event, place, *its.from_us);
    its.last = place;
  }

  void check_begin(const event& event, size_t place, int64_t from_us) {
    const auto& rows = rows_of(event.where);
    for (auto i = place; i-- > 0;) {
      const auto sent = sent_us(rows[i]);
      if (sent > from_us)
        return hole(event, rows[i], 1);
      if (sent < from_us - us_of(max_flight))
        return;
    }
  }

  /// Others were shown it long before this one said farewell, in quiet times.
  void check_end(const std::string& salon, const piece& its) {
    const auto until = its_.out_us - us_of(found_.within.settle);
    if (found_.troubles.any(until, its_.out_us) || !found_.known.rows.count(salon))
      return;
    const auto& rows = rows_of(salon);
    for (auto i = its.last ? *its.last + 1 : 0; i < rows.size(); ++i) {
      const auto message = found_.known.messages.find(rows[i]);
      if (message == found_.known.messages.end()
          || (!its.last && message->second.sent_us <= its.from_us.value_or(never)))
        continue;
      const auto known = message->second.known_us();
      if (known && *known < until)
        return found_.add(broken::hole, rows[i] + " (" + salon + ") was shown to others at " + seconds_of(*known)
                                            + " and never to " + found_.who(connection_) + ", which quit at "
                                            + seconds_of(its_.out_us));
    }
  }

  void hole(const event& event, const std::string& missing, size_t count) {
    found_.add(broken::hole, missing + " (" + event.where + ") was not shown to " + found_.who(connection_)
                                 + ", which was shown " + event.text + " behind it at " + seconds_of(event.at_us) + "; "
                                 + std::to_string(count) + " missing");
  }

  bool lived(int64_t at) const { return !found_.troubles.of_node(its_.node, at, at) && !found_.troubles.links(at, at); }
  bool kicked() const {
    return std::any_of(found_.known.kicks.begin(), found_.known.kicks.end(), [&](const event& kick) {
      return kick.type == kind::kicked && kick.client == its_.client; // even a moment before that is answered
    });
  }
  const std::vector<std::string>& rows_of(const std::string& salon) const { return found_.known.rows.at(salon); }
  int64_t sent_us(const std::string& text) const {
    const auto found = found_.known.messages.find(text);
    return found == found_.known.messages.end() ? 0 : found->second.sent_us;
  }

  findings& found_;
  int64_t connection_;
  const life& its_;
  std::map<std::string, piece> pieces_;
  std::set<std::string> shown_;
};

} // namespace

void check_pieces(findings& found) {
  for (const auto& [connection, its] : found.known.connections)
    walk(found, connection, its).go();
}

} // namespace salond::faults
