#include "persistence/mysql/errors.hpp"

namespace salond::persistence::mysql {

reaction reaction_to(int code) {
  switch (code) {
  case 1205: // lock wait timed out: this statement alone is undone
  case 1317: // statement killed
  case 1969: // over max_statement_time; MySQL's is 3024
  case 3024:
  case 1021:
  case 1030:
  case 1114: // disk full
  case 1637: // too many active transactions
    return {true, true, true};
  case 1213: // deadlock, lost certification: the transaction is gone already, and COMMIT would "succeed" with nothing
    return {true, true, false};
  case 1290:
  case 1792:
  case 1836: // read-only: a failover goes on, so a new connection may lead elsewhere
    return {false, true, false};
  case 0: // the connector was misused
  case 1048:
  case 1054:
  case 1062:
  case 1064:
  case 1146:
  case 1193:
  case 1264:
  case 1265:
  case 1273:
  case 1292:
  case 1364:
  case 1366:
  case 1390:
  case 1406:
  case 1451:
  case 1452:
  case 1461:
  case 2014:
  case 2030:
  case 2057:
  case 3140:
  case 3988:
  case 4025: return {true, false, false};
  case 1153:
  case 1105: // larger than max_allowed_packet: the same work is never smaller
    return {false, false, false};
  default: return {};
  }
}

bool is_setup(int code) {
  switch (code) {
  case 1044:
  case 1045:
  case 1049:
  case 1130:
  case 1142:
  case 1143:
  case 1227:
  case 1251:
  case 1370:
  case 1698:
  case 2026:
  case 2059:
  case 2061:
  case 3118:
  case 4151: return true;
  default: return !reaction_to(code).retry;
  }
}

error::error(int code, const std::string& why)
    : store_error(reaction_to(code).retry ? kind::unavailable : kind::refused, why + " [" + std::to_string(code) + "]"),
      code_(code) {}

} // namespace salond::persistence::mysql
