// What becomes of salons. Each decision writes its line in the audit log, a refused one as well.
#pragma once
#include "persistence/contracts/access.hpp"
#include "protocol/words/outcome.hpp"
#include "protocol/words/records.hpp"

namespace salond::persistence::decisions {

/// invalid_name when another salon has the key, be it archived, or a name that looks like it.
outcome<salon_record> create_salon(const writing& db, const std::string& name, policy admission, const decision& why);
/// Holds for who asks from now on; nobody becomes a member by it. unknown_salon.
outcome<salon_record> set_policy(const writing& db, salon_id salon, policy admission, const decision& why);
/// REQUIRES: at most 4,096 characters. unknown_salon.
outcome<salon_record> set_topic(const writing& db, salon_id salon, const std::string& topic, const decision& why);
/// unknown_salon, also where it is not called `present_name` any more; invalid_name as create_salon().
outcome<salon_record> rename_salon(const writing& db, salon_id salon, const std::string& present_name,
                                   const std::string& name, const decision& why);
/// Its requests end, and nobody moderates it any longer. Answers it as it was. unknown_salon.
outcome<salon_record> archive_salon(const writing& db, salon_id salon, const decision& why);
/// Ends its archiving: it has the members and messages that it had, and where its policy is automatic those who came
/// meanwhile. unknown_salon: none that is archived has the key; invalid_name: another one looks like it now.
outcome<salon_record> restore_salon(const writing& db, const std::string& name_key, const decision& why);

} // namespace salond::persistence::decisions
