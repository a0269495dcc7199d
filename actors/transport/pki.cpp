#include "actors/transport/pki.hpp"
#include <algorithm>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string_view>
#include <utility>

namespace salond {

void demand(bool fine, const char* failure) {
  if (fine)
    return;
  const auto code = ERR_get_error();
  const auto* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  throw pki_error(std::string(failure) + (reason ? std::string(": ") + reason : std::string{}));
}

namespace {

constexpr const char* list_block = "SALOND CERTIFICATES"; // of a node's bundle
constexpr size_t serial_size = 16;                        // RFC 5280 allows 20 bytes; 128 random bits never come twice

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  owned<X509_EXTENSION> extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), X509_EXTENSION_free};
  demand(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "cannot add an extension");
}

void set_serial(X509* certificate) {
  unsigned char bytes[serial_size];
  demand(RAND_bytes(bytes, sizeof bytes) == 1, "no random bytes");
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3F) | 0x40); // positive, and never shorter
  owned<BIGNUM> number{BN_bin2bn(bytes, sizeof bytes, nullptr), BN_free};
  demand(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)), "no serial number");
}

std::time_t to_time(const ASN1_TIME* time) {
  std::tm parts{};
  demand(ASN1_TIME_to_tm(time, &parts) == 1, "cannot read a date");
  return timegm(&parts);
}

/// A certificate without extensions and signature.
owned<X509> draft(const std::string& common_name, EVP_PKEY* key, const validity& lasts) {
  owned<X509> result{X509_new(), X509_free};
  demand(result && key, "cannot make a key");
  auto* x = result.get();
  set_serial(x);
  const auto now = std::time(nullptr);
  demand(X509_set_version(x, X509_VERSION_3) == 1 && X509_set_pubkey(x, key) == 1
             && ASN1_TIME_set(X509_getm_notBefore(x), now + lasts.from.count())
             && ASN1_TIME_set(X509_getm_notAfter(x), now + lasts.until.count())
             && X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                                           reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0)
                    == 1,
         "cannot make a certificate");
  return result;
}

key_pair self_signed(owned<EVP_PKEY> key, const validity& lasts) {
  key_pair made;
  made.certificate = draft("salond authority", key.get(), lasts);
  made.key = std::move(key);
  auto* x = made.certificate.get();
  demand(X509_set_issuer_name(x, X509_get_subject_name(x)) == 1, "cannot name the issuer");
  add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(x, x, NID_subject_key_identifier, "hash");
  demand(X509_sign(x, made.key.get(), EVP_sha256()) != 0, "cannot sign");
  return made;
}

owned<EVP_PKEY> new_key() {
  return {EVP_EC_gen("P-256"), EVP_PKEY_free};
}

owned<BIO> reader(const std::string& pem) {
  owned<BIO> in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all};
  demand(in != nullptr, "no memory");
  return in;
}

template <class Write>
std::string written(Write write) {
  owned<BIO> out{BIO_new(BIO_s_mem()), BIO_free_all};
  demand(out && write(out.get()), "cannot encode");
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<size_t>(size)};
}

bool write_pair(BIO* out, const key_pair& pair) {
  return PEM_write_bio_X509(out, pair.certificate.get()) == 1
         && PEM_write_bio_PrivateKey(out, pair.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
}

/// Our keys have no passphrase. Without this OpenSSL asks for one on the terminal, and a daemon stands still.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

/// A name in a certificate, as OpenSSL's extension parser takes it; nothing for a text that the parser would take for
/// something else.
std::string host_entry(const std::string& host) {
  const owned<ASN1_OCTET_STRING> address{a2i_IPADDRESS(host.c_str()), ASN1_OCTET_STRING_free};
  ERR_clear_error();
  if (address)
    return ",IP:" + host;
  constexpr auto of_names = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  return host.empty() || host.find_first_not_of(of_names) != std::string::npos ? "" : ",DNS:" + host;
}

/// The use of a certificate, in OpenSSL's words.
const char* usage_of(peer_kind kind) {
  switch (kind) {
  case peer_kind::node: return "serverAuth,clientAuth";
  case peer_kind::chat: return "serverAuth";
  default: return "clientAuth";
  }
}

key_pair read_pair(BIO* in) {
  key_pair pair;
  pair.certificate.reset(PEM_read_bio_X509(in, nullptr, no_passphrase, nullptr));
  demand(pair.certificate != nullptr, "no certificate");
  pair.key.reset(PEM_read_bio_PrivateKey(in, nullptr, no_passphrase, nullptr));
  demand(pair.key != nullptr, "no private key");
  demand(X509_check_private_key(pair.certificate.get(), pair.key.get()) == 1, "certificate and key do not fit");
  return pair;
}

bundle read_bundle(BIO* in) {
  bundle all;
  all.own = read_pair(in);
  all.authority.reset(PEM_read_bio_X509(in, nullptr, no_passphrase, nullptr));
  demand(all.authority != nullptr, "no certificate of the authority");
  return all;
}

/// The list in a node's bundle, the next block.
std::string read_list(BIO* in) {
  char *name = nullptr, *header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  const auto fine = PEM_read_bio(in, &name, &header, &data, &size) == 1 && std::string_view{name} == list_block;
  std::string list(reinterpret_cast<const char*>(data), fine ? static_cast<size_t>(size) : 0);
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(data);
  ERR_clear_error();
  demand(fine, "it holds no list of certificates, so it is no node's bundle");
  return list;
}

owned<X509> copy_of(X509* certificate) {
  owned<X509> copy{X509_dup(certificate), X509_free};
  demand(copy != nullptr, "no memory");
  return copy;
}

std::string text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<size_t>(ASN1_STRING_length(text))};
}

/// The one URI of a certificate; nothing when there are none or several.
std::optional<std::string> only_uri(const X509* certificate) {
  owned<GENERAL_NAMES> names{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free};
  std::optional<std::string> found;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI)
      continue;
    if (found)
      return std::nullopt;
    found = text_of(name->d.uniformResourceIdentifier);
  }
  return found;
}

} // namespace

key_pair make_authority(const validity& lasts) {
  return self_signed(new_key(), lasts);
}

key_pair renew_authority(const key_pair& old, const validity& lasts) {
  demand(EVP_PKEY_up_ref(old.key.get()) == 1, "no key");
  return self_signed({old.key.get(), EVP_PKEY_free}, lasts);
}

bundle issue(const identity& holder, const key_pair& authority, const validity& lasts,
             const std::vector<std::string>& hosts) {
  if (!is_peer_name(holder.name))
    throw pki_error("not a name for a certificate: " + holder.name);
  auto* issuer = authority.certificate.get();
  auto within = lasts;
  const std::chrono::seconds left{to_time(X509_get0_notAfter(issuer)) - std::time(nullptr)};
  within.until = std::min(within.until, left);
  bundle made;
  made.own.key = new_key();
  made.own.certificate = draft(holder.name, made.own.key.get(), within);
  auto* x = made.own.certificate.get();
  demand(X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1, "cannot name the issuer");
  add_extension(x, issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(x, issuer, NID_key_usage, "critical,digitalSignature");
  add_extension(x, issuer, NID_subject_key_identifier, "hash");
  add_extension(x, issuer, NID_authority_key_identifier, "keyid:always");
  add_extension(x, issuer, NID_ext_key_usage, usage_of(holder.kind));
  auto names = "URI:" + to_uri(holder);
  for (const auto& host : hosts)
    names += host_entry(host);
  add_extension(x, issuer, NID_subject_alt_name, names);
  demand(X509_sign(x, authority.key.get(), EVP_sha256()) != 0, "cannot sign");
  made.authority = copy_of(issuer);
  return made;
}

std::optional<certificate_facts> facts_of(const X509* certificate) {
  const auto uri = only_uri(certificate);
  const auto who = uri ? identity_of_uri(*uri) : std::nullopt;
  owned<BIGNUM> number{ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr), BN_free};
  std::unique_ptr<char, void (*)(char*)> hex{number ? BN_bn2hex(number.get()) : nullptr,
                                             [](char* text) { OPENSSL_free(text); }};
  std::tm from{}, until{};
  if (!who || !hex || ASN1_TIME_to_tm(X509_get0_notBefore(certificate), &from) != 1
      || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &until) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  return certificate_facts{*who, hex.get(), timegm(&from), timegm(&until)};
}

bool is_for_host(X509* certificate, const std::string& host) {
  const auto fine =
      X509_check_ip_asc(certificate, host.c_str(), 0) == 1
      || X509_check_host(certificate, host.data(), host.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
  ERR_clear_error();
  return fine;
}

std::string key_name_of(const X509* certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  demand(X509_pubkey_digest(certificate, EVP_sha256(), digest, &size) == 1, "cannot name a key");
  constexpr auto digits = "0123456789abcdef";
  std::string name;
  for (unsigned index = 0; index < size; ++index)
    name.append({digits[digest[index] >> 4], digits[digest[index] & 15]});
  return name;
}

std::pair<std::time_t, std::time_t> lifetime_of(const X509* certificate) {
  return {to_time(X509_get0_notBefore(certificate)), to_time(X509_get0_notAfter(certificate))};
}

bool renewal_due(const X509* certificate, std::time_t now) {
  const auto [from, until] = lifetime_of(certificate);
  return from > now || until - now <= (until - from) / 3;
}

std::vector<owned<X509>> certificates_from(const std::string& pem) {
  const auto in = reader(pem);
  std::vector<owned<X509>> all;
  while (auto* certificate = PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr))
    all.emplace_back(certificate, X509_free);
  const auto at_the_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (at_the_end)
    ERR_clear_error();
  demand(at_the_end, "a certificate cannot be read");
  demand(!all.empty(), "no certificate in PEM form");
  return all;
}

owned<EVP_PKEY> private_key_from(const std::string& pem) {
  owned<EVP_PKEY> key{PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free};
  if (!key && pem.find("ENCRYPTED") != std::string::npos) {
    ERR_clear_error();
    demand(false, "the key has a passphrase, which a server cannot be asked for");
  }
  if (!key)
    ERR_clear_error();
  demand(key != nullptr, "no private key in PEM form");
  return key;
}

std::string to_pem(X509* certificate) {
  return written([&](BIO* out) { return PEM_write_bio_X509(out, certificate) == 1; });
}

std::string to_pem(const key_pair& pair) {
  return written([&](BIO* out) { return write_pair(out, pair); });
}

key_pair key_pair_from(const std::string& pem) {
  return read_pair(reader(pem).get());
}

std::string to_pem(const bundle& all) {
  return written(
      [&](BIO* out) { return write_pair(out, all.own) && PEM_write_bio_X509(out, all.authority.get()) == 1; });
}

bundle bundle_from(const std::string& pem) {
  return read_bundle(reader(pem).get());
}

std::string to_pem(const node_bundle& all) {
  return to_pem(all.own) + written([&](BIO* out) {
           const auto* list = reinterpret_cast<const unsigned char*>(all.list.data());
           return PEM_write_bio_PrivateKey(out, all.authority_key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1
                  && PEM_write_bio(out, list_block, "", list, static_cast<long>(all.list.size())) > 0;
         });
}

node_bundle node_bundle_from(const std::string& pem) {
  const auto need = [](bool fine, const char* failure) { // a sentence that needs no reason of OpenSSL
    ERR_clear_error();
    demand(fine, failure);
  };
  const auto in = reader(pem);
  node_bundle all;
  all.own = read_bundle(in.get());
  all.authority_key.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr));
  need(all.authority_key != nullptr, "it does not hold the authority's key");
  need(X509_check_private_key(all.own.authority.get(), all.authority_key.get()) == 1
           && X509_verify(all.own.own.certificate.get(), all.authority_key.get()) == 1,
       "its certificate is not of the authority in it");
  const auto facts = facts_of(all.own.own.certificate.get());
  need(facts && facts->who.kind == peer_kind::node, "its certificate is no node's");
  all.list = read_list(in.get());
  return all;
}

} // namespace salond
