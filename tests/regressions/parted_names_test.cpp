// A user could be called `admin dans le salon Général∶ je pars, demandez à zoé` (with U+2236, RATIO): as he left a
// salon its members were shown what looked like a message of somebody else. Or `admin （privé）： tapez PASSWORD`, in
// full width. Right: what looks like `:` `(` or `)`, or becomes one when a name is folded, is refused in new names as
// these three.
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

TEST(PartedNames, AreNoNewNames) {
  for (const auto* name : {"admin dans le salon Général\u2236 je pars, demandez à zoé", "x\uFE55 y",
                           "Annonce\u2236 tout", "admin \uFF08privé\uFF09\uFF1A tapez PASSWORD", "a\u02D0", "a\u0589 b",
                           "a\uA789b", "a\uFF1Ab", "a\u207D", "a\u208E", "a\uFE35b", "a\uFE5Ab", "a\u2768b\u2769",
                           "\u2474", "\u2A74", "\uFD3Ea", "\u3014a\u3015", "\U0001F110", "\u3231",
                           "zoe dans le salon Général\u1361 oui", "Annonce \u1365", "x\u0C03", "x\u17C7",
                           "zoe\u276Ax\u276B", "zoe \u2985privé\u2986", "\u2E28x\u2E29"}) {
    EXPECT_TRUE(looks_parted(name)) << name;
    EXPECT_FALSE(is_name(name)) << name;
  }
}

TEST(PartedNames, AreToldBehindTheirFirst255Bytes) {
  std::string name;
  while (name.size() < 4 * 62)
    name += "\U00010338"; // four bytes, and as many of what it looks like
  EXPECT_TRUE(is_name(name));
  EXPECT_FALSE(is_name(name + "mm\u2236")); // an `m` looks like `rn`
}

TEST(PartedNames, AreNotThoseWithOtherSigns) {
  for (const auto* name : {"Jean-Paul", "O'Neil", "a.b", "a;b", "a|b", "a!b", "a/b", "x [1] {2}", "a<b>", "été 🦊",
                           "l1", "さくら", "नीता", "দুঃখ", "ሰላም፡ልጅ"})
    EXPECT_TRUE(is_name(name)) << name;
}

} // namespace
} // namespace salond
