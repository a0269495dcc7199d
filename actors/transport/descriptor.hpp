// A descriptor of the system that closes itself.
#pragma once
#include <unistd.h>
#include <utility>

namespace salond {

class descriptor {
public:
  /// Owns `number`; -1, or any other that is negative: none.
  explicit descriptor(int number) : number_(number) {}
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int get() const { return number_; }
  /// It is the caller's from now on.
  int release() { return std::exchange(number_, -1); }

private:
  int number_;
};

} // namespace salond
