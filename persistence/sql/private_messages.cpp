// Private messages.
#include "persistence/contracts/private_messages.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
#include <algorithm>
#include <tuple>

namespace salond::persistence {
namespace {

// What most people write at once, and little beside a name.
constexpr size_t short_text = 512;

private_message message_in(const query_result& row) {
  return {private_id{row.integer(0)}, row.text(1), row.text(2), from_ms(row.integer(4))};
}

std::string with_authors(const sql_words& words) {
  return std::string(words.in_this_order) + "clients c ON c.client_id = p.from_client_id AND c.gone_ms IS NULL ";
}

class sql_private_messages final : public feature<private_message_store> {
public:
  sql_private_messages(driver& on, known_mailboxes& known) : feature(on), known_(known) {}

  std::optional<mailbox> mailbox_of(const std::string& target_key, user_id author,
                                    const room_check& is_full) const override {
    auto* others = db().among_nodes();
    if (!others) { // nobody else adds to mailboxes
      auto box = addressee(target_key);
      if (!box)
        return std::nullopt;
      if (const auto* most = known_.of(box->of)) {
        box->count = box->own_count = most->texts;
        box->bytes = box->own_bytes = most->bytes;
        if (!is_full(*box))
          return box;
      }
    }
    auto box = counted(target_key, author);
    if (box && others)
      others->look_where(*box, author);
    else if (box)
      known_.counted(box->of, {box->count, box->bytes});
    return box;
  }

  /// One question where all texts together make up a piece.
  private_page waiting_for(user_id who) const override {
    const auto& words = db().words();
    auto values = max_bytes_of_short(words, short_text);
    values.push_back(who.value);
    private_page page;
    std::tie(page.texts, page.later) = first_piece_in(
        db().ask("SELECT p.pm_id, c.username, " + short_text_columns(words) + ", p.created_ms FROM private_messages p"
                     + with_authors(words) + "WHERE p.to_client_id = ? AND p.delivered_ms IS NULL ORDER BY p.pm_id",
                 values),
        words, message_in);
    if (!page.later.empty())
      page.texts = texts_of(who, take_piece(page.later));
    return page;
  }

  std::vector<user_id> with_mail(const std::vector<user_id>& of) const override {
    std::vector<user_id> result;
    ask_for_each(db(),
                 "SELECT c.client_id FROM clients c WHERE EXISTS (SELECT 1 FROM private_messages p "
                 "WHERE p.to_client_id = c.client_id AND p.delivered_ms IS NULL) AND c.client_id",
                 {}, numbers_of(of), "", [&](const query_result& row) { result.push_back(user_id{row.integer(0)}); });
    return result;
  }

  std::vector<marked_private> marked_since(const std::vector<user_id>& of, moment since) const override {
    std::vector<marked_private> result;
    ask_for_each(db(),
                 "SELECT p.to_client_id, p.pm_id FROM private_messages p WHERE p.delivered_ms >= ? AND p.to_client_id",
                 {to_ms(since)}, numbers_of(of), "", [&](const query_result& row) {
                   result.push_back({user_id{row.integer(0)}, private_id{row.integer(1)}});
                 });
    return result;
  }

  std::optional<private_id> newest() const override {
    if (!db().among_nodes())
      return std::nullopt;
    return private_id{number_in(db().ask("SELECT COALESCE(MAX(pm_id), 0) FROM private_messages"))};
  }

  bool may_be_told_elsewhere(user_id who) const override {
    auto* others = db().among_nodes();
    return others && others->is_elsewhere(who);
  }

  std::vector<private_message> at(user_id who, const std::vector<private_id>& which) const override {
    return texts_of(who, numbers_of(which));
  }

  private_id insert(user_id author, user_id target, const std::string& text, moment now) override {
    const new_private_message message{author, target, text, now,
                                      std::min(static_cast<int64_t>(text.size()), max_bytes_of_one)};
    known_.added(target, message.bytes);
    if (const auto number = db().append(message))
      return *number;
    db().run("INSERT INTO private_messages(from_client_id, to_client_id, contenu, created_ms, bytes) "
             "VALUES (?, ?, ?, ?, ?)",
             {author.value, target.value, text, to_ms(now), message.bytes});
    return private_id{db().last_insert_id()};
  }

  void mark_delivered(const std::vector<private_id>& which, moment now) override {
    auto ids = numbers_of(which);
    if (auto* others = db().among_nodes())
      ids = others->lock_free("private_messages", "pm_id", std::move(ids)); // what is held, another one is marking
    run_for_each(db(),
                 std::string("UPDATE private_messages") + db().words().by_number
                     + " SET delivered_ms = ? WHERE delivered_ms IS NULL AND pm_id",
                 {to_ms(now)}, ids);
  }

  void tell_elsewhere(user_id who) override { tell_nodes({fact::kind::mail, who, {}, {}}); }

private:
  std::optional<mailbox> addressee(const std::string& target_key) const {
    const auto* owner = known_.owner_of(target_key);
    if (!owner) {
      const auto found =
          db().ask("SELECT c.client_id, c.username FROM clients c WHERE c.username_key = ?", {blob{target_key}});
      if (!found->next())
        return std::nullopt;
      owner = &known_.found(target_key, {user_id{found->integer(0)}, found->text(1)});
    }
    mailbox result;
    result.of = owner->who;
    result.username = owner->username;
    return result;
  }

  // One question: each may cost a way to the database and back. SIGNED: MySQL's sums are decimals without it.
  std::optional<mailbox> counted(const std::string& target_key, user_id author) const {
    const auto found =
        db().ask("SELECT c.client_id, c.username, COUNT(p.pm_id), CAST(COALESCE(SUM(p.bytes), 0) AS SIGNED),"
                 " CAST(COALESCE(SUM(p.from_client_id = ?), 0) AS SIGNED),"
                 " CAST(COALESCE(SUM(CASE WHEN p.from_client_id = ? THEN p.bytes ELSE 0 END), 0) AS SIGNED) "
                 "FROM clients c "
                 "LEFT JOIN private_messages p ON p.to_client_id = c.client_id AND p.delivered_ms IS NULL "
                 "WHERE c.username_key = ? GROUP BY c.client_id, c.username",
                 {author.value, author.value, blob{target_key}});
    if (!found->next())
      return std::nullopt;
    return mailbox{user_id{found->integer(0)},
                   found->text(1),
                   found->integer(2),
                   found->integer(3),
                   found->integer(4),
                   found->integer(5),
                   {},
                   {}};
  }

  std::vector<private_message> texts_of(user_id who, const std::vector<int64_t>& ids) const {
    std::vector<private_message> result;
    const auto& words = db().words();
    ask_for_each(db(),
                 std::string("SELECT p.pm_id, c.username, p.contenu, 0, p.created_ms FROM private_messages p")
                     + words.by_number + with_authors(words) + "WHERE p.to_client_id = ? AND p.pm_id",
                 {who.value}, ids, " ORDER BY p.pm_id",
                 [&](const query_result& row) { result.push_back(message_in(row)); });
    return result;
  }

  known_mailboxes& known_;
};

} // namespace

std::unique_ptr<private_message_store> private_messages_over(driver& on, known_mailboxes& known) {
  return std::make_unique<sql_private_messages>(on, known);
}

} // namespace salond::persistence
