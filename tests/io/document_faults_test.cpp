#include <catch2/catch_test_macros.hpp>

#include "tests/io/demo_schema.hpp"

namespace attn::io::test {
namespace {

using namespace std::string_literals;

std::string chapter_fault(const std::string& yaml) {
  try {
    return "no fault: " + chapter_of({"c.yaml", yaml}).name;
  } catch (const InputError& error) {
    return error.what();
  }
}

struct Case {
  std::string yaml, message;
};

TEST_CASE("config: what is no config is refused, and the message says what it is instead",
          "[config][errors]") {
  const std::string expected = ", expected a config that begins with `chapter: NAME`";
  const std::vector<Case> cases{
      {"", "c.yaml:1:1: the file is empty" + expected},
      {"  \n\n", "c.yaml:1:1: the file is empty" + expected},
      {"# a comment\n", "c.yaml:1:1: found only comments" + expected},
      {"---\n", "c.yaml:1:1: found nothing" + expected},
      {"~\n", "c.yaml:1:1: found nothing" + expected},
      {"- 1\n- 2\n", "c.yaml:1:1: found a list of 2 numbers" + expected},
      {"3", "c.yaml:1:1: found the number 3" + expected},
      {"chapter demo\n", "c.yaml:1:1: found text \"chapter demo\"" + expected},
      {"\x00\x01\x02"s, "c.yaml:1:1: this is a binary file (it has NUL bytes), not a text file"},
      {"chapter: demo\0\n"s,
       "c.yaml:1:1: this is a binary file (it has NUL bytes), not a text file"},
      {"\xff\xfe"
       "c\0h\0"s,
       "c.yaml:1:1: the file is in UTF-16; save it as UTF-8"},
      {"\xfe\xff\0c"s, "c.yaml:1:1: the file is in UTF-16; save it as UTF-8"},
      {"\x93NUMPY\x01\0"s, "c.yaml:1:1: this is a .npy file, not a text file"},
      {"\x89PNG\r\n\x1a\n", "c.yaml:1:1: byte 0x89 is not UTF-8 text"},
      {"chapter: d\xe9mo\n", "c.yaml:1:11: byte 0xE9 is not UTF-8 text"},
      {"chapter: 我\xed\xa0\x80\n", "c.yaml:1:11: byte 0xED is not UTF-8 text"},
      {"chapter: demo\x04\n", "c.yaml:1:14: control character 0x04: this is not a text file"},
      {"chapter: demo\x1b[31m", "c.yaml:1:14: control character 0x1B: this is not a text file"},
  };
  for (const Case& one : cases) {
    CHECK(faults_of(one.yaml) == one.message);
    CHECK(chapter_fault(one.yaml) == one.message);
  }
}

TEST_CASE("config: a slip in the YAML is explained without the words of its grammar",
          "[config][errors]") {
  const std::string colon =
      "not valid YAML: a `:` cannot stand here; check the indentation, and put "
      "text that has `: ` in it into quotes";
  const std::vector<Case> cases{
      {"a:\n\tb: 1\n", "c.yaml:2:1: not valid YAML: a tab in the indentation; use spaces"},
      {"a:\n  b: 1\n\tc: 2\n", "c.yaml:3:1: not valid YAML: a tab in the indentation; use spaces"},
      {"a: {b: [[1, 2], [3, 4]\n",
       "c.yaml:1:8: not valid YAML: this list is not closed: "
       "expected `]`"},
      {"a: {b: [1, 2\n  c: 3\n",
       "c.yaml:2:4: not valid YAML: the list that begins at line 1 is not "
       "closed: expected `,` or `]`"},
      {"a: {b: [1]\n", "c.yaml:1:4: not valid YAML: this map is not closed: expected `}`"},
      {"a: ]\n", "c.yaml:1:4: not valid YAML: a closing bracket that nothing opens"},
      {"a: [1}\n", "c.yaml:1:6: not valid YAML: a closing bracket that nothing opens"},
      {"a: [1, 2]]\n", "c.yaml:1:10: not valid YAML: a closing bracket that nothing opens"},
      {"a: 1\n b: 3\n", "c.yaml:2:3: " + colon},
      {"a: b: c\n", "c.yaml:1:5: " + colon},
      {"a:\n  b: 1\n c: 2\n",
       "c.yaml:3:2: not valid YAML: expected `key: value` at this indentation"},
      {"a: \"bc\n", "c.yaml:1:4: not valid YAML: the quotes are not closed"},
      {"a: 'it''s\n", "c.yaml:1:4: not valid YAML: the quotes are not closed"},
      {"a: &b 'c\n", "c.yaml:1:4: not valid YAML: the quotes are not closed"},
      {"a: \"\\q\"\n",
       "c.yaml:1:7: not valid YAML: an unknown escape in double quotes; use single "
       "quotes, or write \\\\ for a backslash"},
      {"a: @b\n",
       "c.yaml:1:4: not valid YAML: a value cannot start with this character; put the "
       "text into quotes"},
      {"a: *b\n",
       "c.yaml:1:4: not valid YAML: no anchor &b comes before this alias; put text that "
       "begins with * into quotes"},
      {"a: &x [1, *x]\n", "c.yaml:1:11: this alias stands inside what it stands for"},
      {"chapter: demo\n---\nchapter: demo\n",
       "c.yaml:2:1: a second document starts here (`---`), expected a single one"},
      {"- 1\nchapter: demo\n",
       "c.yaml:2:1: not valid YAML: this does not belong to what comes "
       "before; check the brackets and the indentation"},
  };
  for (const Case& one : cases) {
    CHECK(faults_of(one.yaml) == one.message);
    CHECK(chapter_fault(one.yaml) == one.message);
  }
}

TEST_CASE("config: what YAML allows and a config does not is reported along with other faults",
          "[config][errors]") {
  const std::vector<Case> cases{
      {"chapter: demo\n", "c.yaml:6:1: duplicate key chapter: it is given at line 1 already"},
      {"inputs: {keys: 3}\n", "c.yaml:6:1: duplicate key inputs: it is given at line 2 already"},
      {"title: a\n\"title\": b\n",
       "c.yaml:7:1: duplicate key title: it is given at line 6 already"},
      {"expect: {w: 1, w: 2}\n", "c.yaml:6:16: duplicate key w: it is given at line 6 already"},
      {"title: !foo x\n", "c.yaml:6:8: the tag !foo is not supported: write plain values"},
      {"title: !!str x\n", "c.yaml:6:8: the tag !!str is not supported: write plain values"},
      {"<<: {a: 1}\n", "c.yaml:6:1: merge keys (<<) are not supported: write the entries out"},
      {"? [a]\n: 1\n", "c.yaml:6:3: a key must be text, as in `key: value`"},
      {": 1\n", "c.yaml:6:1: a key must be text, as in `key: value`"},
      {"title: [a]\n", "c.yaml:6:8: title: found a list of 1 text, expected a text"},
      {"options: 3\ntitle: [a]\n",
       "c.yaml:6:10: options: found the number 3, expected a map that holds bandwidth, rate, "
       "heads, "
       "shift, causal, scale, norm, kernels, widths, valid_lens or layers\n"
       "c.yaml:7:8: title: found a list of 1 text, expected a text"},
  };
  for (const Case& one : cases) CHECK(faults_of(demo_config + one.yaml) == one.message);
}

TEST_CASE("config: a required field that is missing is reported at the map where it should be",
          "[config][errors]") {
  CHECK(faults_of("chapter: demo\n") ==
        "c.yaml:1:1: inputs.queries is missing: One query a row.\n"
        "c.yaml:1:1: inputs.keys is missing: One key a row.\n"
        "c.yaml:1:1: inputs.values is missing");
  CHECK(faults_of("chapter: demo\n\ninputs:\n  keys: [[1]]\n  values: [1]\n") ==
        "c.yaml:3:1: inputs.queries is missing: One query a row.");
  CHECK(faults_of("title: x\ninputs: {queries: [[1]], keys: [[1]], values: [1]}\n") ==
        "c.yaml:1:1: chapter is missing, expected chapter: demo");
  CHECK(chapter_fault("title: x\n") ==
        "c.yaml:1:1: chapter is missing, expected a line `chapter: NAME`");
  CHECK(chapter_fault("chapter: [demo]\n") ==
        "c.yaml:1:10: chapter: found a list of 1 text, expected the name of a chapter");
  CHECK(faults_of("chapter: other\n") ==
        "c.yaml:1:10: chapter: this config is for \"other\", not for demo; to run it: attn other "
        "c.yaml");
  CHECK(faults_of("chapter: Demo\n") ==
        "c.yaml:1:10: chapter: this config is for \"Demo\", not for demo; did you mean demo?");
}

TEST_CASE("config: all faults of a file are reported in one run, in the order of the file",
          "[config][errors]") {
  CHECK(
      faults_of("chapter: demo\n"
                "inputs:\n"
                "  queries: [[1, 2], [3, 4]]\n"
                "  keys: [[1, 2, 3], [4, 5, 6]]\n"
                "  values: [1, 2, 3]\n"
                "  quries: 3\n"
                "options: {bandwidth: -1, valid_lens: 9, scale: sqrtdk, causal: yes}\n"
                "tokens: {keys: [a, b, c]}\n"
                "expect:\n"
                "  weights: {values: [[1, .inf], [2]], tolerence: 3}\n",
                {{"options.heads", "x"}}) ==
      "c.yaml:4:9: inputs.keys have width 3 (axis dk), but inputs.queries (line 3) have width 2\n"
      "c.yaml:5:11: inputs.values have 3 rows (axis Tk), but inputs.keys (line 4) have 2 rows\n"
      "c.yaml:6:3: unknown key inputs.quries; did you mean inputs.queries?\n"
      "c.yaml:7:22: options.bandwidth: found -1, expected a number above 0\n"
      "c.yaml:7:38: options.valid_lens: 9 is beyond the last of the 2 keys (axis Tk)\n"
      "c.yaml:7:48: options.scale: found text \"sqrtdk\", expected sqrt_dk, none or a number; did "
      "you mean sqrt_dk?\n"
      "c.yaml:7:64: options.causal: found text \"yes\", expected true or false\n"
      "c.yaml:8:16: tokens.keys: found 3 texts, expected 2, one for each entry of axis Tk, number "
      "of keys (inputs.keys, line 4)\n"
      "c.yaml:10:33: expect.weights: row 2 has 1 number, but row 1 has 2\n"
      "c.yaml:10:39: unknown key expect.weights.tolerence; did you mean tolerance?\n"
      "--set options.heads:1:1: options.heads: found text \"x\", expected a whole number");
}

TEST_CASE("config: after a hundred faults the rest are counted", "[config][errors]") {
  std::string rows = "[";
  for (int i = 0; i < 150; ++i) rows += "[1, x], ";
  const std::string text = faults_of(with("inputs.queries", rows + "]"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 100);
  CHECK(text.find("and 50 more faults, the first of them here") != std::string::npos);
  const std::string last = text.substr(text.rfind('\n') + 1);
  CHECK(last.starts_with("c.yaml:3:"));  // the line of the rows, behind the hundredth
}

TEST_CASE("config: nesting and aliases that would exhaust memory are refused at once",
          "[config][errors]") {
  const std::string deep = "nested more than 64 levels deep";
  const auto repeat = [](const std::string& part, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += part;
    return text;
  };
  for (const char* part : {"[", "{a: ", "[? ", "[: ", "[a: "}) {
    CHECK(faults_of("a: " + repeat(part, 10000)).ends_with(deep));
  }
  CHECK(faults_of("a: " + repeat("[", 10000) + repeat("]", 10000)).ends_with(deep));
  CHECK(faults_of(repeat("- ", 10000)).ends_with(deep));
  CHECK(faults_of(repeat("? ", 10000)).ends_with(deep));
  std::string block;
  for (std::size_t i = 0; i < 1000; ++i) block += std::string(i, ' ') + "a:\n";
  CHECK(faults_of(block).ends_with(deep));

  std::string bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 30; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += "*a" + std::to_string(i - 1) + ", ";
    bomb += "]\n";
  }
  CHECK(faults_of(bomb).ends_with(
      "more than 1048576 values, aliases written out; put large tensors into .npy files"));
  CHECK(faults_of("a: [" + repeat("1,", 2200000) + "]") ==
        "c.yaml:1:1: more than 1048576 values; put large tensors into .npy files");
}

}  // namespace
}  // namespace attn::io::test
