#include "tools/salonctl/commands.hpp"
#include "actors/transport/bundle_file.hpp"
#include "config/load.hpp"
#include "config/regular_file.hpp"
#include "tools/salonctl/output.hpp"
#include "tools/salonctl/show.hpp"
#include "tools/salonctl/terminal.hpp"
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

namespace salonctl {
namespace {

using namespace salond;
using namespace std::chrono_literals;

constexpr size_t max_password = 1024;
constexpr size_t max_input = 64 << 20; // what the server takes of one operator

bool no_input(std::string&) {
  return false;
}

/// `-`: standard input, the only one that may be a pipe.
std::shared_ptr<std::FILE> file_named(const std::string& name) {
  if (name == "-")
    return {stdin, [](std::FILE*) {}};
  auto opened = open_regular_file(name);
  if (const auto* why = std::get_if<std::string>(&opened))
    throw failure(status::refused, "cannot read " + name + ": " + *why + "; for a pipe write -");
  return std::get<salond::file_handle>(std::move(opened)); // the system has a file_handle, too
}

/// Reads what a command takes beside its words.
server_link::input input_of(const spoken_command& said) {
  if (said.row->input == command_input::password)
    return [who = said.get("USER")](std::string& piece) {
      auto typed = ask_password(who);
      if (!typed)
        throw failure(status::refused, "no password was given; nothing was changed");
      if (typed->size() > max_password)
        throw failure(status::wrong_usage, "a password has at most 1,024 bytes; nothing was changed");
      piece = std::move(*typed);
      return false;
    };
  if (said.row->input != command_input::file)
    return no_input;
  const auto name = said.get("FILE");
  const auto file = file_named(name);
  return [file, name, sent = size_t{0}](std::string& piece) mutable {
    piece.resize(max_admin_text);
    piece.resize(std::fread(piece.data(), 1, piece.size(), file.get()));
    sent += piece.size();
    if (sent > max_input)
      throw failure(status::wrong_usage, name + " has more than 64 MiB, which an import may have; nothing was changed");
    if (std::ferror(file.get()))
      throw failure(status::refused, "cannot read " + name + ": " + std::strerror(errno) + "; nothing was changed");
    return piece.size() == max_admin_text;
  };
}

constexpr off_t max_bundle = 16384; // two certificates and two keys have a fifth of that; a node's has a list too

/// A new file for a secret, which its owner alone can read. Made before the secret is, with room for it on the disk, so
/// that none is made in vain: all that can be known of its name is asked before. It has that name when it is whole:
/// whatever ends us before, nothing is left; who takes the name meanwhile keeps it, and ours gets a number behind.
/// Where the file system has no files without a name, it has one from the beginning, and loses it again unless it was
/// written.
class secret_file {
public:
  explicit secret_file(std::string name) : name_(std::move(name)) {
    if (::faccessat(AT_FDCWD, name_.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0)
      refuse(EEXIST);
    if (errno != ENOENT) // too long, or no name at all
      refuse(errno);
    const auto folder = std::filesystem::path(name_).parent_path();
    file_ = ::open(folder.empty() ? "." : folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
    if (file_ < 0) {
      file_ = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
      named_ = file_ >= 0;
    }
    if (file_ < 0)
      refuse(errno);
    if (const auto error = ::posix_fallocate(file_, 0, max_bundle)) {
      give_up();
      refuse(error);
    }
  }
  ~secret_file() { give_up(); }
  secret_file(const secret_file&) = delete;
  secret_file& operator=(const secret_file&) = delete;

  /// Answers the name under which it is there. `who`: the certificate's name.
  std::string write(const std::string& text, const std::string& who) {
    const auto size = static_cast<off_t>(text.size());
    written_ = ::pwrite(file_, text.data(), text.size(), 0) == size && ::ftruncate(file_, size) == 0
               && ::fsync(file_) == 0 && (named_ || give_name());
    if (!written_)
      throw failure(status::refused, "cannot write " + name_ + ": " + std::strerror(errno)
                                         + "; a certificate was issued, whose key is lost, so that nobody can use it."
                                           " Leave it: cert revoke "
                                         + who + " would end all certificates of that name");
    return name_;
  }

private:
  [[noreturn]] void refuse(int error) const {
    throw failure(status::refused, "cannot write " + name_ + ": " + std::strerror(error) + "; nothing was issued");
  }
  bool give_name() {
    constexpr int max_names = 100;
    const auto here = "/proc/self/fd/" + std::to_string(file_), wished = name_;
    for (int number = 1;;) {
      if (::linkat(AT_FDCWD, here.c_str(), AT_FDCWD, name_.c_str(), AT_SYMLINK_FOLLOW) == 0)
        return true;
      if (errno != EEXIST || number == max_names)
        return false;
      name_ = wished + "." + std::to_string(++number);
    }
  }
  void give_up() const {
    ::close(file_);
    if (named_ && !written_)
      ::unlink(name_.c_str());
  }

  std::string name_;
  int file_ = -1;
  bool named_ = false, written_ = false;
};

/// Asks a person before what destroys something. Throws failure where he says no.
void ask_before(const spoken_command& said, const std::vector<std::string>& words) {
  if (!asks_first(said))
    return;
  std::string command;
  for (const auto& word : words)
    command += (command.empty() ? "" : " ") + word;
  if (!confirm(for_terminal(command) + "\n" + std::string(said.row->summary) + " Do it?"))
    throw failure(status::refused, "nothing was done");
}

/// A list that is cut off is told to be so.
void tell_that_it_is_cut_off(const spoken_command& said) {
  std::cerr << "salonctl: there is more than this; see help " << std::string(said.row->name) << std::endl;
}

/// Lines of the terminal; those of a usual one where it does not say.
size_t terminal_lines() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 2 ? size.ws_row : 24;
}

void print_json(const std::string& answer) {
  static const bool live = ::isatty(STDOUT_FILENO) != 0;
  put_out((live ? json_for_terminal(answer) : answer) + "\n");
}

/// One line, which on a terminal takes the place of the one before.
void show_progress(redrawn_line& on, const std::string& how_far) {
  if (how_far == "{}")
    return; // only a sign that the server lives
  const auto line = progress_line(json::parse(how_far, nullptr, false));
  can_redraw(STDERR_FILENO) ? on.show(line) : void(std::cerr << line << std::endl);
}

/// The words without some options.
std::vector<std::string> without(std::vector<std::string> words, std::initializer_list<std::string_view> options) {
  const auto is_one = [&](const std::string& word) {
    return std::find(options.begin(), options.end(), word.substr(0, word.find('='))) != options.end();
  };
  words.erase(std::remove_if(words.begin(), words.end(), is_one), words.end());
  return words;
}

} // namespace

std::string help_about(const std::vector<std::string>& words) {
  if (words.size() == 1)
    return help_text();
  auto text = help_text({words.begin() + 1, words.end()});
  if (text.empty())
    throw failure(status::wrong_usage, "there is no such command; see help");
  return text;
}

spoken_command understood(const std::vector<std::string>& words) {
  auto said = understand(words);
  if (const auto* wrong = std::get_if<usage_fault>(&said))
    throw failure(status::wrong_usage, wrong->text);
  return std::get<spoken_command>(std::move(said));
}

server_link::answer runner::answer_of(const std::vector<std::string>& words, const server_link::input& more) {
  redrawn_line line;
  struct ending {
    redrawn_line& of;
    ~ending() { of.take_back(); }
  } const at_end{line};
  return server_.ask(words, more, [&](const std::string& how_far) { show_progress(line, how_far); });
}

void runner::print(const std::string& answer) const {
  if (options_.json)
    return print_json(answer);
  const auto value = json::parse(answer);
  auto text = to_text(value);
  if (value.is_array() && !value.empty() && value.front().is_object() && shows_colours()) // the names of the columns
    text = "\x1b[1m" + text.insert(text.find('\n'), "\x1b[0m");
  put_out(text);
}

void runner::run(const std::vector<std::string>& words) {
  const auto said = understood(words);
  if (said.row->is(trait::live))
    return watch(words);
  if (said.has("--follow"))
    return follow_log(said, words);
  if (said.row->is(trait::makes_bundle))
    return issue_certificate(words, said);
  ask_before(said, words);
  const auto answer = answer_of(words, input_of(said));
  if (said.row->is(trait::document))
    print_json(answer.text); // JSON in any case: it is for another program, or for the person himself
  else if (said.has("--lines"))
    for (const auto& line : json::parse(answer.text))
      print_json(line.dump());
  else
    print(answer.text);
  for (const auto& word : answer.words)
    std::cerr << "salonctl: " << for_terminal(word) << std::endl;
  if (answer.cut_off)
    tell_that_it_is_cut_off(said);
}

/// The bundle is for the server that was asked for it, as the person names it, or else as it names itself.
void runner::issue_certificate(const std::vector<std::string>& words, const spoken_command& said) {
  const auto name = said.get("NAME");
  if (!is_peer_name(name)) // it names a file
    throw failure(status::wrong_usage, peer_name_rule);
  const auto path = said.has("--out") ? said.get("--out") : name + ".pem";
  if (path.empty())
    throw failure(status::wrong_usage, "--out names a new file");
  secret_file file(path);
  auto made = json::parse(answer_of(without(words, {"--out"}), no_input).text);
  const auto bundle = made.at("bundle").get<std::string>();
  const auto whole =
      options_.names_server ? with_server(bundle, config::to_string(config::admin_endpoint{options_.server})) : bundle;
  made.erase("bundle");
  made["file"] = file.write(whole, name);
  if (made["file"] != path)
    std::cerr << "salonctl: there is a " << for_terminal(path) << " by now, which was not written over" << std::endl;
  print(made.dump());
}

/// Prints the lines that the words ask for, one each; answers the number of the last one that was looked at.
int64_t runner::tell_new_lines(const std::vector<std::string>& words) {
  const auto answer = json::parse(answer_of(words, no_input).text);
  for (const auto& line : answer.at("lines"))
    options_.json || lines_as_json_ ? print_json(line.dump()) : put_out(log_line(line) + "\n");
  return answer.at("last").get<int64_t>();
}

/// Each round asks with the same filters.
void runner::follow_log(const spoken_command& said, std::vector<std::string> words) {
  if (said.has("--before"))
    throw failure(status::wrong_usage, "give --follow or --before, not both");
  lines_as_json_ = said.has("--lines");
  auto filters = without(words, {"--after", "--lines"});
  if (said.has("N"))
    filters.erase(std::find(filters.begin(), filters.end(), said.get("N")));
  auto last = tell_new_lines(words);
  while (std::cout) { // else whom we told is gone
    std::this_thread::sleep_for(500ms);
    auto next = filters;
    next.insert(next.begin() + 1, "--after=" + std::to_string(last));
    last = tell_new_lines(next);
  }
}

void runner::watch(const std::vector<std::string>& words) {
  const bool live = !options_.json && can_redraw(STDOUT_FILENO);
  auto before = json::parse(answer_of(words, no_input).text);
  while (std::cout) {
    std::this_thread::sleep_for(1s);
    auto now = json::parse(answer_of(words, no_input).text);
    const auto seconds = (now.value("at_ms", 0.0) - before.value("at_ms", 0.0)) / 1000;
    if (options_.json)
      print_json(now.dump());
    else if (live)
      put_out("\x1b[H\x1b[2Jsalond at " + salond::config::to_string(salond::config::admin_endpoint{options_.server})
              + "   (Ctrl-C ends)\n\n" + watch_screen(before, now, seconds, terminal_lines() - 2));
    else
      put_out(watch_line(before, now, seconds));
    before = std::move(now);
  }
}

/// One line of the console. False: it is the last one.
bool runner::obey(const std::string& line) {
  if (line.size() > max_command_bytes)
    throw failure(status::wrong_usage, "a command has at most 49,152 bytes");
  if (const auto first = line.find_first_not_of(" \t\r"); first == std::string::npos || line[first] == '#')
    return true; // a comment
  const auto read = words_of_line(line);
  if (const auto* wrong = std::get_if<usage_fault>(&read))
    throw failure(status::wrong_usage, wrong->text);
  const auto& words = std::get<std::vector<std::string>>(read);
  if (words.empty())
    return true;
  if (words[0] == "quit" || words[0] == "exit")
    return false;
  if (words[0] == "help")
    put_out(help_about(words));
  else
    run(words);
  return true;
}

void runner::console() {
  line_reader lines;
  size_t failed = 0;
  while (const auto line = lines.next()) {
    const auto number = lines.number(); // a password that a command reads is a line, too
    try {
      if (!obey(*line))
        break;
    } catch (const failure& why) {
      ++failed;
      std::cerr << (lines.is_terminal() ? "" : "line " + std::to_string(number) + ": ") << for_terminal(why.what())
                << std::endl;
      if (why.ends_with == status::cannot_connect)
        throw;
      if (!lines.is_terminal() && lines.number() == number && salond::takes_password(*line))
        (void)lines.next(); // else it would be run as a command, and its first word shown
    }
  }
  if (failed != 0 && !lines.is_terminal()) // a script's own end says whether all of it was done
    throw failure(status::refused, std::to_string(failed) + (failed == 1 ? " command" : " commands") + " failed");
}

} // namespace salonctl
