#include "actors/interfaces/words.hpp"

namespace salond {
namespace {

/// Reads the alternative with that number.
template <size_t Number, class Inspector, class... Ts>
caf::error read_alternative(Inspector& f, std::variant<Ts...>& x, size_t number) {
  if constexpr (Number < sizeof...(Ts)) {
    if (number != Number)
      return read_alternative<Number + 1>(f, x, number);
    return f(x.template emplace<Number>());
  } else {
    return caf::make_error(caf::sec::invalid_argument, "no such alternative");
  }
}

/// The number of the alternative, and the alternative.
template <class Inspector, class... Ts>
typename Inspector::result_type inspect_alternatives(Inspector& f, std::variant<Ts...>& x) {
  auto number = static_cast<uint8_t>(x.index());
  if constexpr (Inspector::reads_state) {
    return std::visit([&](auto& value) { return f(number, value); }, x);
  } else {
    if (auto error = f(number))
      return error;
    return read_alternative<0>(f, x, number);
  }
}

/// Whether there is a value, and that.
template <class Inspector, class T>
typename Inspector::result_type inspect_optional(Inspector& f, std::optional<T>& x) {
  auto has_value = x.has_value();
  if constexpr (Inspector::reads_state) {
    return has_value ? f(has_value, *x) : f(has_value);
  } else {
    T value{};
    if (auto error = f(has_value))
      return error;
    auto error = has_value ? f(value) : caf::error{};
    x = has_value ? std::optional{std::move(value)} : std::nullopt;
    return error;
  }
}

} // namespace

/// Whether there is a value, and that or the fault.
template <class Inspector, class T>
typename Inspector::result_type inspect(Inspector& f, outcome<T>& x) {
  auto has_value = static_cast<bool>(x);
  auto why = has_value ? fault::storage : x.why();
  if constexpr (Inspector::reads_state) {
    return has_value ? f(has_value, *x) : f(has_value, why);
  } else {
    T value{};
    if (auto error = f(has_value))
      return error;
    auto error = has_value ? f(value) : f(why);
    x = has_value ? outcome<T>{std::move(value)} : outcome<T>{why};
    return error;
  }
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, std::optional<fault>& x) {
  return inspect_optional(f, x);
}

namespace event {

SALOND_VALUES(listed_salon, x.id, x.name, x.member)
SALOND_VALUES(logged_in, x.username, x.salons)
SALOND_VALUES(login_refused, x.why)
SALOND_VALUES(registration_refused, x.why)
SALOND_VALUES(said, x.salon, x.salon_name, x.author, x.text, x.seq, x.at, x.from)
SALOND_VALUES(joined, x.salon, x.salon_name, x.username)
SALOND_VALUES(left, x.salon, x.salon_name, x.username)
SALOND_VALUES(said_privately, x.id, x.author, x.text, x.at)
SALOND_VALUES(request_waits, x.salon_name)
SALOND_VALUES(request_refused, x.salon_name)
SALOND_VALUES(user_banned, x.username)
SALOND_VALUES(credentials_refused, x.why)
SALOND_VALUES(password_refused, x.why)
SALOND_VALUES(token_issued, x.token, x.seconds)
SALOND_VALUES(members_connected, x.salon, x.salon_name, x.usernames)
SALOND_VALUES(nothing_found, x.salon_name)
SALOND_VALUES(refused, x.why, x.subject)
SALOND_VALUES(kicked, x.minutes)
SALOND_VALUES(stopping_soon, x.seconds)
SALOND_VALUES(announced, x.text)

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, any& x) {
  return inspect_alternatives(f, x);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, std::optional<any>& x) {
  return inspect_optional(f, x);
}

template caf::error inspect(caf::serializer&, any&);
template caf::error inspect(caf::deserializer&, any&);
template void inspect(caf::detail::stringification_inspector&, any&);

} // namespace event

namespace rules::answer {

SALOND_VALUES(posted, x.why_not, x.salon)
SALOND_VALUES(settled, x.result, x.told)

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, salon_answer& x) {
  return inspect_alternatives(f, x);
}

template caf::error inspect(caf::serializer&, salon_answer&);
template caf::error inspect(caf::deserializer&, salon_answer&);
template void inspect(caf::detail::stringification_inspector&, salon_answer&);

} // namespace rules::answer
} // namespace salond
