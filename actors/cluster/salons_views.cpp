// The salons that this node's clients hear, and what they post.
#include "actors/ask_store.hpp"
#include "actors/cluster/salons.hpp"
#include "actors/rules/cluster/homes.hpp"
#include "persistence/contracts/homes.hpp"

namespace salond::cluster {
namespace {

using rules::cluster::posts_in_flight;
using rules::cluster::subscription;
using posted = rules::answer_of<command::post>;
using std::chrono::milliseconds;

// After so long without an answer a home, or the store, is asked once more.
constexpr milliseconds answer_within{1500}, read_within{2500};
// One question to the store is for so many salons, and for so many at once their homes are looked for: all salons of a
// lost node need another one.
constexpr size_t salons_a_question = 256, max_looking = 2048;
// What was missed comes in pieces of so many messages.
constexpr size_t max_missed = 1000;

/// What a post's author is answered: that it is stored.
posted& reply_to(told& out, connection_id author) {
  auto& reply = out.replies.emplace_back();
  reply.to = author;
  return reply.answer.emplace<posted>();
}

} // namespace

void salons::post(salon_id which, salond::post&& said) {
  auto* where = find(which);
  if (!where)
    return; // the node has ended
  posts_in_flight::entry entry;
  entry.number = rules::cluster::number_of(run_, ++posts_);
  entry.from = said.from;
  entry.author = said.author;
  entry.text = std::move(said.text);
  entry.since = now();
  entry.author_name = std::move(said.username);
  entry.salon_as_typed = std::move(said.salon_as_typed);
  where->posts.add(std::move(entry));
  if (look())
    send_posts(*where);
}

void salons::send_posts(salon& where) {
  for (auto& next : where.posts.send(where.id))
    send(where.at, std::move(next));
}

// --- attaching (docs/decisions/0034-attaching-and-posts-in-flight.md) ---

/// Where it is detached, or has waited for too long for an answer, its home is looked for: with others, as many as are
/// one question.
void salons::keep_view(salon& where, instant time, std::vector<salon*>& homeless) {
  const auto waited = time - where.since;
  const auto state = where.view.state();
  if ((state == subscription::phase::asking && waited > answer_within)
      || (state == subscription::phase::reading && waited > read_within))
    detach(where);
  if (!wants_home(where))
    return;
  homeless.push_back(&where);
  if (homeless.size() == salons_a_question)
    look_for_homes(std::exchange(homeless, {}));
}

void salons::detach(salon& where) {
  where.view.detach();
  where.posts.detach();
}

void salons::attach_anew(salon& where) {
  detach(where);
  look_for_home(where);
}

void salons::look_for_home(salon& where) {
  if (wants_home(where))
    look_for_homes({&where});
}

/// Where it does not now, the next tick comes back to it.
bool salons::wants_home(const salon& where) const {
  const auto* known = clients_->salons.find(where.id);
  return where.view.state() == subscription::phase::detached && !where.looking && looking_ < max_looking && !closing_
         && known && (!known->archived || !where.posts.empty()); // authors are answered, whatever becomes of the salon
}

void salons::look_for_homes(std::vector<salon*> which) {
  std::vector<salon_id> ids;
  for (auto* salon : which) {
    salon->looking = true;
    ids.push_back(salon->id);
  }
  looking_ += which.size();
  const auto over = [this, which = std::move(which)] {
    for (auto* salon : which)
      salon->looking = false;
    looking_ -= which.size();
    return which;
  };
  read_store(
      self_, clients_->store,
      [ids](const persistence::reading& db) {
        std::vector<std::optional<persistence::stored_home>> homes;
        for (const auto id : ids)
          homes.push_back(db.homes.of(id));
        return homes;
      },
      [this, over](const std::vector<std::optional<persistence::stored_home>>& homes) {
        const auto rows = member_->rows();
        auto home = homes.begin();
        for (auto* salon : over())
          found_home(*salon, *home++, rows);
      },
      [over](fault) { over(); });
}

void salons::found_home(salon& where, const std::optional<persistence::stored_home>& home,
                        const std::vector<rules::cluster::node_row>& rows) {
  if (!look() || where.view.state() != subscription::phase::detached)
    return;
  const auto to = home && !home->gone ? std::optional{node_id{home->run}} : rules::cluster::choose_home(where.id, rows);
  if (to)
    ask_home(where, *to);
}

void salons::ask_home(salon& where, node_id home) {
  where.at = home;
  if (home != run_ && up_.count(home) == 0)
    return; // the next tick tries again
  where.since = now();
  send(home, where.view.ask());
}

void salons::hear_answer(const attached& answer) {
  auto* where = find(answer.salon);
  if (!where)
    return;
  const auto range = where->view.answered(answer);
  if (!range)
    return;
  where->answer = answer;
  where->since = now();
  if (range->empty())
    caught_up(*where, *range, {});
  else
    read_missed(*where, *range);
}

void salons::read_missed(salon& where, const subscription::range& range) {
  read_store(
      self_, clients_->store,
      [which = where.id, range](const persistence::reading& db) {
        return db.homes.posted(which, range.after, range.to, max_missed);
      },
      [this, &where, range](std::vector<persistence::posted_message>& found) {
        if (!look())
          return;
        std::vector<stored_row> rows;
        for (auto& message : found)
          rows.push_back({message.seq,
                          {message.post},
                          message.author,
                          std::move(message.text),
                          message.at,
                          std::move(message.author_name)});
        caught_up(where, range, std::move(rows));
      },
      [](fault) {}); // it is asked once more, when it has waited
}

/// A piece that is not the last is told, and then the home is asked anew: only behind the last one it is known which
/// posts in flight are stored.
void salons::caught_up(salon& where, const subscription::range& read, std::vector<stored_row> rows) {
  const bool cut = rows.size() >= max_missed && rows.back().seq < read.to;
  const auto up_to = cut ? subscription::range{read.question, read.after, rows.back().seq} : read;
  if (!where.view.caught_up(up_to))
    return;
  tell(where, rows);
  if (cut)
    return attach_anew(where);
  refuse(where, where.posts.attached(where.answer), fault::storage);
  for (auto& kept : where.view.kept())
    hear_batch(kept);
  send_posts(where);
}

void salons::hear_batch(batch& told) {
  auto* where = find(told.salon);
  if (!where)
    return;
  switch (where->view.hear(told)) {
  case subscription::verdict::nothing: return;
  case subscription::verdict::again: return attach_anew(*where);
  case subscription::verdict::tell: break;
  }
  tell(*where, told.rows);
  for (const auto& post : told.refused)
    if (const auto entry = where->posts.refused(post.number))
      refuse(*where, {*entry}, post.reason);
}

void salons::hear_again(const attach_again& again) {
  auto* where = find(again.salon);
  if (!where || !where->view.hear(again))
    return;
  detach(*where);
  if (again.epoch.value != 0) // else its home is not where it was asked: the next tick looks again
    look_for_home(*where);
}

// --- telling clients ---

void salons::tell(salon& where, std::vector<stored_row>& rows) {
  const auto* known = clients_->salons.find(where.id);
  if (rows.empty() || !known)
    return;
  told out;
  out.salon = where.id;
  for (auto& row : rows) {
    const auto ours = where.posts.stored(row.number);
    const auto from = ours ? ours->from : connection_id{};
    if (!row.text.empty()) // it is kept, and not shown any more
      out.events.push_back(event::said{where.id, known->record.name, std::move(row.author_name), std::move(row.text),
                                       row.seq, row.at, from});
    if (ours)
      reply_to(out, from);
  }
  clients_->tell(out, now());
  tell_if_answered(where);
}

void salons::refuse(salon& where, const std::vector<posts_in_flight::entry>& posts, fault why) {
  if (posts.empty())
    return;
  told out;
  out.salon = where.id;
  for (const auto& post : posts)
    reply_to(out, post.from) = {why, post.salon_as_typed};
  clients_->tell(out, now());
  tell_if_answered(where);
}

void salons::when_answered(salon_id which, std::function<void()> tell) {
  auto* where = find(which);
  if (!where)
    return tell();
  where->tell_answered.push_back(std::move(tell));
  tell_if_answered(*where);
}

void salons::tell_if_answered(salon& where) {
  if (!where.posts.empty())
    return;
  for (const auto& tell : std::exchange(where.tell_answered, {}))
    tell();
}

} // namespace salond::cluster
