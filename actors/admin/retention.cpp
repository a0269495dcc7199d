// How long messages are kept: what an operator says of a salon, and is told of all.
#include "actors/rules/retention.hpp"
#include "actors/admin/ask.hpp"
#include "actors/wall_clock.hpp"
#include "persistence/decisions/retention.hpp"

namespace salond {
namespace {

using namespace persistence;

/// What DAYS means.
struct wished_days {
  std::optional<int64_t> own; ///< 0: for good; nothing: as the configuration says
};

/// Nothing: it means nothing.
std::optional<wished_days> days_meant(const std::string& word) {
  if (word == "none")
    return wished_days{0};
  if (word == "default")
    return wished_days{};
  constexpr size_t max_digits = 5; // of max_retention_days
  if (word.empty() || word.size() > max_digits || word.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  const auto days = std::stoll(word);
  return days >= 1 && days <= max_retention_days ? std::optional{wished_days{days}} : std::nullopt;
}

/// The days that hold, 0: for good.
int64_t days_of(const admin_call_ptr& call, std::optional<int64_t> own) {
  return own.value_or(call->parts().retention->now().settings.salons_days);
}

/// What is so now, as people are told it.
std::string sentence_about(const admin_call_ptr& call, const std::string& salon, std::optional<int64_t> own) {
  const auto days = days_of(call, own);
  const auto kept =
      days == 0 ? " are kept for good"
                : " are deleted " + std::to_string(days) + (days == 1 ? " day" : " days") + " after they were posted";
  return "messages of " + salon + kept + (own ? "" : ", as the configuration says");
}

void set_days(const admin_call_ptr& call, std::optional<int64_t> own) {
  ask_to_write(
      call,
      [id = call->context.salon->id, own, why = call->why()](const writing& db) {
        return decisions::set_retention(db, id, own, why);
      },
      [call, own](const salon_record& salon) {
        call->parts().retention->changed();
        json answer{{"done", true}, {"salon", salon.name}};
        tell_retention(answer, call, own);
        answer["now"] = sentence_about(call, salon.name, own);
        call->done(answer);
      });
}

// --- what would go ---

/// Counts a salon's old messages part by part.
struct dry_run {
  moment before;
  int64_t after = 0, count = 0;
};

void end_dry_run(const admin_call_ptr& call, int64_t count) {
  call->done(json{{"changed", false}, {"salon", call->context.salon->name}, {"messages_that_would_go", count}});
}

void count_on(const admin_call_ptr& call, const std::shared_ptr<dry_run>& state) {
  ask_to_read_on(
      call,
      [of = message_series{call->context.salon->id}, after = state->after, before = state->before](const reading& db) {
        return db.retention.count_older(of, after, before);
      },
      [call, state](const counted_part& part) {
        state->count += part.count;
        state->after = part.after;
        part.after == 0 ? end_dry_run(call, state->count) : count_on(call, state);
      });
}

void tell_what_would_go(const admin_call_ptr& call, std::optional<int64_t> own) {
  const auto before = rules::too_old(days_of(call, own), wall_clock());
  if (!before)
    return end_dry_run(call, 0);
  auto state = std::make_shared<dry_run>();
  state->before = *before;
  call->report([state] { return json{{"messages", state->count}}; });
  count_on(call, state);
}

void set_retention(const admin_call_ptr& call) {
  const auto wished = days_meant(call->said().get("DAYS"));
  if (!wished)
    return call->refuse(admin_verdict::wrong_usage,
                        "DAYS is a number from 1 to 36500, none (for good), or default (as the configuration says)");
  call->said().has("--dry-run") ? tell_what_would_go(call, wished->own) : set_days(call, wished->own);
}

} // namespace

void tell_retention(json& shown, const admin_call_ptr& call, std::optional<int64_t> own) {
  const auto days = days_of(call, own);
  shown["retention_days"] = days == 0 ? json(nullptr) : json(days);
  shown["retention_from"] = own ? "salon" : "configuration";
}

void add_retention_commands(std::map<std::string_view, admin_command>& to) {
  to["salon retention"] = set_retention;
}

} // namespace salond
