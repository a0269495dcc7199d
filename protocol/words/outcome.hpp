// A value or a fault: what a question that may be refused is answered with (C++17 has no std::expected).
#pragma once
#include "protocol/words/fault.hpp"
#include <utility>
#include <variant>

namespace salond {

/// The value of an outcome that has none to give.
struct done {
  friend bool operator==(const done&, const done&) { return true; }
};

/// A value of `T`, or the fault for which there is none.
template <class T>
class outcome {
public:
  outcome() = default;
  outcome(T value) : value_(std::move(value)) {}
  outcome(fault why) : value_(why) {}

  explicit operator bool() const { return std::holds_alternative<T>(value_); }

  /// REQUIRES: there is a value.
  const T& operator*() const { return std::get<T>(value_); }
  T& operator*() { return std::get<T>(value_); }
  const T* operator->() const { return &std::get<T>(value_); }
  T* operator->() { return &std::get<T>(value_); }

  /// REQUIRES: there is no value.
  fault why() const { return std::get<fault>(value_); }

  friend bool operator==(const outcome& a, const outcome& b) { return a.value_ == b.value_; }
  friend bool operator==(const outcome& a, fault b) { return !a && a.why() == b; }

private:
  std::variant<T, fault> value_;
};

} // namespace salond
