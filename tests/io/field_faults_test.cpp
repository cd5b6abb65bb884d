#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "tests/io/demo_schema.hpp"

namespace attn::io::test {
namespace {

struct Case {
  std::string field, value, message;
};

std::vector<Case> cases() {
  std::ifstream file(ATTN_SOURCE_DIR "/tests/fixtures/io/field_faults.txt");
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line.starts_with("    ")) {
      std::string& message = cases.back().message;
      message += (message.empty() ? "" : "\n") + line.substr(4);
    } else {
      const std::size_t sign = line.find(" =");
      const std::string value = line.size() > sign + 3 ? line.substr(sign + 3) : "";
      cases.push_back({line.substr(0, sign), value, ""});
    }
  }
  return cases;
}

TEST_CASE("config: a field with a wrong value is reported where it stands, with what was expected",
          "[config][errors]") {
  const std::vector<Case> all = cases();
  REQUIRE(all.size() > 100);
  for (const Case& one : all) {
    INFO(one.field << " = " << one.value);
    CHECK(faults_of(with(one.field, one.value)) == one.message);
  }
}

}  // namespace
}  // namespace attn::io::test
