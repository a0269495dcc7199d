// Which names look alike to a person, by the skeletons of UTS 39 ("Unicode Security Mechanisms", ICU has them), and
// which names nobody may have for that reason. docs/decisions/0013-lookalikes.md has the rules.
#pragma once
#include <string>
#include <string_view>

namespace salond {

/// What a name looks like: two names look alike when they have a skeleton in common, whichever of each. There are two,
/// since a letter may look like another in one case only: `PauI` is `paui` as users write it, and looks like `Paul`.
/// At most 255 bytes each; as a value that is stored, they belong to the version of ICU that made them.
struct skeletons {
  std::string folded;  ///< of the name in lower case
  std::string spelled; ///< of the name as it is spelled
};
skeletons skeletons_of(std::string_view name);

bool look_alike(const skeletons& a, const skeletons& b);

/// True where the key of `name`, or what it looks like, holds `:` `(` or `)`: what parts the pieces of a frame.
bool looks_parted(std::string_view name);

/// True for usernames that nobody is given: INSCRIPTION, RESUME and INVITE, which begin other frames; admin and server,
/// which are the administrators that every installation has; local, the holder of the certificate of a first start. In
/// any case, and in anything that looks like them.
bool is_reserved(std::string_view username);

} // namespace salond
