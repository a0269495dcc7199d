#include "actors/system.hpp"
#include "actors/admin/messages.hpp"
#include "actors/io_loop.hpp"
#include <caf/io/all.hpp>
#include <sched.h>

namespace salond {

void prefer_io_thread() {
  const sched_param none{};
  if (::sched_getscheduler(0) == SCHED_OTHER) // who chose another one knows why
    ::sched_setscheduler(0, SCHED_BATCH, &none);
}

system_config::system_config() {
  add_message_types<caf::id_block::salond_admin>();
  load<caf::io::middleman, io_loop>();
  set("scheduler.policy", caf::atom("sharing"));     // sleeps when idle; the default wakes every 10 ms a thread
  set("scheduler.max-threads", size_t{2});           // for what is rare and short; a post needs none of it
  set("middleman.max-consecutive-reads", size_t{1}); // so that a connection that is paused is paused at once
  set("middleman.attach-utility-actors", true);      // no threads of CAF's own helpers: nothing of theirs is used
  set("middleman.workers", size_t{0});
}

} // namespace salond
