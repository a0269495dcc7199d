// Each text by itself: lost, doubled, refused yet stored, unanswered; and whether an author's order was kept.
#include "tests/cluster/findings.hpp"
#include <algorithm>

namespace salond::faults {
namespace {

void check_rows(findings& found, const std::string& text, const message& its) {
  const auto known = its.known_us();
  if (known && its.rows.empty())
    found.add(its.is_private ? broken::private_lost : broken::lost,
              text + " (" + its.where + ") was known as stored at " + seconds_of(*known)
                  + " and is not in the database");
  if (its.rows.size() > 1)
    found.add(its.is_private ? broken::private_doubled : broken::doubled,
              text + " (" + its.where + ") is in the database " + std::to_string(its.rows.size()) + " times");
  if (its.refused_us && (!its.rows.empty() || known))
    found.add(broken::refused_yet_stored, text + " (" + its.where + ") of " + found.who(its.connection)
                                              + " was refused at " + seconds_of(*its.refused_us)
                                              + (its.rows.empty() ? " and shown" : " and is in the database"));
}

void check_answer(findings& found, const std::string& text, const message& its) {
  const auto connection = found.known.connections.find(its.connection);
  if (connection == found.known.connections.end())
    return;
  const auto& author = connection->second;
  auto until = std::min(author.out_us, found.known.end_us);
  const auto answer = its.answered_us ? its.answered_us : its.refused_us;
  if (answer)
    until = std::min(until, *answer);
  const auto most = found.troubles.links(its.sent_us, until) ? found.within.answer_cut : found.within.answer;
  const auto waited = found.troubles.longest_calm(author.node, its.sent_us, until);
  if (waited > us_of(most))
    found.add(broken::unanswered, text + " (" + its.where + ") of " + found.who(its.connection) + ", sent at "
                                      + seconds_of(its.sent_us) + ", waited " + seconds_of(waited)
                                      + (answer ? "" : " and was never answered"));
}

/// What one connection sent to one salon is stored in that order.
void check_authors_order(findings& found) {
  for (const auto& [connection, its] : found.known.connections) {
    std::map<std::pair<kind, std::string>, std::pair<int64_t, std::string>> last;
    for (const auto* event : its.events) {
      if (event->type != kind::post && event->type != kind::private_)
        continue;
      const auto& rows = found.known.messages.at(event->text).rows;
      if (rows.empty())
        continue;
      // Private messages have one order, whoever they are for.
      auto& before = last[{event->type, event->type == kind::post ? event->where : ""}];
      if (!before.second.empty() && rows.front() < before.first)
        found.add(broken::order, event->text + " of " + found.who(connection) + " is stored in front of "
                                     + before.second + ", which it sent earlier");
      before = {std::max(before.first, rows.front()), event->text};
    }
  }
}

} // namespace

void check_messages(findings& found) {
  for (const auto& each : found.known.strange)
    found.add(broken::invented, each.text + " (" + each.where + ") was sent by nobody: " + spelled(each));
  for (const auto& [text, its] : found.known.messages) {
    check_rows(found, text, its);
    check_answer(found, text, its);
  }
  check_authors_order(found);
}

} // namespace salond::faults
