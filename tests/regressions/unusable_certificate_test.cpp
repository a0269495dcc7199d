// The story: a configured certificate had a key on the curve secp256k1. `--check-config` said that all was well, and
// then no client could shake hands: TLS does not know that curve. What is right: a certificate that no client takes is
// a fault before the server starts. There are many such kinds, so none is listed: OpenSSL's own client shakes hands
// with it in memory, and what that says is the fault.
//
// A check that was none: the client in memory trusts the certificate itself, so a chain that belongs to another one, as
// after a renewal of one file of two, passed without a word; and so did a certificate that names no host. Now both are
// warned of.
#include "actors/transport/certificate_doubts.hpp"
#include "actors/transport/tls_credentials.hpp"
#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

namespace salond {
namespace {

using testing::HasSubstr;

struct recipe {
  recipe(EVP_PKEY* of, const EVP_MD* with = EVP_sha256()) : key(of), digest(with) {} // NOLINT: a key is a recipe

  EVP_PKEY* key; ///< taken over
  const EVP_MD* digest;
  std::vector<std::pair<int, const char*>> extensions; ///< by their number in OpenSSL
  bool of_an_authority = false;                        ///< signed by another key than its own
  long days_from = -1, days_until = 100;
};

/// The PEM text of a certificate and its key.
std::string made(const recipe& recipe) {
  owned<EVP_PKEY> key{recipe.key, EVP_PKEY_free};
  owned<EVP_PKEY> other{EVP_RSA_gen(2048), EVP_PKEY_free}; // RSA signs any digest, MD5 too
  owned<X509> certificate{X509_new(), X509_free};
  auto* x = certificate.get();
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
  X509_gmtime_adj(X509_getm_notBefore(x), recipe.days_from * 24 * 3600);
  X509_gmtime_adj(X509_getm_notAfter(x), recipe.days_until * 24 * 3600);
  X509_set_pubkey(x, key.get());
  const auto name = [](X509_NAME* of, const char* text) {
    X509_NAME_add_entry_by_txt(of, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(text), -1, -1, 0);
  };
  name(X509_get_subject_name(x), "chat.example");
  name(X509_get_issuer_name(x), recipe.of_an_authority ? "authority" : "chat.example");
  for (const auto& [number, value] : recipe.extensions) {
    owned<X509_EXTENSION> extension{X509V3_EXT_conf_nid(nullptr, nullptr, number, value), X509_EXTENSION_free};
    X509_add_ext(x, extension.get(), -1);
  }
  const auto one_shot = EVP_PKEY_is_a(key.get(), "ED448") == 1 || EVP_PKEY_is_a(key.get(), "ED25519") == 1;
  EXPECT_NE(X509_sign(x, recipe.of_an_authority ? other.get() : key.get(),
                      one_shot && !recipe.of_an_authority ? nullptr : recipe.digest),
            0);
  owned<BIO> out{BIO_new(BIO_s_mem()), BIO_free_all};
  PEM_write_bio_X509(out.get(), x);
  PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<size_t>(size)};
}

/// Why it is refused; empty where it is not.
std::string fault_of(const recipe& recipe) {
  const auto text = made(recipe);
  try {
    tls_credentials(text, text);
  } catch (const pki_error& why) {
    return why.what();
  }
  return {};
}

TEST(UnusableCertificate, OfACurveThatTlsDoesNotKnowIsAFault) {
  const auto why = fault_of({EVP_EC_gen("secp256k1")});

  EXPECT_THAT(why, HasSubstr("no client can shake hands with it (its key: EC secp256k1)"));
  EXPECT_NE(fault_of({EVP_EC_gen("brainpoolP256r1")}), "");
  EXPECT_NE(fault_of({EVP_EC_gen("secp224r1")}), "");
}

TEST(UnusableCertificate, OfAWeakKeyIsAFault) {
  EXPECT_NE(fault_of({EVP_RSA_gen(512)}), "");
  EXPECT_NE(fault_of({EVP_RSA_gen(1024)}), "");
}

TEST(UnusableCertificate, WithASignatureThatIsTooWeakIsAFault) {
  recipe old{EVP_EC_gen("P-256"), EVP_sha1()};
  old.of_an_authority = true;
  EXPECT_NE(fault_of(old), "");
  old.key = EVP_EC_gen("P-256");
  old.digest = EVP_md5();
  EXPECT_NE(fault_of(old), "");
}

TEST(UnusableCertificate, ThatIsForAnotherUseIsAFault) {
  recipe recipe{EVP_EC_gen("P-256")};
  recipe.extensions = {{NID_ext_key_usage, "clientAuth"}};
  EXPECT_THAT(fault_of(recipe), testing::AnyOf(HasSubstr("purpose"), HasSubstr("no client can shake hands")));
  recipe.key = EVP_EC_gen("P-256");
  recipe.extensions = {{NID_ext_key_usage, "emailProtection"}};
  EXPECT_NE(fault_of(recipe), "");
  recipe.key = EVP_EC_gen("P-256");
  recipe.extensions = {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign,cRLSign"}};
  EXPECT_NE(fault_of(recipe), "") << "the authority's own certificate in place of the server's";
}

TEST(UnusableCertificate, IsNoneOfTheUsualOnes) {
  for (const auto* curve : {"P-256", "P-384", "P-521"})
    EXPECT_EQ(fault_of({EVP_EC_gen(curve)}), "") << curve;
  EXPECT_EQ(fault_of({EVP_RSA_gen(2048)}), "");
  for (const auto* kind : {"ED25519", "ED448"})
    EXPECT_EQ(fault_of({EVP_PKEY_Q_keygen(nullptr, nullptr, kind)}), "") << kind;
  recipe plain{EVP_EC_gen("P-256")};
  plain.extensions = {{NID_ext_key_usage, "serverAuth,clientAuth"}, {NID_key_usage, "critical,digitalSignature"}};
  EXPECT_EQ(fault_of(plain), "");
  recipe own_authority{EVP_EC_gen("P-256")};
  own_authority.extensions = {{NID_basic_constraints, "critical,CA:TRUE"}}; // as `openssl req -x509` makes it
  EXPECT_EQ(fault_of(own_authority), "");
}

TEST(UnusableCertificate, IsNotOneThatHasExpiredOrBeginsLater) {
  recipe recipe{EVP_EC_gen("P-256")};
  recipe.days_from = -100;
  recipe.days_until = -50;
  EXPECT_EQ(fault_of(recipe), "") << "that is warned of, and no reason not to start";
  recipe.key = EVP_EC_gen("P-256");
  recipe.days_from = 10;
  recipe.days_until = 50;
  EXPECT_EQ(fault_of(recipe), "");
}

TEST(UnusableCertificate, WithAnothersChainIsWarnedOf) {
  const auto authority = make_authority(), other = make_authority();
  const auto own = issue({peer_kind::chat, "salond"}, authority, {}, {"chat.example"}).own;
  const auto leaf = to_pem(own.certificate.get()), root = to_pem(authority.certificate.get()),
             stranger = to_pem(other.certificate.get());

  EXPECT_THAT(doubts_about(leaf), testing::IsEmpty());
  EXPECT_THAT(doubts_about(leaf + root), testing::IsEmpty());
  EXPECT_THAT(doubts_about(leaf + stranger), testing::ElementsAre(HasSubstr("belongs to another chain")));
  EXPECT_THAT(doubts_about(leaf + root + stranger), testing::ElementsAre(HasSubstr("belongs to another chain")));
}

TEST(UnusableCertificate, ThatNamesNoHostIsWarnedOf) {
  EXPECT_THAT(doubts_about(made({EVP_EC_gen("P-256")})), testing::ElementsAre(HasSubstr("names no host")));
}

} // namespace
} // namespace salond
