# MySQL Connector/C++ 1.1 (Debian 12's libmysqlcppconn-dev), as the target mysql::connector. No CMake package comes with
# it.
find_path(MySQLConnectorCpp_INCLUDE_DIR cppconn/driver.h)
find_library(MySQLConnectorCpp_LIBRARY mysqlcppconn)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MySQLConnectorCpp REQUIRED_VARS MySQLConnectorCpp_LIBRARY
  MySQLConnectorCpp_INCLUDE_DIR)
if(MySQLConnectorCpp_FOUND AND NOT TARGET mysql::connector)
  add_library(mysql::connector UNKNOWN IMPORTED)
  set_target_properties(mysql::connector PROPERTIES IMPORTED_LOCATION "${MySQLConnectorCpp_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${MySQLConnectorCpp_INCLUDE_DIR}") # imported: a system header, so no warnings of its own
endif()
