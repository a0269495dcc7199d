#include "actors/transport/gate.hpp"
#include <initializer_list>
#include <utility>

namespace salond {
namespace {

// Of caf::message_id, which tls_scribe.cpp compares with CAF's own headers.
constexpr uint64_t response_flag = uint64_t{1} << 63;
constexpr uint64_t answered_flag = uint64_t{1} << 62;
constexpr uint64_t stream_flag = uint64_t{1} << 61;

constexpr char select_connection_flag = 2;         // of a client's second handshake: "use this connection for me"
constexpr size_t max_handshake = 8192;             // a server's names its actor's messages: a hundred bytes each
constexpr size_t max_error = 512;                  // of a down message: a code, a category, an empty context
constexpr int max_client_handshakes = 3;           // CAF sends two
constexpr size_t class_size = 8, process_size = 4; // a node id: class, process, host
constexpr std::string_view types_prefix = "@<>";   // how a message's list of types begins

uint64_t number(const char* bytes, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

/// Takes a length as CAF writes it (seven bits a byte, the lowest first) and so many bytes from the front of `bytes`.
bool take_text(std::string_view& bytes, std::string_view& text) {
  size_t length = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (bytes.empty() || shift > 21)
      return false;
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    length |= static_cast<size_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0)
      break;
  }
  if (length > bytes.size())
    return false;
  text = bytes.substr(0, length);
  bytes.remove_prefix(length);
  return true;
}

} // namespace

gate::gate(std::shared_ptr<const port_rules> rules, side end, std::string our_node)
    : rules_(std::move(rules)), side_(end), our_node_(std::move(our_node)) {}

gate::operation gate::expected_greeting() const {
  return side_ == side::accepted ? operation::client_handshake : operation::server_handshake;
}

gate::refusal gate::header(const char* bytes) {
  operation_ = static_cast<operation>(bytes[0]);
  payload_size_ = static_cast<size_t>(number(bytes + 4, 4));
  const addressing addressed{number(bytes + 8, 8), number(bytes + 16, 8), number(bytes + 24, 8)};
  response_ = (addressed.data & response_flag) != 0;
  if (bytes[1] != 0 || bytes[2] != 0)
    return "padding is used";
  if (bytes[3] != 0 && (operation_ != operation::client_handshake || bytes[3] != select_connection_flag))
    return "flags are used"; // a message to an actor by name: SpawnServ, ConfigServ
  if (their_node_.empty() && operation_ != expected_greeting())
    return "no handshake first";
  if (operation_ == expected_greeting())
    return handshake_header();
  switch (operation_) {
  case operation::heartbeat: return payload_size_ != 0 ? "heartbeat with a payload" : nullptr;
  case operation::down_message:
    senders_.erase(addressed.from); // it has ended, and CAF forgets its proxy
    return payload_size_ < 2 * node_id_size || payload_size_ > 2 * node_id_size + max_error ? "down of a wrong size"
                                                                                            : nullptr;
  case operation::monitor_message:
    if (payload_size_ != 2 * node_id_size)
      return "monitor of a wrong size";
    return !wide() && addressed.to != rules_->published ? "monitor of another actor" : nullptr;
  case operation::direct_message: return message_header(addressed);
  case operation::server_handshake:
  case operation::client_handshake: return "handshake of the wrong direction";
  case operation::routed_message: return "routed message";
  }
  return "unknown operation";
}

gate::refusal gate::handshake_header() {
  // Without the node id BASP would read behind the end of an empty payload.
  const auto max = side_ == side::accepted ? node_id_size : max_handshake;
  if (payload_size_ < node_id_size || payload_size_ > max)
    return "handshake of a wrong size";
  return ++handshakes_ > (side_ == side::accepted ? max_client_handshakes : 1) ? "too many handshakes" : nullptr;
}

gate::refusal gate::message_header(const addressing& addressed) {
  if (payload_size_ == 0 || payload_size_ > rules_->max_payload)
    return "message of a wrong size";
  if ((addressed.data & answered_flag) != 0)
    return "message marked as answered";
  return wide() ? nullptr : operator_header(addressed);
}

gate::refusal gate::operator_header(const addressing& addressed) {
  if (addressed.from == 0)
    return "message without a sender"; // there would be nobody of whom to ask who it is
  if (addressed.to != rules_->published)
    return "message to another actor";
  if ((addressed.data & (response_flag | stream_flag)) != 0)
    return "forged response or stream"; // a guessed number would answer another request of the actor
  if (senders_.insert(addressed.from).second && senders_.size() > rules_->max_senders)
    return "too many senders";
  return nullptr;
}

gate::refusal gate::payload(const char* bytes) {
  const std::string_view content{bytes, payload_size_};
  switch (operation_) {
  case operation::direct_message: return message_payload(content);
  case operation::server_handshake:
  case operation::client_handshake: return handshake_payload(content);
  case operation::monitor_message:
  case operation::down_message: return notice_payload(content);
  case operation::routed_message:
  case operation::heartbeat: break;
  }
  return "unexpected payload";
}

gate::refusal gate::handshake_payload(std::string_view bytes) {
  const auto id = bytes.substr(0, node_id_size);
  const std::string_view ours{our_node_};
  const auto no_process = std::string(process_size, '\0');
  if (id.substr(0, class_size) != ours.substr(0, class_size) || id.substr(class_size, process_size) == no_process)
    return "node id is invalid";
  if (id == ours)
    return "node id is ours";
  if (!their_node_.empty() && id != their_node_)
    return "another node id";
  their_node_ = id;
  return nullptr;
}

gate::refusal gate::notice_payload(std::string_view bytes) const {
  if (bytes.substr(0, node_id_size) != their_node_ || bytes.substr(node_id_size, node_id_size) != our_node_)
    return "for or from another node";
  // An error may carry a message, and that may name any of our actors. CAF's own errors carry an empty one.
  if (!wide() && bytes.find("@<>+", 2 * node_id_size) != std::string_view::npos)
    return "down with a message inside";
  return nullptr;
}

gate::refusal gate::message_payload(std::string_view bytes) const {
  // Stages (a list, so its length: 0), 0, 0, the types as one text "@<>+a+b", the values.
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0 || bytes[2] != 0)
    return "message with stages or without types";
  bytes.remove_prefix(3);
  std::string_view types;
  if (!take_text(bytes, types) || types.substr(0, types_prefix.size()) != types_prefix)
    return "message without types";
  return types_of_message(types.substr(types_prefix.size()));
}

gate::refusal gate::types_of_message(std::string_view types) const {
  if (types.empty())
    return wide() && response_ ? nullptr : "empty message"; // an answer without a value is one
  if (types.front() != '+')
    return "message without types";
  if (!wide())
    return rules_->types.count(std::string(types.substr(1))) == 0 ? "message of a type that is not allowed" : nullptr;
  for (const auto* bad : {"+@exit", "+@down", "+@group", "+@open_stream", "+@upstream", "+@downstream", "+@timeout",
                          "+@message", "+@atom+@strong"})
    if (types.find(bad) != std::string_view::npos)
      return "one of CAF's own messages";
  return nullptr;
}

} // namespace salond
