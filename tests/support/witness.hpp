// A connection that only writes down what it is told and asked.
#pragma once
#include "actors/fan_out/subscriber.hpp"
#include "protocol/text/wire_text.hpp"
#include "tests/support/effects_text.hpp"
#include <functional>

namespace salond::support {

/// Spells events as the text dialect does.
class text_spelling final : public spelling {
public:
  void spell(spelled_texts& to, const event::any& event) const override {
    ++spelled;
    text::spell_to(to, event);
  }
  bool tells_author() const override { return author_hears; }

  mutable size_t spelled = 0; ///< events so far
  bool author_hears = true;
};

class witness final : public subscriber {
public:
  explicit witness(const spelling& spelled) { spells = &spelled; }

  void hear(const shared_texts& texts) override {
    heard.push_back(first_line(texts));
    last = texts;
  }
  void deliver(const shared_texts& texts, private_id which) override {
    heard.push_back("delivered " + std::to_string(which.value) + " " + first_line(texts));
    last = texts;
  }
  void confirm(const decided_request& request) override { heard.push_back("decided " + request.salon_name); }
  void answered(rules::answer::any answer) override { heard.push_back("answer " + std::to_string(answer.index())); }
  void close(const std::optional<event::any>& words) override {
    heard.push_back("close " + text_of(*words));
    closed = true;
  }
  bool hung_up() const override { return closed; }
  void flush() override {
    ++flushed;
    if (when_flushed)
      when_flushed();
  }
  void time_has_come(instant) override { heard.push_back("woken"); }
  void lost(salon_id which) override { heard.push_back("lost " + std::to_string(which.value)); }
  void services_lost() override { heard.push_back("services lost"); }
  void unparked() override { heard.push_back("unparked"); }
  void attempt_due() override { heard.push_back("may try"); }
  void account_is(const std::string& username, role) override { heard.push_back("is " + username); }

  lines heard;
  shared_texts last; ///< of those that were spelled for many
  int flushed = 0;
  std::function<void()> when_flushed;
  bool closed = false;

private:
  static std::string first_line(const shared_texts& of) { return of->bytes.substr(0, of->bytes.find('\n')); }
};

} // namespace salond::support
