// A file of accounts, as an operator imports it: CSV or JSON lines. docs/operations/administer.md has the form. What
// can be judged by the file alone is judged here: form, names, passwords, hashes, and what stands in it twice.
#pragma once
#include "protocol/words/lookalikes.hpp"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace salond {

/// An account of a file. Of password and hash one is there, and can be one.
struct listed_account {
  size_t line = 0; ///< of the file, from 1
  std::string username, username_key, alias, alias_key;
  std::string password, hash;
  skeletons username_looks, alias_looks;
  std::vector<std::string> salons; ///< as typed, besides those that everybody belongs to
};

/// What is wrong, by line. The first ones are kept, all are counted.
class line_faults {
public:
  static constexpr size_t max_kept = 100;

  void add(size_t line, const std::string& why);
  size_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  /// "line 3: …", a line each, in the file's order, and "and N more" where there are.
  std::string text() const;

private:
  struct kept_fault {
    size_t line = 0;
    std::string why;
  };
  std::vector<kept_fault> kept_;
  size_t count_ = 0;
};

struct account_file {
  std::vector<listed_account> accounts; ///< those without a fault
  line_faults faults;
};

/// Any text is legal; never throws for one.
account_file read_accounts(std::string_view text);

/// True for a hash that a password can match: Argon2id in PHC form, of at most 1 GiB, 64 passes and 2 GiB in all passes
/// together, or the replaced server's SHA-256 as 64 lower-case hexadecimal digits.
bool is_password_hash(std::string_view text);

} // namespace salond
