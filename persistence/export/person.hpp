// All that is kept about one user, as plain values: a summary, and lists that are read piece by piece.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/contracts/access.hpp"
#include "persistence/export/audit_names.hpp"
#include "persistence/fields.hpp"
#include <unordered_map>

namespace salond::persistence {

/// What is short.
struct person_summary {
  struct request {
    std::string salon;
    std::optional<moment> at;
  };
  struct token {
    std::optional<moment> at, expires;
  };
  struct address {
    std::string text;
    std::optional<moment> last;
  };
  struct kick {
    std::optional<moment> at, until;
    std::string reason;
  };

  std::optional<moment> last_seen, disabled;
  std::vector<std::string> salons, moderates;
  std::vector<request> requests;
  std::vector<decided_request> decisions_not_told;
  std::vector<token> tokens;
  std::vector<address> known_addresses;
  std::optional<kick> out;
};

/// A message of a salon that the user wrote.
struct written_message {
  int64_t id = 0;
  std::string salon;
  std::optional<moment> at;
  std::string text;
};

/// A private message to or from the user.
struct exchanged_message {
  int64_t id = 0;
  std::string with; ///< the other
  std::optional<moment> at, delivered;
  std::string text;
};

/// A piece of a list; the list is over when there is nothing more of it.
template <class Row>
struct person_piece {
  std::vector<Row> rows;
  bool over = false;
};

/// An export on its way. One list is read at a time, from its first piece to its last.
class person_export {
public:
  explicit person_export(user who) : who_(std::move(who)) {}

  const user& who() const { return who_; }
  person_summary summary(const reading& db);
  person_piece<written_message> messages(const reading& db);
  person_piece<exchanged_message> sent(const reading& db);
  person_piece<exchanged_message> received(const reading& db);
  /// The lines that are by the user or name the user, also under earlier names.
  person_piece<audit_line> audit(const reading& db);

private:
  using known_names = std::unordered_map<int64_t, std::string>;

  std::string salon_name(const reading& db, int64_t number);
  std::string username(const reading& db, int64_t number);
  std::vector<std::string> salons_in(const reading& db, const char* table, const char* column, const field& value);
  template <class Row, class Read>
  person_piece<Row> rows_of(const reading& db, const char* table, const char* column, Read read);
  person_piece<exchanged_message> private_messages(const reading& db, const char* own, const char* other);

  user who_;
  table_row last_;        ///< the last row of the list that is read
  int64_t last_line_ = 0; ///< of the audit log
  known_names salons_, names_;
  std::optional<audit_names> borne_; ///< once the audit log is in work
};

} // namespace salond::persistence
