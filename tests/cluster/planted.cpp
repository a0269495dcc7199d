#include "tests/cluster/disturbances.hpp"
#include "tests/cluster/made_record.hpp"
#include <algorithm>
#include <map>
#include <set>

namespace salond::faults {
namespace {

constexpr int64_t second = 1000000;
constexpr size_t nowhere = static_cast<size_t>(-1);

using record_t = std::vector<event>;

struct kind_of_mistake {
  const char* name;
  broken promise;
};
constexpr kind_of_mistake kinds[] = {{"row lost", broken::lost},
                                     {"row doubled", broken::doubled},
                                     {"shown twice", broken::doubled},
                                     {"hole inside", broken::hole},
                                     {"hole at the begin", broken::hole},
                                     {"hole at the end", broken::hole},
                                     {"shown in another order", broken::order},
                                     {"stored in another order", broken::order},
                                     {"refused yet stored", broken::refused_yet_stored},
                                     {"unanswered", broken::unanswered},
                                     {"private row lost", broken::private_lost},
                                     {"private never told", broken::private_lost},
                                     {"private doubled", broken::private_doubled},
                                     {"private told at next login", broken::private_doubled},
                                     {"left out", broken::left_out},
                                     {"kicked stays", broken::kick_late},
                                     {"kicked is back", broken::kick_late},
                                     {"closed", broken::closed},
                                     {"invented", broken::invented}};
static_assert(std::size(kinds) == mistakes);

/// A random index of those of which `fits(index)` is true; `nowhere` where there is none.
template <class Fits>
size_t any_where(const record_t& record, randomness& random, Fits fits) {
  std::vector<size_t> all;
  for (size_t i = 0; i < record.size(); ++i)
    if (fits(i))
      all.push_back(i);
  return all.empty() ? nowhere : all[random() % all.size()];
}
template <class Fits>
size_t any_event(const record_t& record, randomness& random, kind type, Fits fits) {
  return any_where(record, random, [&](size_t i) { return record[i].type == type && fits(record[i]); });
}

bool anything(const event&) {
  return true;
}
bool erase(record_t& record, size_t at) {
  if (at != nowhere)
    record.erase(record.begin() + static_cast<std::ptrdiff_t>(at));
  return at != nowhere;
}
bool insert(record_t& record, size_t at, event event) {
  record.insert(record.begin() + static_cast<std::ptrdiff_t>(at), std::move(event));
  return true;
}
const event* find(const record_t& record, kind type, const std::string& text) {
  const auto found = std::find_if(record.begin(), record.end(),
                                  [&](const event& event) { return event.type == type && event.text == text; });
  return found == record.end() ? nullptr : &*found;
}
const event* find_on(const record_t& record, kind type, int64_t connection) {
  const auto found = std::find_if(record.begin(), record.end(), [&](const event& event) {
    return event.type == type && event.connection == connection;
  });
  return found == record.end() ? nullptr : &*found;
}

/// The next showing, in the same salon and on the same connection, that comes in the same piece.
size_t next_shown(const record_t& record, size_t at) {
  for (auto i = at + 1; i < record.size(); ++i) {
    const auto& one = record[i];
    if (one.connection != record[at].connection)
      continue;
    if (one.type == kind::shown && one.where == record[at].where)
      return i;
    if ((one.type == kind::left || one.type == kind::joined) && one.where == record[at].where)
      return nowhere;
  }
  return nowhere;
}
bool shown_before(const record_t& record, size_t at) {
  for (auto i = at; i-- > 0;) {
    const auto& one = record[i];
    if (one.connection != record[at].connection)
      continue;
    if (one.type == kind::shown && one.where == record[at].where)
      return true;
    if (one.type == kind::in || ((one.type == kind::left || one.type == kind::joined) && one.where == record[at].where))
      return false;
  }
  return false;
}
bool is_shown(const record_t& record, size_t at) {
  return record[at].type == kind::shown;
}

bool hole_inside(record_t& record, randomness& random) {
  return erase(record, any_where(record, random, [&](size_t i) {
                 return is_shown(record, i) && shown_before(record, i) && next_shown(record, i) != nowhere;
               }));
}

bool hole_at_begin(record_t& record, randomness& random) {
  std::map<std::string, int64_t> sent;
  for (const auto& each : record)
    if (each.type == kind::post)
      sent[each.text] = each.at_us;
  return erase(record, any_where(record, random, [&](size_t i) {
                 if (!is_shown(record, i) || shown_before(record, i) || next_shown(record, i) == nowhere)
                   return false;
                 auto began = find_on(record, kind::in, record[i].connection)->at_us;
                 for (size_t k = 0; k < i; ++k)
                   if (record[k].type == kind::joined && record[k].connection == record[i].connection
                       && record[k].where == record[i].where)
                     began = record[k].at_us;
                 return sent[record[i].text] > began;
               }));
}

/// Removes what a connection was shown last in a salon.
bool hole_at_end(record_t& record, randomness& random) {
  const disturbances troubles(record);
  return erase(record, any_where(record, random, [&](size_t i) {
                 if (!is_shown(record, i) || !shown_before(record, i) || next_shown(record, i) != nowhere)
                   return false;
                 const auto* out = find_on(record, kind::out, record[i].connection);
                 if (!out || out->text != "quit" || troubles.any(out->at_us - 10 * second, out->at_us))
                   return false;
                 for (const auto& each : record)
                   if (each.type == kind::left && each.connection == record[i].connection
                       && each.where == record[i].where)
                     return false;
                 return std::any_of(record.begin(), record.end(), [&](const event& other) {
                   return other.type == kind::shown && other.text == record[i].text
                          && other.connection != record[i].connection && other.at_us < out->at_us - 11 * second;
                 });
               }));
}

bool shown_in_other_order(record_t& record, randomness& random) {
  const auto at =
      any_where(record, random, [&](size_t i) { return is_shown(record, i) && next_shown(record, i) != nowhere; });
  if (at == nowhere)
    return false;
  std::swap(record[at].text, record[next_shown(record, at)].text);
  return true;
}

/// Two rows of one salon change places, which somebody was shown one behind the other.
bool stored_in_other_order(record_t& record, randomness& random) {
  const auto at =
      any_where(record, random, [&](size_t i) { return is_shown(record, i) && next_shown(record, i) != nowhere; });
  if (at == nowhere)
    return false;
  auto* first = const_cast<event*>(find(record, kind::stored, record[at].text));
  auto* other = const_cast<event*>(find(record, kind::stored, record[next_shown(record, at)].text));
  std::swap(first->number, other->number);
  return true;
}

bool unanswered(record_t& record, randomness& random) {
  const disturbances troubles(record);
  const auto at = any_event(record, random, kind::shown, [&](const event& event) {
    const auto* out = find_on(record, kind::out, event.connection);
    return out && troubles.longest_calm(event.node, event.at_us, out->at_us) > 11 * second;
  });
  if (at == nowhere)
    return false;
  auto made = record[at];
  made.type = kind::post;
  made.text = "never answered";
  return insert(record, at, made);
}

bool private_row_lost(record_t& record, randomness& random) {
  return erase(record, any_event(record, random, kind::kept, anything));
}

bool private_never_told(record_t& record, randomness& random) {
  const auto at = any_event(record, random, kind::told, [&](const event& event) {
    const auto* row = find(record, kind::kept, event.text);
    return row && row->where == event.client && row->client != event.client;
  });
  if (at == nowhere)
    return false;
  const auto told = record[at];
  record.erase(std::remove_if(record.begin(), record.end(),
                              [&](const event& event) {
                                return event.type == kind::told && event.text == told.text
                                       && event.client == told.client;
                              }),
               record.end());
  return true;
}

/// Something that was told to the user of that login, on another connection, before he asked for it.
const event* find_told_to(const record_t& record, size_t login) {
  for (auto i = login; i-- > 0;) {
    const auto& one = record[i];
    if (one.type != kind::told || one.client != record[login].client || one.at_us >= record[login].number)
      continue;
    const auto* row = find(record, kind::kept, one.text);
    if (row && row->where == one.client)
      return &one;
  }
  return nullptr;
}

bool private_doubled(record_t& record, randomness& random) {
  const disturbances troubles(record);
  const auto at = any_event(record, random, kind::told, [&](const event& event) {
    const auto* sent = find(record, kind::private_, event.text);
    return sent && !troubles.loss(sent->at_us, event.at_us);
  });
  return at != nowhere && insert(record, at, record[at]);
}

/// Its target logs in once more, and is told once more.
bool private_told_at_next_login(record_t& record, randomness& random) {
  const disturbances troubles(record);
  const auto at = any_where(record, random, [&](size_t i) {
    const auto* row = record[i].type == kind::in ? find_told_to(record, i) : nullptr;
    return row && !troubles.loss(find(record, kind::private_, row->text)->at_us, record[i].at_us);
  });
  if (at == nowhere)
    return false;
  auto one = record[at];
  one.type = kind::told;
  one.text = find_told_to(record, at)->text;
  return insert(record, at + 1, one);
}

bool left_out(record_t& record, randomness& random) {
  const disturbances troubles(record);
  return erase(record, any_event(record, random, kind::told, [&](const event& event) {
                 const auto* sent = find(record, kind::private_, event.text);
                 const auto* out = find_on(record, kind::out, event.connection);
                 return sent && find_on(record, kind::in, event.connection)->at_us < sent->at_us
                        && !troubles.any(sent->at_us - 10 * second, sent->at_us + 11 * second)
                        && (!out || out->at_us > sent->at_us + 11 * second);
               }));
}

/// Whether a kick lasts for some quiet seconds, on any node.
bool lasts(const record_t& record, const disturbances& troubles, size_t at) {
  constexpr auto enough = 4 * second;
  if (record[at].type != kind::kicked || troubles.any(record[at].at_us, record[at].at_us + enough))
    return false;
  for (auto i = at; i < record.size() && record[i].at_us < record[at].at_us + enough; ++i)
    if (record[i].type == kind::unkicked && record[i].client == record[at].client)
      return false;
  return true;
}

/// A connection of somebody who is kicked ends later than it did.
bool kicked_stays(record_t& record, randomness& random) {
  const disturbances troubles(record);
  const auto ends_for = [&](size_t i, size_t kick) {
    return record[i].type == kind::out && record[i].client == record[kick].client && record[i].text == "closed"
           && record[i].at_us >= record[kick].at_us && record[i].at_us < record[kick].at_us + second;
  };
  const auto out = any_where(record, random, [&](size_t i) {
    for (size_t kick = 0; kick < i; ++kick)
      if (lasts(record, troubles, kick) && ends_for(i, kick))
        return true;
    return false;
  });
  if (out == nowhere)
    return false;
  auto one = record[out];
  one.at_us += 3 * second;
  erase(record, out);
  auto to = out;
  while (to < record.size() && record[to].at_us != 0 && record[to].at_us < one.at_us)
    ++to;
  return insert(record, to, one);
}

bool kicked_is_back(record_t& record, randomness& random) {
  const disturbances troubles(record);
  const auto at = any_where(record, random, [&](size_t i) { return lasts(record, troubles, i); });
  if (at == nowhere)
    return false;
  event event{record[at].at_us + 3 * second, record[at].client, "a", 999, kind::in, "", "", 0};
  auto to = at;
  while (to < record.size() && record[to].at_us != 0 && record[to].at_us < event.at_us)
    ++to;
  return insert(record, to, event);
}

bool close_one(record_t& record, randomness& random) {
  const disturbances troubles(record);
  const auto never_kicked = [&](const event& one) {
    return std::none_of(record.begin(), record.end(),
                        [&](const event& other) { return other.type == kind::kicked && other.client == one.client; });
  };
  const auto at = any_event(record, random, kind::out, [&](const event& event) {
    return event.text == "quit" && never_kicked(event) && !troubles.of_node(event.node, event.at_us, event.at_us);
  });
  if (at != nowhere)
    record[at].text = "closed";
  return at != nowhere;
}

bool row_doubled(record_t& record, randomness& random) {
  const auto at = any_event(record, random, kind::stored, anything);
  if (at == nowhere)
    return false;
  auto again = record[at];
  again.number = 1000000;
  record.push_back(again);
  return true;
}

bool refused_yet_stored(record_t& record, randomness& random) {
  const auto at = any_event(record, random, kind::refused, anything);
  if (at == nowhere)
    return false;
  auto row = record[at];
  row.type = find(record, kind::post, row.text) ? kind::stored : kind::kept;
  row.number = 1000000;
  record.push_back(row);
  return true;
}

bool invented(record_t& record, randomness& random) {
  const auto at = any_event(record, random, kind::shown, anything);
  if (at == nowhere)
    return false;
  auto made = record[at];
  made.text = "said by nobody";
  return insert(record, at, made);
}

} // namespace

const char* name_of(mistake which) {
  return kinds[static_cast<size_t>(which)].name;
}

broken broken_by(mistake which) {
  return kinds[static_cast<size_t>(which)].promise;
}

bool plant(mistake which, std::vector<event>& record, randomness& random) {
  switch (which) {
  case mistake::row_lost:
    return erase(record, any_event(record, random, kind::stored, [&](const event& event) {
                   return find(record, kind::shown, event.text) != nullptr;
                 }));
  case mistake::row_doubled: return row_doubled(record, random);
  case mistake::shown_twice: {
    const auto at = any_event(record, random, kind::shown, anything);
    return at != nowhere && insert(record, at, record[at]);
  }
  case mistake::hole_inside: return hole_inside(record, random);
  case mistake::hole_at_begin: return hole_at_begin(record, random);
  case mistake::hole_at_end: return hole_at_end(record, random);
  case mistake::shown_in_other_order: return shown_in_other_order(record, random);
  case mistake::stored_in_other_order: return stored_in_other_order(record, random);
  case mistake::refused_yet_stored: return refused_yet_stored(record, random);
  case mistake::unanswered: return unanswered(record, random);
  case mistake::private_row_lost: return private_row_lost(record, random);
  case mistake::private_never_told: return private_never_told(record, random);
  case mistake::private_doubled: return private_doubled(record, random);
  case mistake::private_told_at_next_login: return private_told_at_next_login(record, random);
  case mistake::left_out: return left_out(record, random);
  case mistake::kicked_stays: return kicked_stays(record, random);
  case mistake::kicked_is_back: return kicked_is_back(record, random);
  case mistake::closed: return close_one(record, random);
  case mistake::invented: return invented(record, random);
  }
  return false;
}

} // namespace salond::faults
