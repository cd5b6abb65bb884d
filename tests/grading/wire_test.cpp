/// What a program and its grader say to each other, as bytes that nobody trusts.
#include "attn/grading/wire.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <random>

using namespace attn::grading;
using Kind = Message::Kind;

namespace {

constexpr std::uint64_t roomy = 1 << 20;

attn::trace::Tensor tensor(std::string name, std::vector<std::size_t> shape,
                           std::vector<double> values) {
  attn::trace::Tensor t;
  t.name = std::move(name);
  t.shape = std::move(shape);
  t.values = std::move(values);
  return t;
}

Message read_back(const Message& message) {
  MessageReader reader(roomy);
  reader.feed(encoded(message));
  std::optional<Message> read = reader.next();
  REQUIRE(read);
  CHECK_FALSE(reader.next());
  return *read;
}

std::string head(char kind, std::uint64_t size) {
  std::string bytes(1, kind);
  char raw[8];
  std::memcpy(raw, &size, 8);
  return bytes.append(raw, 8);
}

}  // namespace

TEST_CASE("wire: a message is read back as it was, to the last bit", "[grading][wire]") {
  const double tiny = std::numeric_limits<double>::denorm_min();
  const double inf = std::numeric_limits<double>::infinity();
  for (const attn::trace::Tensor& sent :
       {tensor("scaled_dot.scores", {2, 3}, {0.1, -0.0, tiny, inf, -inf, 1e308}),
        tensor("scale.scale", {}, {0.5}), tensor("scale.scale", {}, {}), tensor("x.y", {0, 4}, {}),
        tensor("x.y", {3}, {})}) {
    const Message read = read_back({.kind = Kind::result, .tensor = sent});
    CHECK(read.kind == Kind::result);
    CHECK(read.tensor.name == sent.name);
    CHECK(read.tensor.shape == sent.shape);
    REQUIRE(read.tensor.values.size() == sent.values.size());
    CHECK(std::memcmp(read.tensor.values.data(), sent.values.data(),
                      sent.values.size() * sizeof(double)) == 0);
  }
  const std::string text("it threw \0 and ü", 16);
  for (const Kind kind : {Kind::problem, Kind::shown, Kind::signal}) {
    CHECK(read_back({.kind = kind, .text = text}).text == text);
  }
}

TEST_CASE("wire: messages may arrive in pieces, and several at once", "[grading][wire]") {
  std::string bytes;
  for (double n = 0; n < 100; ++n) {
    bytes += encoded({.kind = Kind::result, .tensor = tensor("a.b", {2}, {n, -n})});
  }
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{64}, bytes.size()}) {
    MessageReader reader(roomy);
    double n = 0;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      reader.feed(std::string_view(bytes).substr(at, piece));
      while (const std::optional<Message> read = reader.next()) {
        CHECK(read->tensor.values == std::vector<double>{n, -n});
        ++n;
      }
    }
    CHECK(n == 100);
  }
}

TEST_CASE("wire: what is no message is refused", "[grading][wire][errors]") {
  const auto refused = [](const std::string& bytes) {
    MessageReader reader(1000);
    reader.feed(bytes);
    CHECK_THROWS_AS(reader.next(), WireError);
  };
  refused(head('x', 0));
  refused(head('\0', 0));
  refused(head('r', 1001));
  refused(head('t', ~std::uint64_t{0}));
  refused(head('r', 3) + "abc");
  // A name longer than the message, more axes than there can be, a product that runs over.
  refused(head('r', 8) + std::string("\xff\xff\xff\xff\0\0\0\0", 8));
  refused(head('r', 8) + std::string("\0\0\0\0\xff\xff\xff\x7f", 8));
  refused(head('r', 24) + std::string("\0\0\0\0\2\0\0\0", 8) + std::string(16, '\x40'));
  // Half a number, and other numbers than the shape says.
  const std::string whole = encoded({.kind = Kind::result, .tensor = tensor("a", {2}, {1.0, 2.0})});
  std::string shorter = whole.substr(0, whole.size() - 4);
  shorter.replace(1, 8, head('r', shorter.size() - 9).substr(1));
  refused(shorter);
  refused(encoded({.kind = Kind::result, .tensor = tensor("a", {3}, {1.0, 2.0})}));
}

TEST_CASE("wire: random bytes are refused or wait, and never more", "[grading][wire][hostile]") {
  std::mt19937_64 random(5);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes =
        encoded({.kind = Kind::result, .tensor = tensor("a.b", {2, 2}, {1, 2, 3, 4})});
    for (int n = 0; n < 3; ++n) bytes[random() % bytes.size()] = static_cast<char>(random());
    MessageReader reader(1000);
    reader.feed(bytes);
    try {
      while (const std::optional<Message> read = reader.next()) {
        std::size_t cells = 1;
        for (const std::size_t extent : read->tensor.shape) cells *= extent;
        if (!read->tensor.values.empty()) CHECK(read->tensor.values.size() == cells);
      }
    } catch (const WireError&) {
    }
  }
  SUCCEED("every one was read to its end, or refused");
}
