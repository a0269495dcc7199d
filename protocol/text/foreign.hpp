// How other protocols begin: what does not belong on a port of the text protocol is closed without a word.
#pragma once
#include <string_view>

namespace salond::text {

/// Whether bytes begin as a TLS record does: a handshake, of version 3.
bool is_tls_hello(std::string_view bytes);

/// Whether bytes begin as an HTTP request for a path does.
bool is_http_beginning(std::string_view bytes);

/// Whether a whole first frame is another protocol's: a request line, `METHOD path HTTP/1.1`, or, without a ':', the
/// beginning of one. A user may be called GET: `GET:password`, and even `GET / HTTP/1.1:password`, are logins.
bool is_foreign(std::string_view frame);

} // namespace salond::text
