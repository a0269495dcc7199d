// Every field of a plain struct, whatever it is called: so that a test notices a field that somebody forgot. Fills
// messages with values that differ from all defaults, and compares two of them field by field.
#pragma once
#include "protocol/words/outcome.hpp"
#include "protocol/words/time.hpp"
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace salond::support {

/// Converts to whatever a field is; for counting fields alone.
struct any_value {
  template <class T>
  operator T() const;
};

template <class T, size_t... I>
auto is_made_of(std::index_sequence<I...>) -> decltype(T{(void(I), any_value{})...}, std::true_type{});
template <class T, size_t Count>
auto is_made_of_count(int) -> decltype(is_made_of<T>(std::make_index_sequence<Count>{}));
template <class T, size_t Count>
std::false_type is_made_of_count(...);

/// How many fields the struct has.
template <class T, size_t Most = 11>
constexpr size_t count_fields() {
  if constexpr (Most == 0 || decltype(is_made_of_count<T, Most>(0))::value)
    return Most;
  else
    return count_fields<T, Most - 1>();
}

/// Calls `use` with all fields of the struct, which has at most ten.
template <class T, class Use>
void use_fields(T& x, Use use) {
  constexpr auto count = count_fields<std::remove_const_t<T>>();
  static_assert(count < 11, "add a line below");
  if constexpr (count == 1) {
    auto& [a] = x;
    use(a);
  } else if constexpr (count == 2) {
    auto& [a, b] = x;
    use(a, b);
  } else if constexpr (count == 3) {
    auto& [a, b, c] = x;
    use(a, b, c);
  } else if constexpr (count == 4) {
    auto& [a, b, c, d] = x;
    use(a, b, c, d);
  } else if constexpr (count == 5) {
    auto& [a, b, c, d, e] = x;
    use(a, b, c, d, e);
  } else if constexpr (count == 6) {
    auto& [a, b, c, d, e, f] = x;
    use(a, b, c, d, e, f);
  } else if constexpr (count == 7) {
    auto& [a, b, c, d, e, f, g] = x;
    use(a, b, c, d, e, f, g);
  } else if constexpr (count == 8) {
    auto& [a, b, c, d, e, f, g, h] = x;
    use(a, b, c, d, e, f, g, h);
  } else if constexpr (count == 9) {
    auto& [a, b, c, d, e, f, g, h, i] = x;
    use(a, b, c, d, e, f, g, h, i);
  } else if constexpr (count == 10) {
    auto& [a, b, c, d, e, f, g, h, i, j] = x;
    use(a, b, c, d, e, f, g, h, i, j);
  }
}

/// Fills fields with values of their own, no two alike.
class field_filler {
public:
  /// `alternative`: which one the first variant gets; the others get those behind it.
  explicit field_filler(size_t alternative) : alternative_(alternative) {}

  template <class T>
  void fill(T& x) {
    if constexpr (std::is_same_v<T, bool>)
      x = true;
    else if constexpr (std::is_enum_v<T>)
      x = static_cast<T>(1);
    else if constexpr (std::is_arithmetic_v<T>)
      x = static_cast<T>(++number_ * 1'000'003) / 2;
    else
      use_fields(x, [this](auto&... fields) { (fill(fields), ...); });
  }
  void fill(std::string& x) { x = "l'été \"x\"; DROP TABLE -- \\ 🦊 " + std::to_string(++number_); }
  void fill(moment& x) { x = from_ms(static_cast<int64_t>(++number_) * 1'000'000'007); }
  template <class T>
  void fill(std::vector<T>& x) {
    x.resize(3);
    for (auto& element : x)
      fill(element);
  }
  template <class A, class B>
  void fill(std::pair<A, B>& x) {
    fill(x.first);
    fill(x.second);
  }
  template <class T>
  void fill(std::optional<T>& x) {
    if (alternative_++ % 2 == 0)
      fill(x.emplace());
  }
  template <class T>
  void fill(outcome<T>& x) {
    T value{};
    fill(value);
    x = alternative_++ % 2 == 0 ? outcome<T>{std::move(value)} : outcome<T>{fault::not_a_member};
  }
  template <class... Ts>
  void fill(std::variant<Ts...>& x) {
    fill_alternative<0>(x, alternative_++ % sizeof...(Ts));
  }

private:
  template <size_t Number, class... Ts>
  void fill_alternative(std::variant<Ts...>& x, size_t which) {
    if constexpr (Number < sizeof...(Ts)) {
      if (which == Number)
        fill(x.template emplace<Number>());
      else
        fill_alternative<Number + 1>(x, which);
    }
  }

  size_t number_ = 0, alternative_;
};

/// Whether two structs are the same in every field.
struct same_fields {
  template <class T>
  bool operator()(const T& left, const T& right) const {
    bool same = true;
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>)
      same = left == right;
    else
      use_fields(left, [&](const auto&... of_left) {
        use_fields(right, [&](const auto&... of_right) {
          if constexpr (sizeof...(of_left) == sizeof...(of_right)) // always; but both are generic
            same = ((*this)(of_left, of_right) && ...);
        });
      });
    return same;
  }
  bool operator()(const std::string& left, const std::string& right) const { return left == right; }
  bool operator()(const moment& left, const moment& right) const { return left == right; }
  template <class A, class B>
  bool operator()(const std::pair<A, B>& left, const std::pair<A, B>& right) const {
    return (*this)(left.first, right.first) && (*this)(left.second, right.second);
  }
  template <class T>
  bool operator()(const std::vector<T>& left, const std::vector<T>& right) const {
    bool same = left.size() == right.size();
    for (size_t i = 0; same && i < left.size(); ++i)
      same = (*this)(left[i], right[i]);
    return same;
  }
  template <class T>
  bool operator()(const std::optional<T>& left, const std::optional<T>& right) const {
    return left.has_value() == right.has_value() && (!left || (*this)(*left, *right));
  }
  template <class T>
  bool operator()(const outcome<T>& left, const outcome<T>& right) const {
    if (!left || !right)
      return !left && !right && left.why() == right.why();
    return (*this)(*left, *right);
  }
  template <class... Ts>
  bool operator()(const std::variant<Ts...>& left, const std::variant<Ts...>& right) const {
    const auto same = [&](const auto& value) { return (*this)(value, std::get<std::decay_t<decltype(value)>>(right)); };
    return left.index() == right.index() && std::visit(same, left);
  }
};

} // namespace salond::support
