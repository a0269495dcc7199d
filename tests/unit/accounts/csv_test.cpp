#include "protocol/accounts/csv.hpp"
#include <gmock/gmock.h>

namespace {

using namespace salond;
using testing::ElementsAre;
using testing::IsEmpty;
using fields = std::vector<std::string>;

/// The records, one as its fields or its fault.
std::vector<fields> records(std::string_view text) {
  std::vector<fields> result;
  csv_records all(text);
  while (const auto one = all.next())
    result.push_back(one->fault.empty() ? one->fields : fields{"FAULT"});
  return result;
}

std::vector<size_t> lines(std::string_view text) {
  std::vector<size_t> result;
  csv_records all(text);
  while (const auto one = all.next())
    result.push_back(one->line);
  return result;
}

TEST(Csv, HasFieldsBetweenCommasAndRecordsBetweenLineEnds) {
  EXPECT_THAT(records("a,b\r\nc,d\n"), ElementsAre(fields{"a", "b"}, fields{"c", "d"}));
  EXPECT_THAT(records("a,b\nc,d"), ElementsAre(fields{"a", "b"}, fields{"c", "d"}));
  EXPECT_THAT(records(",,\n x , y "), ElementsAre(fields{"", "", ""}, fields{" x ", " y "}));
  EXPECT_THAT(records("a\n\r\n\nb\n"), ElementsAre(fields{"a"}, fields{"b"}));
  EXPECT_THAT(records("a\rb\n"), ElementsAre(fields{"a\rb"}));
  EXPECT_THAT(records(""), IsEmpty());
  EXPECT_THAT(records("\n\n"), IsEmpty());
}

TEST(Csv, HasQuotesAroundWhatHoldsCommasLineEndsOrQuotes) {
  EXPECT_THAT(records("\"a,b\",\"c\r\nd\",\"\"\"e\"\"\",\"\"\n"), ElementsAre(fields{"a,b", "c\r\nd", "\"e\"", ""}));
  EXPECT_THAT(records("\"a\""), ElementsAre(fields{"a"}));
}

TEST(Csv, GoesOnInTheNextLineBehindAFault) {
  EXPECT_THAT(records("a\"b,c\nd\n"), ElementsAre(fields{"FAULT"}, fields{"d"}));
  EXPECT_THAT(records("\"a\"b\nd\n"), ElementsAre(fields{"FAULT"}, fields{"d"}));
  EXPECT_THAT(records("\"a\" ,b\nd\n"), ElementsAre(fields{"FAULT"}, fields{"d"}));
  EXPECT_THAT(records("x\n\"a,b\nd\n"), ElementsAre(fields{"x"}, fields{"FAULT"}));
  EXPECT_THAT(records("\""), ElementsAre(fields{"FAULT"}));
}

TEST(Csv, KnowsTheLineInWhichARecordBegins) {
  EXPECT_THAT(lines("a\n\n\"b\nc\n\",d\ne\"\r\nf\n\"g"), ElementsAre(1, 3, 6, 7, 8));
}

TEST(Csv, TakesAnyBytes) {
  std::string text;
  uint32_t state = 1;
  for (int round = 0; round < 2000; ++round) {
    text.clear();
    for (int i = 0; i < 40; ++i) {
      state = state * 1664525 + 1013904223;
      text += ",\"\n\ra\0\xFF"[(state >> 24) % 7];
    }
    size_t size = 0;
    csv_records all(text);
    while (const auto one = all.next())
      for (const auto& field : one->fields)
        size += field.size();
    EXPECT_LE(size, text.size());
  }
}

} // namespace
