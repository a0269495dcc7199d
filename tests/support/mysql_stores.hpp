// Makers of stores in MariaDB and MySQL, for the contract of all stores.
#pragma once
#include "tests/support/stores.hpp"

namespace salond::support {

/// In the program's private MariaDB.
store_maker mariadb();
/// In the database that SALOND_TEST_MYSQL names as --db does, with the password of SALOND_TEST_MYSQL_PASSWORD. All its
/// tables are dropped, again and again.
store_maker mysql();

} // namespace salond::support
