# The test `layers`: refuses an include that the table below does not allow. The linker refuses a call into a layer that
# is not linked; since system headers and our own root are always in reach, the include itself is refused here.
#   cmake -DROOT=<the repository> -P tools/layers.cmake
# A layer is loosened only by a change of its own, with a decision.
cmake_minimum_required(VERSION 3.25)

# --- which headers belong to which library; `posix`: the system's, `std`: all without a folder or an ending ---
set(libraries posix icu json cxxopts openssl sodium sqlite mysql caf editline test benchmark)
set(headers_posix "^(sys|netinet|arpa|linux|net)/|^(unistd|getopt|wchar|fcntl|poll|signal|pthread|netdb|termios|pwd|grp|dirent|spawn|malloc|sched|syslog|ucontext|ifaddrs)[.]h$")
set(headers_icu "^unicode/")
set(headers_json "^nlohmann/")
set(headers_cxxopts "^cxxopts[.]hpp$")
set(headers_openssl "^openssl/")
set(headers_sodium "^sodium([.]h$|/)")
set(headers_sqlite "^sqlite3")
set(headers_mysql "^cppconn/|^mysql")
set(headers_caf "^caf/")
set(headers_editline "^editline/")
set(headers_test "^(gtest|gmock)/")
set(headers_benchmark "^benchmark/")

# --- the table: the first row whose FILES matches a file holds for it, so exceptions stand above their layer ---
# row(FILES regex  OURS regex of our own headers  [NOT regex taken out of OURS]  [LIBRARIES …])
set(rows 0)
function(row)
  cmake_parse_arguments(arg "" "FILES;OURS;NOT" "LIBRARIES" ${ARGN})
  set(files_${rows} "${arg_FILES}" PARENT_SCOPE)
  set(ours_${rows} "${arg_OURS}" PARENT_SCOPE)
  set(not_${rows} "${arg_NOT}" PARENT_SCOPE)
  set(libraries_${rows} "${arg_LIBRARIES}" PARENT_SCOPE)
  math(EXPR next "${rows} + 1")
  set(rows ${next} PARENT_SCOPE)
endfunction()

# words: values. ICU makes the keys of names and says which look alike, and nothing else needs it.
row(FILES "^protocol/words/(names|lookalikes|search_form)[.]" OURS "^protocol/words/" LIBRARIES icu)
# The system reads and writes addresses (docs/decisions/0038-bans-by-address.md).
row(FILES "^protocol/words/address_range[.]" OURS "^protocol/words/" LIBRARIES posix)
row(FILES "^protocol/(words|commands)/" OURS "^protocol/(words|commands)/")
# codecs: no sockets, no CAF, no stores, no rules
row(FILES "^protocol/" OURS "^protocol/" LIBRARIES json)
row(FILES "^config/" OURS "^(config|protocol/words)/" LIBRARIES json cxxopts posix)
# stores: neither knows the other; SQL stands only in them
row(FILES "^persistence/sql/" OURS "^(persistence|config|protocol/words)/" NOT "^persistence/(sqlite|mysql)/")
row(FILES "^persistence/sqlite/" OURS "^(persistence|config|protocol/words)/" NOT "^persistence/mysql/" LIBRARIES sqlite posix)
row(FILES "^persistence/mysql/" OURS "^(persistence|config|protocol/words)/" NOT "^persistence/sqlite/" LIBRARIES mysql posix)
# The file of a backup is JSON with a SHA-256 (docs/decisions/0008-backups.md).
row(FILES "^persistence/backup/format[.]" OURS "^(persistence/backup|protocol/words)/" LIBRARIES json sodium)
row(FILES "^persistence/" OURS "^(persistence|config|protocol/words)/" LIBRARIES posix)
# rules: words alone. Exception: the password's hash is made with libsodium, and the old one verified with OpenSSL's
# SHA-256.
# What clients may say, when, and at what cost stands in one table (docs/decisions/0031-one-table-of-commands.md).
row(FILES "^actors/rules/password[.]" OURS "^(actors/rules|protocol/words)/" LIBRARIES sodium openssl)
row(FILES "^actors/rules/" OURS "^(actors/rules|protocol/(words|commands))/")
# actors: no SQL, no dialect. Exception: dialects is the one factory that knows which dialects exist.
row(FILES "^actors/dialects[.]" OURS "^(actors|persistence|config|protocol)/" NOT "^persistence/(sqlite|mysql)/" LIBRARIES caf)
# What a connection and the audience are made of: plain objects, without CAF and without sockets.
row(FILES "^actors/(client|fan_out)/" OURS "^(actors/(client|fan_out|rules)/|actors/(admission|dialects|network)[.]|config/|protocol/)"
  NOT "^protocol/(text|irc|json|websocket)/" LIBRARIES posix)
# Frames between nodes: plain values and bytes (docs/decisions/0040-links.md).
row(FILES "^actors/cluster/(frames|frame_codec|frame_fields|link_queue|peer_link)[.]"
  OURS "^(actors/rules/cluster/|actors/cluster/(frames|frame_codec|frame_fields|link_queue|peer_link)[.]|protocol/words/)")
# What operators are answered is JSON from the start (docs/decisions/0007-operators-commands.md).
row(FILES "^actors/admin/" OURS "^(actors|persistence|config|protocol)/"
  NOT "^protocol/(text|irc|json|websocket)/|^persistence/(sqlite|mysql)/" LIBRARIES caf json posix)
row(FILES "^actors/" OURS "^(actors|persistence|config|protocol)/"
  NOT "^protocol/(text|irc|json|websocket)/|^persistence/(sqlite|mysql)/" LIBRARIES caf openssl posix)
# programs wire, they do not decide; the benchmarks look at everything
row(FILES "^tools/bench/" OURS "." LIBRARIES posix benchmark json caf sodium sqlite mysql openssl)
row(FILES "^tools/salonctl/" OURS "^(tools/salonctl|actors/(admin/messages|transport/)|config|protocol/words)" LIBRARIES caf json posix editline)
row(FILES "^tools/" OURS "^(tools|actors|persistence|config|protocol)/" NOT "^actors/rules/|^persistence/(sqlite|mysql)/"
  LIBRARIES caf posix)
# tests: the layer under test and below. Unit tests know no CAF and no store.
row(FILES "^tests/unit/(words|text|accounts)/" OURS "^(protocol|tests/support)/" LIBRARIES test json)
row(FILES "^tests/unit/rules/" OURS "^(actors/rules|protocol/(words|commands)|tests/support)/" LIBRARIES test sodium openssl)
row(FILES "^tests/unit/cluster/" OURS "^(actors/rules/cluster|protocol/words|tests/unit/cluster)/" LIBRARIES test)
# The checker of a cluster's promises is about any server: it knows a record, and nothing of ours.
row(FILES "^tests/cluster/(check|disturbances|findings|made_record|planted|record)" OURS "^tests/cluster/" LIBRARIES test)
row(FILES "^tests/unit/config/" OURS "^(config|protocol/words|tests/support)/" LIBRARIES test json posix)
row(FILES "^tests/fuzz/" OURS "^(protocol|config|actors/(transport|cluster|rules/cluster)|tests)/" LIBRARIES test posix)
row(FILES "^tests/contract/" OURS "^(persistence|config|protocol|tests)/" LIBRARIES test sqlite mysql posix)
row(FILES "^tests/" OURS "." LIBRARIES test ${libraries})

# --- the check ---
execute_process(
  COMMAND grep -rnoE --include=*.hpp --include=*.cpp --include=*.h "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"][^>\"]*[>\"]"
    protocol config persistence actors tools tests
  WORKING_DIRECTORY "${ROOT}" OUTPUT_VARIABLE found RESULT_VARIABLE status ERROR_VARIABLE complaint)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "layers: no include found under ${ROOT}: ${complaint}")
endif()
string(STRIP "${found}" found)
string(REPLACE "\n" ";" found "${found}")

set(refused 0)
set(seen 0)
function(refuse why)
  message("${file}:${line}: ${header}: ${why}")
  math(EXPR next "${refused} + 1")
  set(refused ${next} PARENT_SCOPE)
endfunction()

foreach(include IN LISTS found)
  string(REGEX MATCH "^([^:]+):([0-9]+):.*include[ \t]*([<\"])([^>\"]*)" _ "${include}")
  set(file "${CMAKE_MATCH_1}")
  set(line "${CMAKE_MATCH_2}")
  set(quote "${CMAKE_MATCH_3}")
  set(header "${CMAKE_MATCH_4}")
  math(EXPR seen "${seen} + 1")

  set(number 0)
  while(number LESS rows AND NOT file MATCHES "${files_${number}}")
    math(EXPR number "${number} + 1")
  endwhile()
  if(number EQUAL rows)
    refuse("the file is in no layer of tools/layers.cmake")
    continue()
  endif()

  if(quote STREQUAL "\"")
    if(NOT header MATCHES "^(protocol|config|persistence|actors|tools|tests)/")
      refuse("our own headers are written from the root, as \"protocol/words/fault.hpp\"; others in <>")
    elseif(NOT header MATCHES "${ours_${number}}" OR (NOT not_${number} STREQUAL "" AND header MATCHES "${not_${number}}"))
      refuse("this layer may not know that one")
    endif()
    continue()
  endif()

  set(owner "")
  foreach(library IN LISTS libraries)
    if(header MATCHES "${headers_${library}}")
      set(owner ${library})
    endif()
  endforeach()
  if(owner STREQUAL "" AND header MATCHES "[/.]" AND NOT header MATCHES "^c?x?xabi[.]h$")
    refuse("belongs to no library that tools/layers.cmake knows; C's own are written <cstdint>")
  elseif(NOT owner STREQUAL "" AND NOT owner IN_LIST libraries_${number})
    refuse("this layer may not use ${owner}")
  endif()
endforeach()

# What an include does not show: codecs and rules have no clock and no threads; the caller brings the time.
execute_process(
  COMMAND grep -rnE --include=*.hpp --include=*.cpp "_clock::now|std::(thread|mutex|atomic|async)" protocol actors/rules
  WORKING_DIRECTORY "${ROOT}" OUTPUT_VARIABLE clocks)
if(clocks)
  message("${clocks}codecs and rules know neither clocks nor threads")
  math(EXPR refused "${refused} + 1")
endif()

# What may cross nodes holds values: no closure, no pointer to one, no handle. What stays in the process is listed in
# one file (docs/decisions/0027-what-may-cross-nodes.md); actors/transport, a library below, hands itself one pointer.
set(in_process actors/interfaces/in_process.hpp)
file(GLOB interfaces RELATIVE "${ROOT}" "${ROOT}/actors/interfaces/*.hpp")
list(REMOVE_ITEM interfaces ${in_process})
execute_process(
  COMMAND awk [=[
    match($0, /SALOND_IN_PROCESS\([a-z_]+/) { stays[substr($0, RSTART + 18, RLENGTH - 18)] = 1 }
    /^struct [a-z_]+ [{]/ { name = $2 }
    name != "" && !(name in stays) && /std::(function|shared_ptr|unique_ptr|weak_ptr)|caf::|_job|_actor|[*]/ { print FILENAME ":" FNR ": " name }
    /^struct .*};|^};/ { name = "" }
  ]=] ${in_process} ${interfaces}
  WORKING_DIRECTORY "${ROOT}" OUTPUT_VARIABLE closures RESULT_VARIABLE status)
if(closures OR NOT status EQUAL 0)
  message("${closures}a message that may cross nodes holds values only; what cannot stands in ${in_process}")
  math(EXPR refused "${refused} + 1")
endif()
execute_process(
  COMMAND grep -rnE --include=*.hpp --include=*.cpp "CAF_ALLOW_UNSAFE_MESSAGE_TYPE|SALOND_IN_PROCESS" actors
  COMMAND grep -vE "^(${in_process}:|actors/transport/)"
  WORKING_DIRECTORY "${ROOT}" OUTPUT_VARIABLE allowances)
if(allowances)
  message("${allowances}messages that stay in the process are listed in ${in_process} alone")
  math(EXPR refused "${refused} + 1")
endif()

# The names of tables and columns are persistence's.
execute_process(
  COMMAND grep -rnE --include=*.hpp --include=*.cpp
    "\"((from_|to_)?client_id|(salon|message|audit|pm)_id|(username|alias|nom)_key|nom_salon|contenu|salons_adheres|from_where|(by|to)_whom|(password|token)_hash)\""
    protocol config actors tools
  WORKING_DIRECTORY "${ROOT}" OUTPUT_VARIABLE columns)
if(columns)
  message("${columns}names of tables and columns stand only under persistence/")
  math(EXPR refused "${refused} + 1")
endif()

# What an operator's command changes in the node goes one way, which waits until it holds
# (docs/decisions/0020-answered-when-it-holds.md).
execute_process(
  COMMAND grep -rnE "[>.](anon_)?send[(]|anon_send[(]" actors/admin
  COMMAND grep -vE "^actors/admin/effects[.]hpp:|delayed_send"
  WORKING_DIRECTORY "${ROOT}" OUTPUT_VARIABLE effects)
if(effects)
  message("${effects}commands tell the node facts by tell(), in actors/admin/effects.hpp")
  math(EXPR refused "${refused} + 1")
endif()

# What is special about an operator's command stands in the table.
execute_process(
  COMMAND grep -rnE --include=*.hpp --include=*.cpp "what->name [!=]= \"" protocol actors tools
  WORKING_DIRECTORY "${ROOT}" OUTPUT_VARIABLE names)
if(names)
  message("${names}no command is known by its name: the table in protocol/words/operator_command.cpp says what it is")
  math(EXPR refused "${refused} + 1")
endif()

if(refused)
  message(FATAL_ERROR "layers: ${refused} faults in ${seen} includes")
endif()
message("layers: ${seen} includes are as the table allows")
