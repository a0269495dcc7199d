#include "tools/salond/transport_log.hpp"

namespace salond {

transport_log_writer writer_of_facts(const char* place, log::level refusal) {
  return [place, refusal](const transport_fact& fact) {
    if (fact.who.empty())
      log::info(fact.text, {{"why", fact.why}, {"count", fact.count}});
    else if (fact.why.empty())
      log::info(fact.text, {{"who", fact.who}, {place, fact.from}});
    else
      log::write(refusal, fact.text, {{"who", fact.who}, {place, fact.from}, {"why", fact.why}});
  };
}

} // namespace salond
