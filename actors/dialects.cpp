#include "actors/dialects.hpp"
#include "protocol/text/text_codec.hpp"

namespace salond {
namespace {

std::unique_ptr<codec> make_text_codec(const config::settings& how) {
  return std::make_unique<text::text_codec>(
      text::text_options{how.text.raw_after, how.text.raw_gap, how.text.pace, how.limits.frame_bytes});
}

} // namespace

const dialect text_dialect{make_text_codec};

} // namespace salond
