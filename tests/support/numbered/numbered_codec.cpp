#include "tests/support/numbered/numbered_codec.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace salond::support {
namespace {

using nlohmann::json;

json words_of(const event::logged_in& event) {
  return {"welcome", event.username};
}
json words_of(const event::said& event) {
  return {"said", event.salon_name, event.author, event.text};
}
json words_of(const event::login_refused& event) {
  return {"refused", to_string(event.why)};
}
json words_of(const event::refused& event) {
  return {"refused", to_string(event.why)};
}
json words_of(const event::stopping&) {
  return {"stopping"};
}
template <class Event>
json words_of(const Event&) {
  return {"something else"};
}

class json_spelling : public spelling {
  void spell(spelled_texts& to, const event::any& event) const override {
    to.bytes += std::visit([](const auto& event) { return words_of(event).dump(); }, event) + '\n';
    to.envelopes.emplace_back();
  }
};

class quiet_spelling final : public json_spelling {
  bool tells_author() const override { return false; }
};

std::unique_ptr<codec> make(const config::settings& settings) {
  return std::make_unique<numbered_codec>(settings);
}

} // namespace

const dialect numbered_dialect{"numbered", make};

void numbered_codec::feed(std::string_view bytes, instant) {
  input_ += bytes;
}

void numbered_codec::end_input(instant) {
  if (stage_ == input::open)
    stage_ = input::ended;
}

std::optional<utterance> numbered_codec::next(instant now) {
  const auto end = input_.find('\n');
  if (end != std::string::npos && !successor_) {
    const auto line = input_.substr(0, end);
    input_.erase(0, end + 1);
    return understand(line, now);
  }
  if (stage_ != input::ended)
    return std::nullopt;
  stage_ = input::end_told;
  return input_ended{};
}

utterance numbered_codec::understand(std::string_view line, instant now) {
  const auto number = std::to_string(++heard_) + ' ';
  if (line.substr(0, number.size()) != number)
    return misspoken{};
  const auto words = json::parse(line.substr(number.size()), nullptr, false);
  if (!words.is_array() || words.empty()
      || !std::all_of(words.begin(), words.end(), [](const json& word) { return word.is_string(); }))
    return misspoken{};
  const auto word = [&](size_t place) {
    return words.size() > place ? words[place].get<std::string>() : std::string{};
  };
  if (word(0) == "log in")
    return command::any{command::log_in{word(1), word(2)}};
  if (word(0) == "post")
    return command::any{command::post{word(1), word(2)}};
  if (word(0) == "quit")
    return command::any{command::quit{}};
  if (word(0) == "quiet") {
    quiet_ = true;
    return nothing_said{};
  }
  if (word(0) != "text")
    return misspoken{};
  successor_ = text_dialect.make_codec(settings_);
  successor_->feed(std::exchange(input_, {}), now);
  return nothing_said{};
}

void numbered_codec::say(const event::any& event, instant now) {
  auto texts = std::make_shared<spelled_texts>();
  spells().spell(*texts, event);
  say_spelled(texts, now);
}

const spelling& numbered_codec::spells() const {
  static const json_spelling all;
  static const quiet_spelling all_but_ones_own;
  return quiet_ ? all_but_ones_own : all;
}

void numbered_codec::say_spelled(const shared_texts& spelled, instant) {
  if (closed_)
    return;
  std::string_view rest = spelled->bytes;
  while (!rest.empty()) {
    const auto size = rest.find('\n') + 1;
    output_ += std::to_string(++told_) + ' ';
    output_ += rest.substr(0, size);
    rest.remove_prefix(size);
  }
}

void numbered_codec::say_last(const std::optional<event::any>& last, instant now) {
  if (last)
    say(*last, now);
  closed_ = true;
}

void numbered_codec::cut_off(const event::any& last, instant now) {
  if (!closed_)
    output_.clear();
  say_last(last, now);
}

size_t numbered_codec::rest_of_text(std::string_view write, size_t out) const {
  return out == 0 || write[out - 1] == '\n' ? 0 : write.find('\n', out) + 1 - out;
}

void numbered_codec::drain(std::vector<shared_bytes>& out, instant) {
  if (!output_.empty())
    out.push_back(std::make_shared<const std::string>(std::exchange(output_, {})));
}

} // namespace salond::support
