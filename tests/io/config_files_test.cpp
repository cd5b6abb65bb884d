#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>

#include "attn/io/npy.hpp"
#include "tests/io/demo_schema.hpp"
#include "tests/io/temporary_folder.hpp"

namespace attn::io::test {
namespace {

const std::string fixtures = ATTN_SOURCE_DIR "/tests/fixtures/npy/";

TEST_CASE("config: a .npy file is found beside the config, wherever the program runs",
          "[config][npy]") {
  const TemporaryFolder folder;
  write_npy(folder.file("keys.npy"), {3, 2}, {1, 2, 3, 4, 5, 6});
  write_npy(folder.file("values.npy"), {3}, {7, 8, 9});
  const std::string yaml =
      "chapter: demo\n"
      "inputs:\n"
      "  queries: [[1, 2], [3, 4]]\n"
      "  keys: {file: keys.npy}\n"
      "  values: {file: values.npy}\n"
      "expect: {keys: {file: keys.npy}}\n";
  const Config config = load(yaml, {}, folder.file("c.yaml"));
  CHECK(config.matrix("inputs.keys")(2, 0) == 5.0);
  CHECK(shape_of(config.matrix("inputs.values")) == Shape{3, 1});
  CHECK(config.expectations().at(0).shape == Shape{3, 2});
  // An absolute name is taken as it is, and a file that --set names is looked for where the user
  // is.
  CHECK_NOTHROW(load(yaml, {{"inputs.keys.file", folder.file("keys.npy")}}, folder.file("c.yaml")));
  CHECK(faults_of(yaml, {{"inputs.keys", "{file: keys.npy}"}}, folder.file("c.yaml")) ==
        "--set inputs.keys:1:8: inputs.keys: keys.npy: no such file");
}

TEST_CASE("config: a mask may be a .npy file of booleans, or of 0 and 1", "[config][npy]") {
  const std::string base =
      "chapter: demo\ninputs:\n  queries: [[1], [2]]\n  keys: [[1], [2]]\n"
      "  values: [1, 2]\n  mask: {file: ";
  const Mask mask = load(base + fixtures + "bool.npy}\n").mask("inputs.mask");
  CHECK((mask(0, 0) && !mask(0, 1) && !mask(1, 0) && mask(1, 1)));
  CHECK(faults_of(base + fixtures + "fortran.npy}\n") ==
        "c.yaml:6:16: inputs.mask: " + fixtures +
            "fortran.npy: entry (0, 0) is 0.5, expected true, false, 1 or 0");
}

TEST_CASE("config: what is wrong in a .npy file is reported at the config's line",
          "[config][npy][errors]") {
  const auto fault = [](const std::string& field, const std::string& file) {
    std::string text = faults_of(with(field, "{file: " + fixtures + file + "}"));
    const std::size_t name = text.find(fixtures);
    return name == std::string::npos ? text : text.erase(name, fixtures.size());
  };
  CHECK(fault("inputs.keys", "special.npy") ==
        "c.yaml:4:16: inputs.keys: special.npy: entry (0) is inf, expected a finite number");
  CHECK(fault("inputs.keys", "int8.npy") ==
        "c.yaml:4:16: inputs.keys: int8.npy has shape (3), expected 2 axes: (Tk, dk)");
  CHECK(fault("parameters.bias", "float64.npy") ==
        "c.yaml:7:16: parameters.bias: float64.npy has shape (2, 3), expected 1 axis: (dv)");
  CHECK(
      fault("inputs.keys", "objects.npy") ==
      "c.yaml:4:16: inputs.keys: objects.npy: holds Python objects, expected numbers; convert with "
      ".astype(float)");
  CHECK(fault("inputs.keys", "claims_10e12.npy") ==
        "c.yaml:4:16: inputs.keys: claims_10e12.npy: claims 1000000000000 entries, more than the "
        "limit of 16777216");
  CHECK(fault("inputs.keys", "empty.npy") ==
        "c.yaml:4:16: inputs.keys: empty.npy: has shape (0, 3) and no entries");
  CHECK(
      fault("parameters.bias", "big_int32.npy") ==
      "c.yaml:7:9: parameters.bias has width 3 (axis dv), but inputs.values (line 5) have width 1");
}

TEST_CASE("read_source: what is no readable file is refused by name", "[config][errors]") {
  const TemporaryFolder folder;
  CHECK(read_source(folder.write("a.yaml", "chapter: demo\n")).text == "chapter: demo\n");
  const std::string pipe = folder.file("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  folder.write("big.yaml", "");
  std::filesystem::resize_file(folder.file("big.yaml"), (std::uintmax_t{16} << 20) + 1);
  const auto fault = [&](const std::string& path) {
    return fault_of([&] { read_source(path); }, folder.file(""));
  };
  CHECK(fault(folder.file("no.yaml")) == "no.yaml: no such file");
  CHECK(fault(folder.file("")) == ": is a folder, expected a file");
  CHECK(fault(folder.file("a.yaml/b")) == "a.yaml/b: no such file");
  CHECK(fault(pipe) == "pipe: nobody writes to this pipe");
  CHECK(fault("/dev/zero") ==
        "/dev/zero: is not a regular file (but a device, a pipe or a socket)");
  CHECK(fault(folder.file("big.yaml")) == "big.yaml: has 16 MiB, more than the limit of 16 MiB");
  CHECK(fault("") == ": no such file");
  CHECK(fault(std::string("a\0b", 3)) == "a\\x00b: the name of the file has a NUL byte");
}

}  // namespace
}  // namespace attn::io::test
