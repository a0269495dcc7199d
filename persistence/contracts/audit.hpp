// The audit log: it only grows. What is decided, and what is refused, is a line of it.
#pragma once
#include "persistence/answers.hpp"
#include "protocol/words/audit_words.hpp"

namespace salond::persistence {

class audit_store {
public:
  virtual ~audit_store() = default;

  /// The lines after the one with this number, oldest first.
  virtual std::vector<audit_line> after(int64_t id, size_t most) const = 0;
  /// The last lines, oldest first. Of a node, the last ones of this transaction may have no number yet.
  virtual std::vector<audit_line> tail(size_t most) const = 0;

  /// REQUIRES: `result` is a short word: "done", or the name of a fault.
  virtual void note(const decision& why, audit_word command, const std::string& to, const std::string& result) = 0;
  /// The same; answers the line's number.
  virtual int64_t note_numbered(const decision& why, audit_word command, const std::string& to,
                                const std::string& result) = 0;
};

} // namespace salond::persistence
