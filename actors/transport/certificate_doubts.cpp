#include "actors/transport/certificate_doubts.hpp"
#include "actors/transport/pki.hpp"
#include <algorithm>
#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace salond {
namespace {

bool signed_by(X509* subject, X509* issuer) {
  const auto fits =
      X509_check_issued(issuer, subject) == X509_V_OK && X509_verify(subject, X509_get0_pubkey(issuer)) == 1;
  ERR_clear_error();
  return fits;
}

/// As "CN = Example R3".
std::string subject_of(const X509* certificate) {
  const owned<BIO> out{BIO_new(BIO_s_mem()), BIO_free_all};
  if (!out || X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE) < 0)
    return "?";
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<size_t>(size)};
}

} // namespace

std::vector<std::string> doubts_about(const std::string& pem) {
  std::vector<std::string> doubts;
  const auto chain = certificates_from(pem);
  for (size_t i = 1; i < chain.size(); ++i) {
    auto* issuer = chain[i].get();
    const auto signs = [&](const auto& other) { return &other != &chain[i] && signed_by(other.get(), issuer); };
    if (std::none_of(chain.begin(), chain.end(), signs))
      doubts.push_back(" holds a certificate that signed none of those before it (" + subject_of(issuer)
                       + "): it belongs to another chain, and clients may find no way to an authority that they know");
  }
  if (X509_get_ext_by_NID(chain.front().get(), NID_subject_alt_name, -1) < 0)
    doubts.emplace_back(" names no host (it has no subjectAltName), so that browsers and most programs refuse it");
  return doubts;
}

} // namespace salond
