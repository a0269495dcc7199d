// What the clients of a cluster sent and saw, what happened to nodes and database meanwhile, and what the database held
// at the end: a line an event, in the order in which things happened. All times are of one clock.
//
// A line has eight fields with a tab between two; "-" is an empty one:
//   time (µs)  client  node  connection  kind  where  text  number
// Texts are unique: each is sent once. The kinds:
//   in        the connection is logged in; text: its salons, with commas between them; number: when it asked (µs)
//   joined    it is shown that its own user joined the salon `where`;  left: the same of leaving
//   post      it sends `text` to the salon `where`
//   private   it sends `text` to the user `where`
//   sent      its private message `text` is answered: it is stored
//   refused   its post or private message `text` is refused
//   shown     it is shown `text` in the salon `where`, as it is said
//   past      it is shown `text` of the salon `where` as history
//   told      it is told the private message `text`
//   out       it ends; text: "quit" (its client said so, and read to the end), "left" (its client closed it),
//             "closed" (by the server)
//   kicked    an operator's kick of `client` was answered;  unkicked: its end was
//   down      begins of `node`: where "node" it does not run, "cut" it does not reach the database, "links" it does not
//             reach other nodes, "database" nobody reaches the database;  up: that is over
//   stored    a row: the author `client`, the salon `where`, its place `number`
//   kept      a row of a private message: from `client` to the user `where`, its place `number`; node: "waiting", or
//             "marked" as delivered
#pragma once
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace salond::faults {

enum class kind {
  in,
  joined,
  left,
  post,
  private_,
  sent,
  refused,
  shown,
  past,
  told,
  out,
  kicked,
  unkicked,
  down,
  up,
  stored,
  kept
};

struct event {
  int64_t at_us = 0;
  std::string client, node;
  int64_t connection = 0;
  kind type = kind::in;
  std::string where, text;
  int64_t number = 0;
};

/// One line, without its end.
std::string spelled(const event& event);
/// Throws std::runtime_error, with the line's number, where a line is none.
std::vector<event> read_record(std::istream& in);
void write_record(std::ostream& out, const std::vector<event>& record);

} // namespace salond::faults
