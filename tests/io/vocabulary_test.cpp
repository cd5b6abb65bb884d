// Words that must be in a vocabulary.
#include <catch2/catch_test_macros.hpp>

#include "attn/io/config.hpp"
#include "attn/io/json_schema.hpp"

namespace attn::io {
namespace {

const Schema& schema() {
  static const Schema declared{
      .chapter = "words",
      .axes = {{"V", "number of words"}, {"T", "length of the sentence"}, {"d", "width"}},
      .fields = {{.path = "tokens.vocabulary", .type = Type::tokens, .axes = "V", .required = true},
                 {.path = "tokens.sentence",
                  .type = Type::tokens,
                  .axes = "T",
                  .required = true,
                  .among = "tokens.vocabulary"},
                 {.path = "tokens.stop",
                  .type = Type::token,
                  .fallback = "</s>",
                  .among = "tokens.vocabulary"},
                 {.path = "parameters.E", .axes = "V,d"}}};
  return declared;
}

std::string faults_of(const std::string& vocabulary, const std::string& rest) {
  try {
    load_config({"c.yaml", "chapter: words\ntokens:\n  vocabulary: " + vocabulary + "\n" + rest},
                schema(), {});
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("vocabulary: words count the entries of an axis, and of random tensors that have it",
          "[config][law]") {
  const Config config = load_config({"c.yaml",
                                     "chapter: words\n"
                                     "tokens: {vocabulary: [我, </s>, 1], sentence: [1, 我]}\n"
                                     "parameters:\n  E: {fill: 2, shape: [3, 4]}\n"},
                                    schema(), {});
  CHECK(config.extent("V") == 3);
  CHECK(config.extent("T") == 2);
  CHECK(config.token("tokens.stop") == "</s>");
  CHECK(config.list("tokens.sentence") == std::vector<std::string>{"1", "我"});
  CHECK(config.matrix("parameters.E")(2, 3) == 2.0);
}

TEST_CASE("vocabulary: a word that is not in it is named, with its place and the nearest",
          "[config][errors]") {
  CHECK(faults_of("[love, you, </s>]", "  sentence: [lvoe, you]\n") ==
        "c.yaml:4:14: tokens.sentence: \"lvoe\" is not in tokens.vocabulary; did you mean "
        "\"love\"?");
  CHECK(faults_of("[love, </s>]", "  sentence: [love, xyz]\n  stop: zzz\n") ==
        "c.yaml:4:20: tokens.sentence: \"xyz\" is not in tokens.vocabulary\n"
        "c.yaml:5:9: tokens.stop: \"zzz\" is not in tokens.vocabulary");
  CHECK(faults_of("[love]", "  sentence: [love]\n") ==
        "c.yaml:3:15: tokens.stop: \"</s>\", which stands where nothing is given, is not in "
        "tokens.vocabulary");
}

TEST_CASE("vocabulary: no word is in it twice, and a sentence has words", "[config][errors]") {
  CHECK(faults_of("[love, you, love, </s>]", "  sentence: [love, love]\n") ==
        "c.yaml:3:27: tokens.vocabulary: \"love\" is named twice");
  CHECK(faults_of("[love, </s>]", "  sentence: []\n") ==
        "c.yaml:4:13: tokens.sentence: found an empty list, expected a list of texts such as [I, "
        "love, you]");
  CHECK(faults_of("[love, </s>]", "  sentence: [love]\n  stop: [love]\n") ==
        "c.yaml:5:9: tokens.stop: found a list of 1 text, expected a text");
}

TEST_CASE("vocabulary: as many words as a tensor has rows", "[config][errors]") {
  CHECK(faults_of("[love, </s>]", "  sentence: [love]\nparameters:\n  E: [[1], [2], [3]]\n") ==
        "c.yaml:3:15: tokens.vocabulary: found 2 texts, expected 3, one for each entry of axis V, "
        "number of words (parameters.E, line 6)");
}

TEST_CASE("vocabulary: editors and readers are told", "[config][law]") {
  CHECK(markdown_table(schema()).find(
            "| `tokens.stop` | a text, of `tokens.vocabulary` | `</s>` |") != std::string::npos);
  CHECK(json_schema(schema()).find("\"stop\"") != std::string::npos);
}

}  // namespace attn::io
