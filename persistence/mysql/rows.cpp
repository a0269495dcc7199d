#include "persistence/mysql/rows.hpp"

namespace salond::persistence::mysql {

user user_in(const result& row) {
  return {user_id{row.integer(0)}, row.text(1), row.text(2), row.text(3), role_of(row.text(4))};
}

} // namespace salond::persistence::mysql
