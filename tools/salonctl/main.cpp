// salonctl: administers a salond over its admin port. docs/operations/administer.md has the exit statuses.
#include "config/standard_streams.hpp"
#include "tools/salonctl/commands.hpp"
#include "tools/salonctl/completion.hpp"
#include "tools/salonctl/monitor.hpp"
#include "tools/salonctl/output.hpp"
#include "tools/salonctl/show.hpp"
#include <clocale>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace salonctl;

/// The process ends with what is written; nobody waits for CAF's threads, since everything that was asked is answered.
[[noreturn]] void leave(int status) {
  std::fflush(nullptr);
  ::_exit(status);
}

int end(status with) {
  if (!all_put_out() && with == status::done) // an export that the disk did not take is no export
    with = status::refused;
  leave(static_cast<int>(with));
}

int fail(const failure& why) {
  std::cerr << "salonctl: " << for_terminal(why.what()) << std::endl;
  return end(why.ends_with);
}

/// A shell's completion asks `salonctl --complete WORD...`, the word at the cursor last; tools/packaging/completion.
bool completes(int argc, char** argv) {
  if (argc < 2 || std::string_view{argv[1]} != "--complete")
    return false;
  put_out(completion_text({argv + 2, argv + argc}));
  return true;
}

/// What needs no server. True: it is done.
bool help(const options& asked) {
  if (asked.version)
    put_out("salonctl " SALOND_VERSION "\n");
  else if (asked.help)
    put_out(help_text());
  else if (!asked.words.empty() && asked.words[0] == "help")
    put_out(help_about(asked.words));
  else
    return false;
  return true;
}

void run(const options& given) {
  if (!given.fault.empty())
    throw failure(status::wrong_usage, given.fault);
  if (help(given))
    return;
  const auto asked = at_server_of_bundle(given);
  if (asked.words.empty())
    throw failure(status::wrong_usage, "no command; see help");
  if (asked.words[0] == "check")
    leave(monitor(asked));
  const bool console = asked.words == std::vector<std::string>{"console"};
  if (!console)
    understood(asked.words);             // wrong usage is said before anything is connected
  auto* server = new server_link(asked); // lives as long as the process, which ends at once: see end()
  runner commands(asked, *server);
  if (console)
    commands.console();
  else
    commands.run(asked.words);
}

} // namespace

int main(int argc, char** argv) {
  salond::hold_standard_streams();
  ::umask(::umask(0) & 077); // what is made is its owner's to use, with the modes that the documents tell
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);       // a file that may not grow is told as a full disk is
  std::setlocale(LC_CTYPE, "C.UTF-8"); // names are UTF-8, whatever the terminal's language
  try {
    if (!completes(argc, argv))
      run(parse(argc, argv));
  } catch (const failure& why) {
    return fail(why);
  } catch (const std::exception& error) {
    return fail({status::refused, error.what()});
  }
  return end(status::done);
}
