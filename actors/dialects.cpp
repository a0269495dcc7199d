#include "actors/dialects.hpp"
#include "protocol/text/text_codec.hpp"
#include <algorithm>

namespace salond {
namespace {

std::unique_ptr<codec> make_text_codec(const config::settings& settings) {
  const auto& text = settings.text;
  return std::make_unique<text::text_codec>(
      text::text_options{text.raw_after, text.raw_gap, text.pace, settings.limits.frame_bytes});
}

} // namespace

const dialect text_dialect{"text", make_text_codec};

const known_dialects& all_dialects() {
  static const known_dialects all{&text_dialect};
  return all;
}

const dialect* find_dialect(std::string_view name, const known_dialects& among) {
  if (name.empty())
    return among.front();
  const auto found = std::find_if(among.begin(), among.end(), [name](const auto* each) { return each->name == name; });
  return found == among.end() ? nullptr : *found;
}

} // namespace salond
