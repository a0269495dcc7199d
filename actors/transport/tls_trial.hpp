// Tries whether anybody can shake hands with a certificate. A list of all reasons for which clients refuse would never
// be complete, so a client is asked.
#pragma once
#include <openssl/ssl.h>
#include <string>

namespace salond {

/// Has OpenSSL's own client, with its defaults, shake hands with this server in memory. Answers why it does not, or
/// nothing. The client trusts the certificate, whoever signed it and whenever it is good: those are other questions.
std::string why_nobody_can_shake_hands(SSL_CTX* server);

} // namespace salond
