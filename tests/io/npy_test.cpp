#include "attn/io/npy.hpp"

#include <sys/stat.h>

#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "tests/io/temporary_folder.hpp"

namespace attn::io::test {
namespace {

const std::string fixtures = ATTN_SOURCE_DIR "/tests/fixtures/npy/";
constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<double> values(const std::string& name) { return read_npy(fixtures + name).values; }

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
  });
}

TEST_CASE("read_npy: the same array is read from every floating-point layout", "[npy]") {
  const std::vector<double> rows{0.5, -1.25, 3.0, 4.0, 1e-300, -0.0};
  const std::vector<double> narrow{0.5, -1.25, 3.0, 4.0, 0.0, -0.0};
  for (const char* name :
       {"float64.npy", "big_endian.npy", "fortran.npy", "version2.npy", "version3.npy"}) {
    INFO(name);
    const Npy npy = read_npy(fixtures + name);
    CHECK(npy.shape == Shape{2, 3});
    CHECK(same_bits(npy.values, rows));
    CHECK_FALSE(npy.boolean);
  }
  CHECK(same_bits(values("float32.npy"), narrow));
  CHECK(same_bits(values("float16.npy"), narrow));
  CHECK(values("big_float16.npy") == std::vector<double>{1.0, -2.0, 65504.0});
}

TEST_CASE("read_npy: Fortran order is undone for any number of axes", "[npy]") {
  const Npy npy = read_npy(fixtures + "fortran3.npy");
  CHECK(npy.shape == Shape{2, 3, 4});
  REQUIRE(npy.values.size() == 24);
  for (std::size_t i = 0; i < 24; ++i) CHECK(npy.values[i] == static_cast<double>(i));
}

TEST_CASE("read_npy: infinities, NaN and the smallest numbers come through", "[npy]") {
  for (const auto& [name, smallest] :
       {std::pair{"special.npy", 5e-324}, {"special16.npy", 0x1p-24}}) {
    const std::vector<double> found = values(name);
    REQUIRE(found.size() == 4);
    CHECK(found[0] == infinity);
    CHECK(found[1] == -infinity);
    CHECK(std::isnan(found[2]));
    CHECK(found[3] == smallest);
  }
}

TEST_CASE("read_npy: integers and booleans are numbers", "[npy]") {
  CHECK(values("int8.npy") == std::vector<double>{-128, 7, 127});
  CHECK(values("int16.npy") == std::vector<double>{-32768, 7, 32767});
  CHECK(values("int32.npy") == std::vector<double>{-2147483648.0, 7, 2147483647.0});
  CHECK(values("int64.npy") == std::vector<double>{-0x1p53, 7, 0x1p53});
  CHECK(values("uint8.npy") == std::vector<double>{0, 7, 255});
  CHECK(values("uint16.npy") == std::vector<double>{0, 7, 65535});
  CHECK(values("uint32.npy") == std::vector<double>{0, 7, 4294967295.0});
  CHECK(values("uint64.npy") == std::vector<double>{0, 7, 0x1p53});
  CHECK(values("big_int32.npy") == std::vector<double>{1, -2, 2147483647.0});
  const Npy mask = read_npy(fixtures + "bool.npy");
  CHECK(mask.boolean);
  CHECK(mask.values == std::vector<double>{1, 0, 0, 1});
}

TEST_CASE("read_npy: scalars, empty arrays and the headers of Python 2 are read", "[npy]") {
  CHECK(read_npy(fixtures + "scalar.npy").shape.empty());
  CHECK(values("scalar.npy") == std::vector<double>{2.5});
  CHECK(read_npy(fixtures + "empty.npy").shape == Shape{0, 3});
  CHECK(read_npy(fixtures + "python2.npy").shape == Shape{1});
}

TEST_CASE("read_npy: what holds no plain numbers, or lies, is refused with the reason",
          "[npy][errors]") {
  const std::string within = "is truncated: it ends within the header";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"objects", "holds Python objects, expected numbers; convert with .astype(float)"},
      {"complex", "holds complex numbers (<c16), expected real ones"},
      {"text", "holds text (<U3), expected numbers"},
      {"bytes", "holds text (|S3), expected numbers"},
      {"dates", "holds dates or times (<M8[D]), expected numbers"},
      {"records", "holds records with named fields (a structured array), expected plain numbers"},
      {"void", "holds raw bytes or records (|V8), expected numbers"},
      {"longdouble",
       "holds numbers of the type \"<f16\", expected float16, float32, float64, integers or bool"},
      {"two_integers", "entry (1) is an integer beyond 2^53, which double precision cannot hold"},
      {"claims_10e12", "claims 1000000000000 entries, more than the limit of 16777216"},
      {"claims_overflow",
       "claims 4294967296 x 4294967296 x 16 entries, more than the limit of 16777216"},
      {"claims_2e64", "its header claims an axis of more than 2^64"},
      {"claims_negative", "its header's shape has no valid extent at \"-1,), }\\n\""},
      {"claims_text", "its header's shape has no valid extent at \"two,), }\\n\""},
      {"claims_axes", "its header claims more than 32 axes"},
      {"claims_more", "is truncated: its shape (2) needs 16 bytes of numbers, but there are 8"},
      {"claims_less", "is too long: its shape (1) needs 8 bytes of numbers, but there are 16"},
      {"header_too_long", within},
      {"header_open", "its header ends before its dictionary does"},
      {"header_junk", "its header is not a dictionary: expected `{` at \"junk\""},
      {"header_empty", "its header ends before its dictionary does"},
      {"header_no_shape", "its header has no shape"},
      {"header_twice", "its header has descr twice"},
      {"header_more", "its header has the unknown key \"x\""},
      {"header_order", "its header's fortran_order is neither True nor False"},
      {"header_after", "its header has something after the closing brace"},
      {"version9", "is of version 9.0 of the format, expected 1.0, 2.0 or 3.0"},
      {"not", "is not a .npy file"},
      {"nothing", "is empty, expected a .npy file"},
      {"no", "no such file"},
  };
  for (const auto& [name, message] : cases) {
    const std::string path = fixtures + name + ".npy";
    CHECK(fault_of([&] { read_npy(path); }) == path + ": " + message);
  }
  CHECK(fault_of([] { read_npy(fixtures + "archive.npz"); }, fixtures) ==
        "archive.npz: is a .npz archive, expected a single .npy array");
}

TEST_CASE("read_npy: folders, devices and pipes are refused, and nothing waits for them",
          "[npy][errors]") {
  const TemporaryFolder folder;
  const std::string pipe = folder.file("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(fault_of([] { read_npy("/"); }) == "/: is a folder, expected a file");
  const std::string no_file = ": is not a regular file (but a device, a pipe or a socket)";
  CHECK(fault_of([&] { read_npy(pipe); }) == pipe + no_file);
  CHECK(fault_of([] { read_npy("/dev/zero"); }) == "/dev/zero" + no_file);
}

TEST_CASE("read_npy: every prefix of a good file, and the file with a byte more, is refused",
          "[npy][errors]") {
  for (const char* name : {"float64.npy", "version3.npy", "bool.npy"}) {
    const std::string bytes = bytes_of(fixtures + name);
    CHECK_NOTHROW(npy_from_bytes(bytes, "x.npy"));
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      CHECK_THROWS_AS(npy_from_bytes(bytes.substr(0, length), "x.npy"), InputError);
    }
    CHECK_THROWS_AS(npy_from_bytes(bytes + '\0', "x.npy"), InputError);
  }
}

TEST_CASE("write_npy: what is written is read again to the last bit", "[npy]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x.npy");
  const std::vector<double> numbers{0.1, -0.0, 5e-324, 1.7976931348623157e308, -infinity, 3};
  for (const Shape& shape : {Shape{2, 3}, Shape{6}, Shape{1, 2, 3, 1}}) {
    write_npy(path, shape, numbers);
    const Npy npy = read_npy(path);
    CHECK(npy.shape == shape);
    CHECK(same_bits(npy.values, numbers));
  }
  write_npy(path, {}, {2.5});
  CHECK(read_npy(path).shape.empty());
  write_npy(path, {0, 3}, {});
  CHECK(read_npy(path).shape == Shape{0, 3});
  CHECK_THROWS_AS(write_npy(path, {2}, {1.0}), std::logic_error);
}

TEST_CASE("write_npy: the bytes are those that NumPy writes", "[npy]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x.npy");
  write_npy(path, {2, 3}, {0.5, -1.25, 3.0, 4.0, 1e-300, -0.0});
  CHECK(bytes_of(path) == bytes_of(fixtures + "float64.npy"));
  write_npy(path, {}, {2.5});
  CHECK(bytes_of(path) == bytes_of(fixtures + "scalar.npy"));
}

}  // namespace
}  // namespace attn::io::test
