// What waits for the kernel: in order, shared, and cut where a frame ends.
#include "actors/client/send_queue.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

shared_bytes bytes(const std::string& text) {
  return std::make_shared<const std::string>(text);
}

/// What one sendmsg of so many parts would be given.
std::string gathered(const send_queue& queue, size_t most = 64) {
  std::vector<iovec> parts(most);
  std::string all;
  const auto count = queue.gather(parts.data(), most);
  for (size_t i = 0; i < count; ++i)
    all.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  return all;
}

TEST(SendQueue, KeepsWhatIsSaidInOrderUntilItIsOut) {
  send_queue queue;
  queue.add(bytes("un\n"));
  queue.add(bytes(""));
  queue.add(bytes("deux\n"));

  EXPECT_EQ(gathered(queue), "un\ndeux\n");
  EXPECT_EQ(gathered(queue, 1), "un\n");
  queue.advance(1);
  EXPECT_EQ(queue.unsent(), 7u);
  EXPECT_EQ(gathered(queue), "n\ndeux\n");
  queue.advance(4); // over the end of the first
  EXPECT_EQ(gathered(queue), "ux\n");
  queue.advance(3);
  EXPECT_EQ(queue.unsent(), 0u);
  EXPECT_EQ(gathered(queue), "");
  queue.add(bytes("trois\n"));
  EXPECT_EQ(gathered(queue), "trois\n");
}

TEST(SendQueue, SharesBytesAndLetsGoOfThoseThatAreOut) {
  send_queue queue;
  const auto shared = bytes("à tous\n");
  queue.add(shared);
  queue.add(bytes("x"));
  EXPECT_EQ(shared.use_count(), 2);

  iovec part{};
  queue.gather(&part, 1);
  EXPECT_EQ(part.iov_base, shared->data());
  queue.advance(shared->size());

  EXPECT_EQ(shared.use_count(), 1);
}

TEST(SendQueue, JoinsSmallTextsIntoOneRecord) {
  send_queue queue;
  std::string joined;
  queue.add(bytes("abc"));
  EXPECT_EQ(queue.join(5, joined), "abc");
  queue.add(bytes("de"));
  queue.add(bytes("fgh"));

  EXPECT_EQ(queue.join(16, joined), "abcdefgh");
  EXPECT_EQ(queue.join(6, joined), "abcdef");
  EXPECT_EQ(queue.join(2, joined), "ab");
  queue.advance(6);
  EXPECT_EQ(queue.join(16, joined), "gh");
}

TEST(SendQueue, ForgetsAllButTheRestOfWhatIsBegun) {
  send_queue queue;
  queue.add(bytes("un\ndeux\n"));
  queue.add(bytes("trois\n"));
  EXPECT_EQ(queue.begun(), ""); // nothing of it is out
  queue.advance(1);
  EXPECT_EQ(queue.begun(), "un\ndeux\n");
  EXPECT_EQ(queue.begun_out(), 1u);

  queue.keep(2);
  EXPECT_EQ(gathered(queue), "n\n");
  EXPECT_EQ(queue.unsent(), 2u);

  queue.keep(0);
  EXPECT_EQ(gathered(queue), "");
  EXPECT_EQ(queue.unsent(), 0u);
}

TEST(SendQueue, TakesNothingOnceItIsClosed) {
  send_queue queue;
  queue.add(bytes("un\n"));
  queue.close();
  queue.add(bytes("deux\n"));

  EXPECT_EQ(gathered(queue), "un\n");
  EXPECT_TRUE(queue.closed());
}

TEST(SendQueue, CountsWhatIsEncryptedAsUnsent) {
  send_queue queue;
  queue.add(bytes("abc"));
  queue.sealed.bytes() += "[sealed]";
  EXPECT_EQ(queue.unsent(), 11u);
  EXPECT_EQ(queue.waiting(), 3u);

  queue.sealed.advance(3);
  EXPECT_EQ(queue.sealed.rest(), "aled]");
  EXPECT_EQ(queue.unsent(), 8u);
  queue.forget();
  EXPECT_EQ(queue.unsent(), 5u);
  queue.sealed.clear();
  EXPECT_EQ(queue.unsent(), 0u);
  EXPECT_TRUE(queue.sealed.empty());
}

} // namespace
} // namespace salond
