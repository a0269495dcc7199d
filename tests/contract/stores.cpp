// The databases that keep the contract. A new one adds one value.
#include "tests/contract/store_contract.hpp"
#include "tests/support/mysql_stores.hpp"

namespace salond {

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract,
                         testing::Values(support::sqlite(), support::mariadb(), support::mysql()), support::name_of);

} // namespace salond
