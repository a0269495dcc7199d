// What the links of a node share, and the certificate with which it dials and is dialled.
#pragma once
#include "actors/certificate_service.hpp"
#include "actors/cluster/node.hpp"
#include "actors/transport/tls_folder.hpp"
#include <memory>
#include <string>

namespace salond {

/// What of a folder's certificates can be shared with nodes.
void offer_list(certificate_service& service, std::shared_ptr<tls_folder> folder);

/// Functions throw std::runtime_error, for people.
class node_links {
public:
  /// REQUIRES: the folder's certificates are made, for a node of that name.
  node_links(std::shared_ptr<tls_folder> certificates, std::string name);

  /// What the node needs; `port`: a socket that is bound, which the links own from then on.
  cluster::link_parts parts(int port) const;
  /// Has the node share its certificates with others.
  void offer(certificate_service& service) const;
  const std::string& name() const { return name_; }
  const std::shared_ptr<transport_context>& shared() const { return shared_; }

  /// The node's certificate was renewed.
  void use_renewed();

private:
  std::shared_ptr<tls_folder> folder_;
  std::string name_;
  std::shared_ptr<transport_context> shared_;
};

} // namespace salond
