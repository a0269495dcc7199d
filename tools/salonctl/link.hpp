// The connection to the server's admin actor, and one command over it.
#pragma once
#include "actors/admin/messages.hpp"
#include "actors/transport/transport.hpp"
#include "tools/salonctl/options.hpp"
#include "tools/salonctl/terminal.hpp"
#include <functional>
#include <memory>
#include <stdexcept>
#include <variant>

namespace salonctl {

/// The exit statuses.
enum class status : int { done = 0, refused = 1, wrong_usage = 2, cannot_connect = 3, not_allowed = 4 };

/// Why there is no answer: a sentence for people, and how the program ends.
struct failure : std::runtime_error {
  failure(status as, const std::string& why) : std::runtime_error(why), ends_with(as) {}
  status ends_with; ///< the program
};

/// The same, at the server that the bundle names, where none is given. Throws failure.
options at_server_of_bundle(options settings);

class server_link {
public:
  /// Connects. Throws failure.
  explicit server_link(const options& settings);
  ~server_link();

  /// What a command takes beside its words, piece by piece; false with the last one.
  using input = std::function<bool(std::string& piece)>;

  /// The text of a JSON value; or of a part of a list, where the server cut it off.
  struct answer {
    std::string text;
    bool cut_off = false;
    std::vector<std::string> words = {}; ///< for a person, beside a list
  };
  /// Gives a command and waits for its answer. `progress` hears how far it is. Throws failure.
  answer ask(const std::vector<std::string>& words, const input& more,
             const std::function<void(const std::string&)>& progress);

private:
  template <class Message>
  salond::admin_answer exchange(Message message);

  using dialled = std::variant<salond::admin_actor, salond::dial_failure>;
  dialled dial(const options& settings, const salond::port_rules& server);
  template <class Future>
  void wait_for(const Future& result);

  struct system;
  std::unique_ptr<system> system_;
  salond::admin_actor admin_;
  std::string where_;
  std::string waits_for_; ///< the command that is in work
  redrawn_line waiting_;  ///< by which a person is told of it
  uint32_t calls_ = 0;
};

} // namespace salonctl
