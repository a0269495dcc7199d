// The messages that may cross nodes (docs/decisions/0027-what-may-cross-nodes.md): values only, and each arrives as it
// was sent, in every field.
#include "actors/interfaces/directory.hpp"
#include "actors/interfaces/host.hpp"
#include "actors/interfaces/relay.hpp"
#include "actors/interfaces/salon.hpp"
#include "actors/system.hpp"
#include "tests/support/fields.hpp"
#include "tests/support/signatures.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using support::messages_of;
using support::types;

/// All that a salon, the directory, the host and the ban registry hear and answer, and what the relay hears of them.
using may_cross = caf::detail::tl_distinct_t<caf::detail::tl_filter_not_type_t<
    caf::detail::tl_concat<messages_of<salon_actor>, messages_of<directory_actor>, messages_of<host_actor>,
                           messages_of<bans_actor>,
                           types<told, tell_user, decision_told, account_changed, close_user, announce, salon_lost,
                                 operator_names, address_out, addresses_out, address_let_in, survey, surveyed>>::type,
    void>>;

template <class Types>
struct as_test_types;
template <class... Ts>
struct as_test_types<types<Ts...>> {
  using type = testing::Types<Ts...>;
};

struct names {
  template <class T>
  static std::string GetName(int) {
    return support::name_of<T>();
  }
};

template <class T>
class Crossing : public testing::Test {
protected:
  static constexpr size_t alternatives = std::variant_size_v<event::any>;

  std::vector<char> write(const T& message) {
    std::vector<char> bytes;
    caf::binary_serializer sink{system, bytes};
    const auto error = sink(message);
    EXPECT_FALSE(error) << system.render(error);
    return bytes;
  }

  system_config config;
  caf::actor_system system{config};
};
TYPED_TEST_SUITE(Crossing, as_test_types<may_cross>::type, names);

TYPED_TEST(Crossing, ArrivesAsItWasSentInEveryField) {
  static_assert(!caf::is_allowed_unsafe_message_type<TypeParam>::value, "it holds more than values");
  for (size_t alternative = 0; alternative < this->alternatives; ++alternative) {
    TypeParam sent{}, arrived{};
    support::field_filler{alternative}.fill(sent);
    const auto bytes = this->write(sent);

    caf::binary_deserializer source{this->system, bytes};
    const auto error = source(arrived);

    EXPECT_FALSE(error) << this->system.render(error);
    EXPECT_EQ(source.remaining(), 0u);
    EXPECT_TRUE(support::same_fields{}(sent, arrived)) << caf::deep_to_string(sent) << "\n"
                                                       << caf::deep_to_string(arrived);
  }
}

TYPED_TEST(Crossing, IsRefusedWhenItIsCut) {
  for (size_t alternative = 0; alternative < this->alternatives; ++alternative) {
    TypeParam sent{};
    support::field_filler{alternative}.fill(sent);
    auto bytes = this->write(sent);

    while (!bytes.empty()) {
      bytes.pop_back();
      TypeParam arrived{};
      caf::binary_deserializer source{this->system, bytes};
      EXPECT_TRUE(source(arrived)) << bytes.size() << " bytes";
    }
  }
}

TEST(CrossingWords, AnAlternativeThatDoesNotExistIsRefused) {
  system_config config;
  caf::actor_system system{config};
  const std::vector<char> bytes{static_cast<char>(std::variant_size_v<event::any>)};
  event::any arrived;
  caf::binary_deserializer source{system, bytes};

  EXPECT_TRUE(source(arrived));
}

} // namespace
} // namespace salond
