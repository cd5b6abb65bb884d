#include "chapters/parts/decoding.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace attn::chapters {

using io::Type;

std::vector<io::FieldSpec> decoding_fields() {
  return {
      {.path = "options.decoding",
       .type = Type::choice,
       .meaning = "The word that goes into the next step: greedy, the most likely one; "
                  "teacher_forcing, that of tokens.target.",
       .fallback = "greedy",
       .choices = {"greedy", "teacher_forcing"}},
      {.path = "options.limit",
       .type = Type::integer,
       .meaning = "Greedy decoding ends after so many words, should stop never come.",
       .fallback = "20",
       .range = io::Range{1, 1000}},
  };
}

std::vector<io::FieldSpec> beam_decoding_fields() {
  std::vector<io::FieldSpec> fields = decoding_fields();
  fields[0].meaning += " beam looks for the most likely sentence, see options.beam_width.";
  fields[0].choices.emplace_back("beam");
  fields[1].meaning =
      "Decoding that nobody leads ends after so many words, should stop never come.";
  fields.push_back({.path = "options.beam_width",
                    .type = Type::integer,
                    .meaning = "Beam search keeps so many beginnings of sentences; 1 is greedy.",
                    .fallback = "2",
                    .range = io::Range{1, 1000}});
  fields.push_back({.path = "options.length_penalty",
                    .type = Type::number,
                    .meaning = "alpha of beam search: sentences are compared by log P(Y) / "
                               "((5 + |Y|) / 6)^alpha. 0 compares log P(Y) itself.",
                    .fallback = "0",
                    .range = io::Range{0, 10}});
  return fields;
}

std::vector<std::size_t> numbers_of(const std::vector<std::string>& words,
                                    const std::vector<std::string>& vocabulary) {
  std::vector<std::size_t> numbers;
  for (const std::string& word : words) {
    const auto found = std::find(vocabulary.begin(), vocabulary.end(), word);
    numbers.push_back(static_cast<std::size_t>(found - vocabulary.begin()));
  }
  return numbers;
}

namespace {

/// The loss of a target counts stop once, after its last word; and no word is start.
void expect_no_ends(const io::Config& config, const Decoding& how,
                    const std::vector<std::string>& vocabulary) {
  const std::vector<std::size_t> target = numbers_of(config.list("tokens.target"), vocabulary);
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] != how.start && target[i] != how.stop) continue;
    config.reject(
        "tokens.target",
        fmt::format("word {} is \"{}\", which is tokens.{}; expected the words without "
                    "start and stop, which the chapter puts around them",
                    i + 1, vocabulary[target[i]], target[i] == how.stop ? "stop" : "start"));
  }
}

}  // namespace

Decoding decoding_of(const io::Config& config) {
  const std::vector<std::string> vocabulary = config.list("tokens.target_vocabulary");
  const std::vector<std::size_t> ends =
      numbers_of({config.token("tokens.start"), config.token("tokens.stop")}, vocabulary);
  Decoding how{.start = ends[0], .stop = ends[1], .limit = config.size("options.limit")};
  if (how.limit > io::max_entries / vocabulary.size()) {
    config.reject("options.limit",
                  fmt::format("{} words, each with the probabilities of a vocabulary of {}, would "
                              "be more numbers than the limit of {}",
                              how.limit, vocabulary.size(), io::max_entries));
  }
  if (config.has("tokens.target")) expect_no_ends(config, how, vocabulary);
  if (config.choice("options.decoding") != "teacher_forcing") return how;
  if (!config.has("tokens.target")) {
    config.reject("options.decoding",
                  "teacher_forcing needs the words to force: give tokens.target");
  }
  how.target = numbers_of(config.list("tokens.target"), vocabulary);
  how.target.push_back(how.stop);
  return how;
}

}  // namespace attn::chapters
