// What may be typed next: the candidates of a shell's completion, made from the table of commands. The scripts of the
// shells (tools/packaging/completion) only ask for them, so that no shell knows a command by itself.
#pragma once
#include <string>
#include <vector>

namespace salonctl {

/// What may stand where the cursor is.
struct candidates {
  std::vector<std::string> words; ///< those that fit; one that ends in '=' goes on without a space
  bool files = false;             ///< names of files fit as well
  std::string before_file;        ///< of the word at the cursor, what stands before the file's name: "--bundle="
};

/// `words`: what stands on the line after `salonctl`, the word at the cursor last (empty where none is begun). Asks no
/// server: names of users and salons are not completed.
candidates complete(const std::vector<std::string>& words);

/// The same as a shell's script reads it: a candidate a line, and `:files PREFIX` as the last line where files fit.
std::string completion_text(const std::vector<std::string>& words);

} // namespace salonctl
