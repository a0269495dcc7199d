#include "actors/transport/tls_stream.hpp"
#include <algorithm>
#include <cstring>
#include <openssl/err.h>
#include <utility>

namespace salond {
namespace {

// Bytes of a client's half of a handshake. A hello with the largest keys of today has 2 KB. Two hellos and all that
// follows stay far below the bound. OpenSSL alone would gather 128 KB of each.
constexpr size_t max_handshake_bytes = 16384;

constexpr char handshake_record = 0x16;
// "unexpected message", fatal. OpenSSL sends none where a stranger does not speak TLS at all.
constexpr std::string_view not_tls_alert{"\x15\x03\x01\x00\x02\x02\x0a", 7};

} // namespace

/// One call into OpenSSL: the bytes that it may read, the text to which it writes, and an empty queue of errors, since
/// the queue is the thread's.
class tls_stream::call {
public:
  call(wire& wire, std::string_view in, std::string& out) : wire_(wire) {
    wire_.in = in;
    wire_.out = &out;
    wire_.records = 0;
    ERR_clear_error();
  }
  ~call() {
    wire_.in = {};
    wire_.out = nullptr;
    ERR_clear_error();
  }
  call(const call&) = delete;
  call& operator=(const call&) = delete;

private:
  wire& wire_;
};

tls_stream::tls_stream(std::shared_ptr<const tls_credentials> credentials) : with_(std::move(credentials)) {}

tls_stream::tls_stream(SSL_CTX* context, side end) {
  make(context, end);
}

void tls_stream::greet(std::string& sealed) {
  const call here(wire_, {}, sealed);
  if (now_ == state::shaking)
    shake();
}

tls_stream::state tls_stream::feed(std::string_view bytes, time_point now, std::vector<char>& plain,
                                   std::string& sealed) {
  const auto over = now_ == state::failed || now_ == state::ended;
  if (over || (bytes.empty() && rest_.empty()) || (!ssl_ && !begin(bytes.front(), sealed)))
    return now_;
  std::string kept;
  if (!rest_.empty()) { // they come before the new ones
    kept.swap(rest_);
    kept.append(bytes);
    bytes = kept;
  }
  clock_ = now;
  const call here(wire_, bytes, sealed);
  if (now_ == state::shaking)
    shake();
  if (now_ == state::open)
    read(plain);
  if (now_ == state::shaking || now_ == state::open)
    rest_.assign(wire_.in);
  return now_;
}

/// The first byte tells whether it is TLS. So a peer that speaks in clear is refused before it has sent five bytes.
bool tls_stream::begin(char first, std::string& sealed) {
  if (first == handshake_record && make(with_->context(), side::accepting))
    return true;
  if (first != handshake_record) {
    sealed += not_tls_alert;
    fail("it does not speak TLS");
  }
  return false;
}

bool tls_stream::make(SSL_CTX* context, side end) {
  ssl_.reset(SSL_new(context));
  owned<BIO> bio{BIO_new(method()), BIO_free_all};
  if (!ssl_ || !bio) {
    ERR_clear_error();
    ssl_.reset();
    fail("no memory");
    return false;
  }
  BIO_set_data(bio.get(), &wire_);
  BIO_set_init(bio.get(), 1);
  SSL_set_bio(ssl_.get(), bio.get(), bio.get());
  (void)bio.release(); // the SSL's now
  SSL_set_msg_callback(ssl_.get(), on_message);
  SSL_set_msg_callback_arg(ssl_.get(), this);
  if (end == side::accepting)
    SSL_set_accept_state(ssl_.get());
  else
    SSL_set_connect_state(ssl_.get());
  return true;
}

void tls_stream::shake() {
  const auto result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    now_ = state::open;
    wire_.handshaking = false;
    brought_data_ = true; // the handshake's last record has done its work
  } else {
    fail_of(result);
  }
}

void tls_stream::read(std::vector<char>& plain) {
  for (;;) {
    const auto old_size = plain.size();
    plain.resize(old_size + record_bytes);
    const auto result = SSL_read(ssl_.get(), plain.data() + old_size, static_cast<int>(record_bytes));
    plain.resize(old_size + static_cast<size_t>(std::max(result, 0)));
    if (result <= 0)
      return fail_of(result);
    brought_data_ = true;
  }
}

void tls_stream::seal(std::string_view plain, std::string& sealed) {
  const call here(wire_, {}, sealed);
  if (now_ == state::failed || plain.empty())
    return;
  const auto result = SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
  if (result != static_cast<int>(plain.size()))
    fail("it cannot be written to");
}

void tls_stream::seal_end(std::string& sealed) {
  const call here(wire_, {}, sealed);
  if (now_ != state::failed)
    SSL_shutdown(ssl_.get());
}

/// Takes up a step that gave nothing: more bytes are awaited, the peer has ended, or it has failed.
void tls_stream::fail_of(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
  case SSL_ERROR_WANT_READ: return;
  case SSL_ERROR_ZERO_RETURN:
    if (now_ == state::shaking)
      return fail("it broke off");
    now_ = state::ended;
    return;
  default: break;
  }
  if (wire_.overdrawn)
    return fail("too many records without data");
  if (wire_.handshaking && wire_.taken >= max_handshake_bytes)
    return fail("its handshake is too long");
  error_ = ERR_peek_error();
  const auto* reason = ERR_reason_error_string(error_);
  fail(reason ? reason : "it broke off");
}

void tls_stream::fail(const char* why) {
  now_ = state::failed;
  why_ = why;
}

/// Counts the record before this one, if that had no data. OpenSSL goes on by itself from one record to the next as
/// long as bytes come, so this is the one place that sees each.
void tls_stream::record_begins() {
  ++records_;
  ++wire_.records;
  if (wire_.handshaking || std::exchange(brought_data_, false))
    return;
  const auto back = (clock_ - empty_since_) / empty_record_every;
  empty_since_ += back * empty_record_every;
  empty_left_ = static_cast<unsigned>(std::min<int64_t>(empty_left_ + back, max_empty_records));
  if (empty_left_ == 0)
    wire_.overdrawn = true;
  else
    --empty_left_;
}

// --- OpenSSL's side ---

int tls_stream::read_wire(BIO* bio, char* to, int size) {
  auto& from = *static_cast<wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (from.overdrawn || (from.handshaking && from.taken >= max_handshake_bytes))
    return -1;                                       // and nothing to wait for
  const auto rests = from.records >= records_a_call; // what is left waits for the next call
  const auto count = rests ? 0 : std::min(static_cast<size_t>(std::max(size, 0)), from.in.size());
  if (count == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(to, from.in.data(), count);
  from.in.remove_prefix(count);
  from.taken += count;
  return static_cast<int>(count);
}

int tls_stream::write_wire(BIO* bio, const char* from, int size) {
  auto* out = static_cast<wire*>(BIO_get_data(bio))->out;
  BIO_clear_retry_flags(bio);
  if (!out || size < 0)
    return -1;
  out->append(from, static_cast<size_t>(size));
  return size;
}

void tls_stream::on_message(int sent, int, int type, const void*, size_t, SSL*, void* self) {
  if (sent == 0 && type == SSL3_RT_HEADER)
    static_cast<tls_stream*>(self)->record_begins();
}

long tls_stream::control_wire(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* tls_stream::method() {
  static const owned<BIO_METHOD> made = [] {
    owned<BIO_METHOD> result{BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "bytes"), BIO_meth_free};
    BIO_meth_set_read(result.get(), read_wire);
    BIO_meth_set_write(result.get(), write_wire);
    BIO_meth_set_ctrl(result.get(), control_wire);
    return result;
  }();
  return made.get();
}

} // namespace salond
