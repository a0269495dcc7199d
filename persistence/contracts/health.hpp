// How the database itself is.
#pragma once
#include <string>

namespace salond::persistence {

/// What the log says where there is health_store::trouble().
inline constexpr const char* in_trouble = "what is said and done now may be lost";

class health_store {
public:
  virtual ~health_store() = default;

  /// Why what is committed may be lost all the same, as far as that can be seen; empty: it is not known.
  virtual std::string trouble() const = 0;
};

} // namespace salond::persistence
