#include "actors/dialects.hpp"
#include "protocol/text/text_codec.hpp"

namespace salond {

std::unique_ptr<codec> make_codec(dialect which, const config::settings& how) {
  switch (which) {
  case dialect::text:
    return std::make_unique<text::text_codec>(
        text::text_options{how.text.raw_after, how.text.raw_gap, how.text.pace, how.limits.frame_bytes});
  }
  return nullptr;
}

} // namespace salond
