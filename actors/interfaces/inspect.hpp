// Tells CAF the fields of a message, so that it can write, read and print it. A new field of a message needs a place
// here, too: tests/actors/crossing_test.cpp fails for a field that does not travel.
#pragma once
#include <caf/all.hpp>

/// The fields of a message, which is called `x` here, in the order in which they travel.
#define SALOND_VALUES(type, ...)                                                                                       \
  template <class Inspector>                                                                                           \
  typename Inspector::result_type inspect(Inspector& f, type& x) {                                                     \
    return f(caf::meta::type_name(#type), __VA_ARGS__);                                                                \
  }

/// The same for a message that has none.
#define SALOND_NO_VALUES(type)                                                                                         \
  template <class Inspector>                                                                                           \
  typename Inspector::result_type inspect(Inspector& f, type&) {                                                       \
    return f(caf::meta::type_name(#type));                                                                             \
  }
