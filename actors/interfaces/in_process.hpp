// The messages that stay in this process: CAF lets them pass without an `inspect`. They alone may hold pointers, jobs
// and handles. No message to or from a salon, the directory, the host or the ban registry stands here
// (docs/decisions/0027-what-may-cross-nodes.md): tests/actors/crossing_test.cpp and the test `layers` see to it.
#pragma once
#include <caf/allowed_unsafe_message_type.hpp>

#define SALOND_IN_PROCESS(type)                                                                                        \
  namespace salond {                                                                                                   \
  struct type;                                                                                                         \
  }                                                                                                                    \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(salond::type)

// persistence
SALOND_IN_PROCESS(store_work)
SALOND_IN_PROCESS(store_done)
SALOND_IN_PROCESS(drain)
SALOND_IN_PROCESS(drained)
SALOND_IN_PROCESS(count_work)
SALOND_IN_PROCESS(counted_work)
SALOND_IN_PROCESS(collect_answers)
SALOND_IN_PROCESS(begin_writes)
SALOND_IN_PROCESS(refuse_stale_work)

// indexer
SALOND_IN_PROCESS(index_on)

// passwords
SALOND_IN_PROCESS(hash_password)
SALOND_IN_PROCESS(hashed_password)
SALOND_IN_PROCESS(verify_password)
SALOND_IN_PROCESS(verified_password)
SALOND_IN_PROCESS(refuse_unwanted)
SALOND_IN_PROCESS(collect_hashes)

// relay, of its own node
SALOND_IN_PROCESS(salon_opened)
SALOND_IN_PROCESS(serving)
SALOND_IN_PROCESS(new_settings)
SALOND_IN_PROCESS(close_all)
SALOND_IN_PROCESS(all_closed)
SALOND_IN_PROCESS(close_some)
SALOND_IN_PROCESS(private_text)
SALOND_IN_PROCESS(wished_account)
SALOND_IN_PROCESS(look_for_mail)
SALOND_IN_PROCESS(tell_of_mail)
SALOND_IN_PROCESS(flush_all)
SALOND_IN_PROCESS(tick)

// connection
SALOND_IN_PROCESS(wake)

// server
SALOND_IN_PROCESS(stop)
SALOND_IN_PROCESS(salons_open)
SALOND_IN_PROCESS(stop_now)
SALOND_IN_PROCESS(retry_listener)
SALOND_IN_PROCESS(retry_bans)

SALOND_IN_PROCESS(node_lost)
SALOND_IN_PROCESS(node_entered)
SALOND_IN_PROCESS(node_refused)
SALOND_IN_PROCESS(drain_node)
SALOND_IN_PROCESS(ask_end)
SALOND_IN_PROCESS(asked_end)
SALOND_IN_PROCESS(drain_on)

// certificates, of their own node
SALOND_IN_PROCESS(share_certificates)
SALOND_IN_PROCESS(end_removed_node)
SALOND_IN_PROCESS(removed_node_ended)
SALOND_IN_PROCESS(share_again)

// pulse, of itself
SALOND_IN_PROCESS(beat_pulse)

// news, of their own node
SALOND_IN_PROCESS(hear_news)
SALOND_IN_PROCESS(ask_again)

// placements, of their own node
SALOND_IN_PROCESS(hand_over_all)
SALOND_IN_PROCESS(tick_placements)

// links, of their own node
SALOND_IN_PROCESS(begin_links)
SALOND_IN_PROCESS(know_peers)
SALOND_IN_PROCESS(tell_gone)
SALOND_IN_PROCESS(begin_links_anew)
SALOND_IN_PROCESS(list_links)
SALOND_IN_PROCESS(links_listed)
SALOND_IN_PROCESS(end_links)
SALOND_IN_PROCESS(links_ended)
SALOND_IN_PROCESS(tick_links)

// asking, of its own node
SALOND_IN_PROCESS(ask_nodes)
SALOND_IN_PROCESS(nodes_said)
SALOND_IN_PROCESS(peer_asks)
SALOND_IN_PROCESS(peer_answers)
SALOND_IN_PROCESS(peers_not_reached)
SALOND_IN_PROCESS(asked_long_enough)

// retention, of itself
SALOND_IN_PROCESS(look_for_old)
SALOND_IN_PROCESS(remove_on)

// admin, of itself
SALOND_IN_PROCESS(say_how_far)
SALOND_IN_PROCESS(tell_refusals)

#undef SALOND_IN_PROCESS
