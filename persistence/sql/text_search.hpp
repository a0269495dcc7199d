// A search for a text in a salon, from its newest messages to the oldest: by the index where there is one, message by
// message where there is none (docs/decisions/0054-an-index-behind-the-posts.md). What the index says is looked at in
// the messages themselves, so that its age decides how long a search takes, and never what it finds.
#pragma once
#include "persistence/contracts/messages.hpp"
#include "persistence/sql/driver.hpp"
#include "protocol/words/search_form.hpp"
#include <map>

namespace salond::persistence {

class text_search {
public:
  /// Below the order number `before`, until `count` messages are found. `of`: the messages that are shown, as a
  /// statement goes on behind its columns, with the salon as its first value.
  text_search(driver& on, std::string of, salon_id salon, std::string_view text, int64_t before, size_t count);

  /// As much as is looked at in one go. REQUIRES: called once.
  searched_part run();

private:
  struct part {
    int64_t first = 0, end = 0, stretch = 0;
  };
  /// What the index says of a part: which messages have the grams, and of which it does not know their grams.
  struct found_messages {
    std::vector<int64_t> rare, any;
    bool whole = true; ///< its lists could be read
    bool is_nothing() const { return whole && rare.empty() && any.empty(); }
  };

  bool goes_on() const;
  void look_through(int64_t from);
  void look_at(const query_result& row);
  std::string text_of(int64_t seq);
  std::vector<part> parts_below();
  void search_parts(const std::vector<part>& parts);
  void find_rarest_in(const part& where);
  void read_lists(std::map<int64_t, found_messages>& to, const std::vector<part>& parts,
                  const std::vector<gram>& grams);
  void sift(std::map<int64_t, found_messages>& found, const std::vector<part>& parts, gram further);
  void search_part(const part& where, const found_messages& found);
  void verify(const std::vector<int64_t>& candidates);
  std::string message_columns() const;
  parameters message_values() const;

  driver& on_;
  const std::string of_;
  const salon_id salon_;
  const std::string wanted_; // its form
  const std::vector<gram> grams_;
  const size_t count_;
  size_t parts_at_once_;
  std::vector<gram> rarest_; // of grams_; none: they are not known yet
  searched_part result_;
  std::string form_; // of one message after the other
};

} // namespace salond::persistence
