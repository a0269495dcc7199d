#include "config/load.hpp"
#include <gmock/gmock.h>

namespace salond::config {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string endpoint_again(std::string_view text) {
  std::string why;
  const auto parsed = parse_endpoint(text, why);
  EXPECT_EQ(parsed.has_value(), why.empty()) << text;
  return parsed ? parsed->to_string() : "refused: " + why;
}

std::string database_again(std::string_view text) {
  std::string why;
  const auto parsed = parse_database(text, why);
  EXPECT_EQ(parsed.has_value(), why.empty()) << text;
  return parsed ? to_string(*parsed) : "refused: " + why;
}

mysql_database mysql(std::string_view text) {
  std::string why;
  const auto parsed = parse_database(text, why);
  EXPECT_TRUE(parsed) << why;
  return parsed ? std::get<mysql_database>(*parsed) : mysql_database{};
}

TEST(Endpoint, IsReadAndWrittenAlike) {
  for (const auto* text :
       {"tcp://127.0.0.1:5000", "tcp://localhost:0", "tcp://chat.example:65535", "tls://0.0.0.0:5000", "tls://[::1]:0",
        "tcp://[::1]:5000", "tcp://[fe80::1%eth0]:5000", "unix:/run/salond/chat.socket", "unix:a,b c",
        "text+tcp://127.0.0.1:5000", "irc-3+tls://[::1]:6697", "text+unix:/run/a+b"})
    EXPECT_EQ(endpoint_again(text), text);
}

TEST(Endpoint, HoldsAnIpv6AddressWithoutItsBrackets) {
  std::string why;

  const auto parsed = parse_endpoint("tcp://[::1]:7", why);

  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->host, "::1");
  EXPECT_EQ(parsed->port, 7);
}

TEST(Endpoint, IsRefusedWithAHintWhenItIsNone) {
  for (const auto* text : {"", "127.0.0.1:5000", "tcp:/a:1", "http://a:1", "tcp://a b:1", "tcp://a/b:1", "tcp://[::1:5",
                           "tcp://[::1]5", "tcp://[]:5", "tcp://é:5"})
    EXPECT_THAT(endpoint_again(text), HasSubstr("tcp://HOST:PORT")) << text;
  for (const auto* text :
       {"tcp://a", "tcp://a:", "tcp://a:65536", "tcp://a:-1", "tcp://a:+1", "tcp://a:1x", "tcp://a: 1", "tcp://[::1]"})
    EXPECT_THAT(endpoint_again(text), HasSubstr("the port must be")) << text;
  EXPECT_THAT(endpoint_again("tcp://:5000"), HasSubstr("0.0.0.0"));
  EXPECT_THAT(endpoint_again("tcp://::1:5"), HasSubstr("tls://[::]:PORT"));
  for (const auto* text : {"+tcp://a:1", "IRC+tcp://a:1", "a+b+tcp://a:1", "a b+unix:/s"})
    EXPECT_THAT(endpoint_again(text), HasSubstr("the name of a dialect")) << text;
  EXPECT_THAT(endpoint_again("text+http://a:1"), HasSubstr("tcp://HOST:PORT"));
  EXPECT_THAT(endpoint_again("unix:"), HasSubstr("path is missing"));
  EXPECT_THAT(endpoint_again("unix:" + std::string(108, 'a')), HasSubstr("longer than 107"));
  EXPECT_THAT(endpoint_again(std::string("unix:a\0b", 8)), HasSubstr("NUL"));
}

TEST(Endpoint, IsClearToOthersUnlessItIsLoopbackOrLocal) {
  const auto clear = [](std::string_view text) {
    std::string why;
    return is_clear_to_others(*parse_endpoint(text, why));
  };

  for (const auto* text : {"tcp://127.0.0.1:1", "tcp://127.9.9.9:1", "tcp://[::1]:1", "tcp://localhost:1",
                           "tcp://LocalHost:1", "unix:/run/s", "tls://0.0.0.0:1"})
    EXPECT_FALSE(clear(text)) << text;
  for (const auto* text : {"tcp://0.0.0.0:1", "tcp://[::]:1", "tcp://128.0.0.1:1", "tcp://chat.example:1",
                           "tcp://[fe80::1%lo]:1", "tcp://[::ffff:10.0.0.1]:1", "tcp://127.0.0.1.example:1"})
    EXPECT_TRUE(clear(text)) << text;
}

TEST(Database, IsReadAndWrittenAlike) {
  for (const auto* text :
       {"sqlite:/var/lib/salond/salond.db", "sqlite:l'été \"x\"; DROP TABLE.db", "mysql://chat@db.example/chat",
        "mysql://chat@[::1]:3307/chat", "mysql://chat@localhost/chat?socket=/run/mysqld/mysqld.sock",
        "mysql://c%40t@db/%C3%A9t%C3%A9?socket=/a&tls=ca:/etc/ca%26.pem"})
    EXPECT_EQ(database_again(text), text);
}

TEST(Database, OfMysqlHoldsItsPartsDecoded) {
  const auto parsed =
      mysql("mysql://l%27%C3%A9t%C3%A9%40x@[::1]:3307/a%2Fb?socket=/run/my%20sql.sock&tls=ca:/etc/ca.pem");

  EXPECT_EQ(parsed.user, "l'été@x");
  EXPECT_EQ(parsed.host, "::1");
  EXPECT_EQ(parsed.port, 3307);
  EXPECT_EQ(parsed.name, "a/b");
  EXPECT_EQ(parsed.socket, "/run/my sql.sock");
  EXPECT_EQ(parsed.ca_file, "/etc/ca.pem");
  EXPECT_EQ(parsed.password, "");
}

TEST(Database, OfMysqlNeedsNoHostWhereItHasASocket) {
  EXPECT_EQ(mysql("mysql://chat@/chat?socket=/s").host, "localhost");
  EXPECT_THAT(database_again("mysql://chat@/chat"), HasSubstr("host is missing"));
}

TEST(Database, IsRefusedWithAHintWhenItIsNone) {
  for (const auto* text : {"", "sqlite:", "sqlite", "mysql:chat", "postgres://a@b/c", "/var/lib/salond.db"})
    EXPECT_THAT(database_again(text), HasSubstr("mysql://USER@HOST")) << text;
  for (const auto* text : {"mysql://db/chat", "mysql://@db/chat", "mysql://db:3306/chat"})
    EXPECT_THAT(database_again(text), HasSubstr("user is missing")) << text;
  for (const auto* text : {"mysql://chat@db", "mysql://chat@db/", "mysql://chat@db?socket=/s"})
    EXPECT_THAT(database_again(text), HasSubstr("name of the database is missing")) << text;
  for (const auto* text : {"mysql://a@b:0/c", "mysql://a@b:/c", "mysql://a@b:65536/c", "mysql://a@b:x/c"})
    EXPECT_THAT(database_again(text), HasSubstr("port")) << text;
  for (const auto* text :
       {"mysql://a%4@b/c", "mysql://a%zz@b/c", "mysql://a@b/%00", "mysql://a@b/c?socket=%", "mysql://a@b/c%"})
    EXPECT_THAT(database_again(text), HasSubstr("%")) << text;
  EXPECT_THAT(database_again("sqlite::memory:"), HasSubstr("nothing would be kept"));
  EXPECT_THAT(database_again("mysql://a@b c/d"), HasSubstr("host is no host name"));
  EXPECT_THAT(database_again("mysql://a@b/c?ssl=1"), HasSubstr("only socket=PATH and tls=ca:FILE"));
  EXPECT_THAT(database_again("mysql://a@b/c?tls=ca:"), HasSubstr("ca:FILE"));
  EXPECT_THAT(database_again("mysql://a@b/c?tls=/etc/ca.pem"), HasSubstr("ca:FILE"));
  EXPECT_THAT(database_again("mysql://a@b/c?socket=/a&socket=/b"), HasSubstr("twice"));
  EXPECT_THAT(database_again("mysql://a@b/c?socket="), HasSubstr("needs a path"));
}

TEST(Database, WithAPasswordInItIsRefusedWithoutSayingIt) {
  for (const auto* text :
       {"mysql://chat:s3cret@db/chat", "mysql://chat:s3/cr?et@db/chat", "mysql://chat:s3@cret@db/chat",
        "mysql://:s3cret@db/chat", "mysql://chat@db/chat?password=s3cret", "mysql://chat@db/chat?passwd=s3cret"}) {
    const auto answer = database_again(text);
    EXPECT_THAT(answer, HasSubstr("SALOND_DB_PASSWORD")) << text;
    EXPECT_THAT(answer, Not(HasSubstr("cret"))) << text;
  }
}

} // namespace
} // namespace salond::config
