#include "persistence/cluster/news.hpp"
#include <utility>

namespace salond::persistence {
namespace {

constexpr std::pair<fact::kind, const char*> words[] = {{fact::kind::out, "out"},
                                                        {fact::kind::account, "account"},
                                                        {fact::kind::salon, "salon"},
                                                        {fact::kind::membership, "membership"},
                                                        {fact::kind::rejection, "rejection"},
                                                        {fact::kind::import, "import"},
                                                        {fact::kind::address, "address"},
                                                        {fact::kind::session, "session"},
                                                        {fact::kind::request, "request"},
                                                        {fact::kind::mail, "mail"},
                                                        {fact::kind::certificate, "certificate"},
                                                        {fact::kind::drain, "drain"},
                                                        {fact::kind::stop, "stop"}};

} // namespace

const char* to_word(fact::kind wanted) {
  for (const auto& [kind, word] : words)
    if (kind == wanted)
      return word;
  return "account";
}

fact::kind fact_kind_of(const std::string& word) {
  for (const auto& [kind, known] : words)
    if (word == known)
      return kind;
  return fact::kind::account;
}

} // namespace salond::persistence
