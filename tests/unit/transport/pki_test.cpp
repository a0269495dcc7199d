#include "actors/transport/pki.hpp"
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace salond {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const identity zoe{peer_kind::administrator, "zoe"};
const identity server{peer_kind::node, "salond"};

enum class purpose { of_a_client, of_a_server };

/// What OpenSSL says of a certificate, as TLS would ask: X509_V_OK, or why not.
int verify(X509* leaf, X509* authority, purpose why = purpose::of_a_client) {
  owned<X509_STORE> store{X509_STORE_new(), X509_STORE_free};
  owned<X509_STORE_CTX> context{X509_STORE_CTX_new(), X509_STORE_CTX_free};
  X509_STORE_add_cert(store.get(), authority);
  X509_STORE_CTX_init(context.get(), store.get(), leaf, nullptr);
  X509_STORE_CTX_set_default(context.get(), why == purpose::of_a_client ? "ssl_client" : "ssl_server");
  return X509_verify_cert(context.get()) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context.get());
}

int verify(const bundle& x, purpose why = purpose::of_a_client) {
  return verify(x.own.certificate.get(), x.authority.get(), why);
}

} // namespace

TEST(Pki, IssuesCertificatesThatVerify) {
  const auto authority = make_authority();

  EXPECT_EQ(verify(issue(zoe, authority)), X509_V_OK);
  EXPECT_EQ(verify(issue(server, authority), purpose::of_a_server), X509_V_OK);
  EXPECT_EQ(verify(issue(server, authority), purpose::of_a_client), X509_V_OK);
}

TEST(Pki, KeepsAnOperatorFromBeingAServer) {
  const auto authority = make_authority();

  EXPECT_EQ(verify(issue(zoe, authority), purpose::of_a_server), X509_V_ERR_INVALID_PURPOSE);
}

TEST(Pki, WritesWhoItIsForIntoTheCertificate) {
  const auto authority = make_authority();
  const auto now = std::time(nullptr);

  const auto made = issue(zoe, authority, {seconds{-300}, hours{24}});
  const auto facts = facts_of(made.own.certificate.get());

  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->who, zoe);
  EXPECT_EQ(facts->serial.size(), 32u);
  EXPECT_NEAR(static_cast<double>(facts->from), static_cast<double>(now - 300), 5);
  EXPECT_NEAR(static_cast<double>(facts->until), static_cast<double>(now + 86400), 5);
}

TEST(Pki, NeverGivesTheSameSerialTwice) {
  const auto authority = make_authority();
  const auto a = issue(zoe, authority), b = issue(zoe, authority);

  EXPECT_NE(facts_of(a.own.certificate.get())->serial, facts_of(b.own.certificate.get())->serial);
}

TEST(Pki, SeesNobodyInTheAuthoritysOwnCertificate) {
  EXPECT_FALSE(facts_of(make_authority().certificate.get()));
}

TEST(Pki, RefusesNamesThatAreNone) {
  const auto authority = make_authority();

  EXPECT_THROW(issue({peer_kind::moderator, ""}, authority), pki_error);
  EXPECT_THROW(issue({peer_kind::moderator, "zo\xC3\xAB"}, authority), pki_error);
  EXPECT_THROW(issue({peer_kind::moderator, "a,URI:salond:administrator/b"}, authority), pki_error);
}

TEST(Pki, ExpiresAndBegins) {
  const auto authority = make_authority();

  EXPECT_EQ(verify(issue(zoe, authority, {seconds{-3600}, seconds{-1}})), X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_EQ(verify(issue(zoe, authority, {seconds{3600}, seconds{7200}})), X509_V_ERR_CERT_NOT_YET_VALID);
}

TEST(Pki, NeverOutlivesItsAuthority) {
  const auto authority = make_authority({seconds{-300}, hours{1}});

  const auto facts = facts_of(issue(zoe, authority).own.certificate.get());

  EXPECT_LE(facts->until, std::time(nullptr) + 3600);
}

TEST(Pki, RefusesACertificateOfAnotherAuthority) {
  const auto ours = make_authority(), theirs = make_authority();

  EXPECT_NE(verify(issue(zoe, theirs).own.certificate.get(), ours.certificate.get()), X509_V_OK);
}

TEST(Pki, LetsNobodyButTheAuthoritySign) {
  const auto authority = make_authority();
  const auto mine = issue(zoe, authority);
  const auto forged = issue(server, mine.own);

  EXPECT_NE(verify(forged.own.certificate.get(), authority.certificate.get()), X509_V_OK);
}

TEST(Pki, RenewsTheAuthorityWithoutHarmToWhatItSigned) {
  const auto old = make_authority({seconds{-300}, hours{1}});
  const auto signed_before = issue(zoe, old);

  const auto renewed = renew_authority(old);
  const auto signed_after = issue(server, renewed);

  EXPECT_NE(X509_cmp(old.certificate.get(), renewed.certificate.get()), 0);
  EXPECT_EQ(verify(signed_before.own.certificate.get(), renewed.certificate.get()), X509_V_OK);
  EXPECT_EQ(verify(signed_after.own.certificate.get(), old.certificate.get(), purpose::of_a_server), X509_V_OK);
}

TEST(Pki, IsDueWithAThirdOfItsLifeLeft) {
  const auto authority = make_authority();
  const auto made = issue(zoe, authority, {seconds{0}, seconds{9000}});
  const auto now = std::time(nullptr);

  EXPECT_FALSE(renewal_due(made.own.certificate.get(), now));
  EXPECT_FALSE(renewal_due(made.own.certificate.get(), now + 5900));
  EXPECT_TRUE(renewal_due(made.own.certificate.get(), now + 6100));
  EXPECT_TRUE(renewal_due(made.own.certificate.get(), now + 10000));
}

TEST(Pki, WritesABundleAsThreePemBlocksAndReadsItBack) {
  const auto made = issue(zoe, make_authority());

  const auto text = to_pem(made);
  const auto back = bundle_from(text);

  EXPECT_EQ(to_pem(back), text);
  EXPECT_EQ(X509_cmp(back.own.certificate.get(), made.own.certificate.get()), 0);
  EXPECT_EQ(verify(back), X509_V_OK);
  EXPECT_EQ(text.find("-----BEGIN CERTIFICATE-----"), 0u);
  EXPECT_LT(text.find("-----BEGIN PRIVATE KEY-----"), text.rfind("-----BEGIN CERTIFICATE-----"));
}

TEST(Pki, RefusesTextsThatAreNoBundle) {
  const auto authority = make_authority();
  const auto text = to_pem(issue(zoe, authority)), other = to_pem(issue(zoe, authority));
  const auto key_at = text.find("-----BEGIN PRIVATE"), authority_at = text.rfind("-----BEGIN CERT");

  EXPECT_THROW(bundle_from(""), pki_error);
  EXPECT_THROW(bundle_from("garbage"), pki_error);
  EXPECT_THROW(bundle_from(text.substr(0, key_at)), pki_error);
  EXPECT_THROW(bundle_from(text.substr(0, authority_at)), pki_error);
  EXPECT_THROW(bundle_from(text.substr(key_at)), pki_error);
  EXPECT_THROW(bundle_from(text.substr(0, key_at) + other.substr(other.find("-----BEGIN PRIVATE"))), pki_error);
  for (size_t cut = 0; cut + 40 < text.size(); cut += 37)
    EXPECT_THROW(bundle_from(text.substr(0, cut)), pki_error) << cut;
}

TEST(Pki, DoesNotAskForAPassphrase) {
  const auto made = make_authority();
  owned<BIO> out{BIO_new(BIO_s_mem()), BIO_free_all};
  unsigned char secret[] = "secret";
  PEM_write_bio_X509(out.get(), made.certificate.get());
  PEM_write_bio_PrivateKey(out.get(), made.key.get(), EVP_aes_256_cbc(), secret, 6, nullptr, nullptr);
  char* data = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(out.get(), &data));

  EXPECT_THROW(key_pair_from(std::string(data, size)), pki_error);
}

} // namespace salond
