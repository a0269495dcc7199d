// Who of this node's connections hears a salon, and how a batch reaches them: spelled once for all who take it alike
// (docs/decisions/0004-fan-out.md). A plain object of the I/O thread.
#pragma once
#include "actors/fan_out/subscriber.hpp"

namespace salond {

/// Events, spelled for each spelling when the first subscriber asks for it.
class spelled_batch {
public:
  /// `events` outlive it.
  explicit spelled_batch(const std::vector<event::any>& events) : events_(events) {}

  /// For everybody who takes it so.
  const shared_texts& as(const spelling& wanted) { return first_.spells == &wanted ? first_.texts : find(wanted); }
  /// For a subscriber: without what it said itself, where its spelling leaves that out. Null: nothing is left.
  const shared_texts& of(const subscriber& who) { return first_.spells == who.spells ? first_.texts : find_for(who); }

private:
  struct spelled {
    const spelling* spells = nullptr;
    shared_texts texts;
  };
  const shared_texts& find(const spelling& wanted);
  const shared_texts& find_for(const subscriber& who);
  bool has_words_of(connection_id author) const;
  shared_texts spell(const spelling& wanted, connection_id but = {}) const;

  const std::vector<event::any>& events_;
  spelled first_; ///< most often the only one; of a spelling that tells authors too, so that nobody need be looked for
  std::vector<spelled> others_;
  shared_texts for_author_;
};

class subscriber_list {
public:
  explicit subscriber_list(salon_id salon) : salon_(salon) {}
  subscriber_list(const subscriber_list&) = delete;
  subscriber_list& operator=(const subscriber_list&) = delete;

  /// `who` hears the salon from now on; once, however often it is added.
  void add(subscriber& who);
  /// It does not any more, if it did.
  void remove(subscriber& who);
  void clear();
  /// `who` hears no salon any more.
  static void remove_from_all(subscriber& who);
  /// The salons that `who` hears.
  static std::vector<salon_id> salons_of(const subscriber& who);

  size_t size() const { return all_.size(); }
  const std::vector<subscriber*>& all() const { return all_; }
  /// Whose connections they are, once a connection; not of those that were hung up on.
  std::vector<user_id> users() const;

  void tell(spelled_batch& batch) {
    for (auto* who : all_)
      if (const auto& texts = batch.of(*who))
        who->hear(texts);
  }

private:
  const salon_id salon_;
  std::vector<subscriber*> all_;
};

} // namespace salond
