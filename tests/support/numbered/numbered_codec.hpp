// A tiny dialect for tests, to see what a dialect costs: a folder, and a row where the factory has one. Lines of JSON:
//   > 1 ["log in", "zoë", "secret"]        < 1 ["welcome", "zoë"]
//   > 2 ["post", "Général", "salut"]       < 2 ["said", "Général", "zoë", "salut"]
// Both sides number their lines from 1 on. Unlike the text dialect it goes on after a refused login, and it can be
// changed for that dialect before a login: > 1 ["text"]. Whoever said > 1 ["quiet"] is not told what it says itself.
#pragma once
#include "actors/dialects.hpp"

namespace salond::support {

extern const dialect numbered_dialect;

class numbered_codec final : public codec {
public:
  explicit numbered_codec(const config::settings& settings) : settings_(settings) {}

  void feed(std::string_view bytes, instant now) override;
  void end_input(instant now) override;
  std::optional<utterance> next(instant now) override;
  size_t unread() const override { return input_.size(); }
  bool pauses_matter() const override { return false; }
  void say(const event::any& event, instant now) override;
  const spelling& spells() const override;
  void say_spelled(const shared_texts& spelled, instant now) override;
  void say_last(const std::optional<event::any>& last, instant now) override;
  void cut_off(const event::any& last, instant now) override;
  size_t rest_of_text(std::string_view write, size_t out) const override;
  bool ends_with(const event::any&) const override { return false; }
  void drain(std::vector<shared_bytes>& out, instant now) override;
  size_t unsent() const override { return output_.size(); }
  bool transparent() const override { return false; } // each client has its own numbers
  std::optional<instant> deadline() const override { return std::nullopt; }
  std::optional<instant> reading_deadline() const override { return std::nullopt; }
  std::optional<instant> writing_deadline() const override { return std::nullopt; }
  std::unique_ptr<codec> successor() override { return std::move(successor_); }

private:
  utterance understand(std::string_view line, instant now);

  config::settings settings_;
  std::string input_, output_;
  int64_t heard_ = 0, told_ = 0; ///< lines
  enum class input { open, ended, end_told };
  input stage_ = input::open;
  bool closed_ = false; ///< nothing is said any more
  bool quiet_ = false;
  std::unique_ptr<codec> successor_;
};

} // namespace salond::support
