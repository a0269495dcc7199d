#include "actors/transport/tls_credentials.hpp"
#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace salond {
namespace {

using testing::HasSubstr;

const identity chat{peer_kind::chat, "salond"};

std::string why_not(const std::string& certificate, const std::string& key) {
  try {
    tls_credentials(certificate, key);
  } catch (const pki_error& error) {
    return error.what();
  }
  return {};
}

template <class Write>
std::string written(Write write) {
  owned<BIO> out{BIO_new(BIO_s_mem()), BIO_free_all};
  write(out.get());
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<size_t>(size)};
}

std::string key_of(const key_pair& pair) {
  return written(
      [&](BIO* out) { PEM_write_bio_PrivateKey(out, pair.key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

} // namespace

TEST(TlsCredentials, AreMadeOfACertificateAndItsKey) {
  const auto made = issue(chat, make_authority(), {}, {"localhost"}).own;

  const tls_credentials found{to_pem(made.certificate.get()), key_of(made)};

  EXPECT_LT(found.from(), found.until());
  EXPECT_EQ(found.fingerprint().size(), 64u);
  EXPECT_EQ(why_not(to_pem(made), to_pem(made)), "") << "both in one file";
}

TEST(TlsCredentials, ShowTheChainBehindTheCertificate) {
  const auto authority = make_authority();
  const auto made = issue(chat, authority, {}, {"localhost"}).own;

  const tls_credentials found{to_pem(made.certificate.get()) + to_pem(authority.certificate.get()), key_of(made)};

  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(found.context(), &chain);
  ASSERT_NE(chain, nullptr);
  EXPECT_EQ(sk_X509_num(chain), 1);
}

TEST(TlsCredentials, SayWhatIsWrong) {
  const auto authority = make_authority();
  const auto one = issue(chat, authority).own, other = issue(chat, authority).own;
  const auto certificate = to_pem(one.certificate.get()), key = key_of(one);
  const auto locked = written([&](BIO* out) {
    PEM_write_bio_PrivateKey(out, one.key.get(), EVP_aes_128_cbc(), reinterpret_cast<const unsigned char*>("abc"), 3,
                             nullptr, nullptr);
  });

  EXPECT_THAT(why_not(certificate, key_of(other)), HasSubstr("do not belong together"));
  EXPECT_THAT(why_not("", key), HasSubstr("no certificate in PEM form"));
  EXPECT_THAT(why_not(key, key), HasSubstr("no certificate in PEM form"));
  EXPECT_THAT(why_not(certificate, ""), HasSubstr("no private key in PEM form"));
  EXPECT_THAT(why_not(certificate, certificate), HasSubstr("no private key in PEM form"));
  EXPECT_THAT(why_not(certificate, locked), HasSubstr("passphrase"));
  EXPECT_THAT(why_not(certificate.substr(0, certificate.size() / 2), key), HasSubstr("cannot be read"));
  EXPECT_THAT(why_not(certificate + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", key),
              HasSubstr("cannot be read"));
}

TEST(TlsCredentials, RefuseAKeyThatIsTooWeak) {
  auto weak = make_authority();
  owned<EVP_PKEY> key{EVP_RSA_gen(1024), EVP_PKEY_free};
  X509_set_pubkey(weak.certificate.get(), key.get());
  X509_sign(weak.certificate.get(), key.get(), EVP_sha256());
  weak.key = std::move(key);

  EXPECT_THAT(why_not(to_pem(weak.certificate.get()), key_of(weak)), HasSubstr("key too small"));
}

} // namespace salond
