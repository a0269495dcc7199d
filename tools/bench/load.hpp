// Posts on behalf of the crowd, as fast as is allowed, and measures what the server does for it.
#pragma once
#include "tools/bench/checker.hpp"
#include "tools/bench/crowd.hpp"
#include "tools/bench/subject.hpp"
#include <string>
#include <vector>

namespace salond::bench {

/// How posts follow one another.
struct phase {
  /// closed: `amount` messages in flight, the next one goes when one is complete. open: so many that `amount`
  /// deliveries a second result, on a fixed schedule, whatever the server does; latency counts from when a message was
  /// due.
  enum class kind { closed, open };
  kind type = kind::closed;
  size_t amount = 1;
  std::chrono::milliseconds warm_up{500}, duration{2000};

  std::string name() const;
};

/// What one phase showed.
struct measurement {
  double seconds = 0;
  uint64_t deliveries = 0;
  double server_cpu = 0, database_cpu = 0, own_cpu = 0; ///< seconds; of all nodes
  histogram latencies;
  bool kept_up = true;  ///< an open phase ends when the server is three seconds behind
  size_t undrained = 0; ///< messages that were not complete when nothing more came

  double rate() const { return static_cast<double>(deliveries) / seconds; }
  /// CPU seconds of the server, and of its database, for a million deliveries.
  double cost() const { return (server_cpu + database_cpu) * 1e6 / static_cast<double>(deliveries); }
};

class load {
public:
  /// Whose processor time is counted.
  struct processes {
    std::vector<pid_t> servers;
    pid_t database = 0;
  };
  /// Those who post to an audience, in turns.
  struct stream {
    uint32_t audience = 0;
    size_t hearers = 0;
    std::vector<size_t> senders; ///< of the crowd
    size_t turn = 0;
  };

  load(crowd& clients, checker& checks, processes measured)
      : clients_(clients), checks_(checks), measured_(std::move(measured)) {}

  void add_stream(stream added) { streams_.push_back(std::move(added)); }
  measurement run(const phase& wanted);
  /// Waits until every message is complete, or nothing has come for some seconds. Answers how many are not.
  size_t drain();

private:
  void post(size_t which, instant due);
  void replace_completed();
  void run_until(instant end);
  bool run_schedule(instant end);

  crowd& clients_;
  checker& checks_;
  processes measured_;
  std::vector<stream> streams_;
  size_t next_stream_ = 0;
  const phase* now_ = nullptr;
  instant due_;
};

} // namespace salond::bench
