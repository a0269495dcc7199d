// What an actor's typed interface says, as lists of types and as names.
#pragma once
#include <caf/all.hpp>
#include <cxxabi.h>
#include <memory>
#include <set>
#include <string>
#include <typeinfo>

namespace salond::support {

template <class... Ts>
using types = caf::detail::type_list<Ts...>;

template <class Signature>
struct signature;
template <class Heard, class Answered>
struct signature<caf::typed_mpi<types<Heard>, caf::output_tuple<Answered>>> {
  using heard = Heard;
  using both = types<Heard, Answered>;
};

/// All messages that an actor hears or answers with; `void` where it answers nothing.
template <class Signatures>
struct messages_in;
template <class... Signatures>
struct messages_in<types<Signatures...>> {
  using type = typename caf::detail::tl_concat<typename signature<Signatures>::both...>::type;
};
template <class Actor>
using messages_of = typename messages_in<typename Actor::signatures>::type;

/// The name of a type of ours, as it stands in the source.
template <class T>
std::string name_of() {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text{
      abi::__cxa_demangle(typeid(T).name(), nullptr, nullptr, &status), &std::free};
  const std::string full = text.get();
  return full.substr(full.rfind(':') + 1);
}

template <class... Signatures>
std::set<std::string> names_heard(types<Signatures...>) {
  return {name_of<typename signature<Signatures>::heard>()...};
}
/// The names of all that an actor hears.
template <class Actor>
std::set<std::string> names_heard() {
  return names_heard(typename Actor::signatures{});
}

} // namespace salond::support
