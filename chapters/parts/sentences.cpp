#include "chapters/parts/sentences.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace attn::chapters {
namespace {

using io::Type;

std::vector<std::size_t> numbers_of(const std::vector<std::string>& words,
                                    const std::vector<std::string>& vocabulary) {
  std::vector<std::size_t> numbers;
  for (const std::string& word : words) {
    // The config was refused if a word is not there.
    const auto found = std::find(vocabulary.begin(), vocabulary.end(), word);
    numbers.push_back(static_cast<std::size_t>(found - vocabulary.begin()));
  }
  return numbers;
}

}  // namespace

std::vector<io::FieldSpec> sentence_fields() {
  return {
      {.path = "tokens.source_vocabulary",
       .type = Type::tokens,
       .axes = "Vx",
       .meaning = "The words that the source may have, each once.",
       .required = true},
      {.path = "tokens.target_vocabulary",
       .type = Type::tokens,
       .axes = "Vy",
       .meaning = "The words that the decoder may say, with start and stop.",
       .required = true},
      {.path = "tokens.source",
       .type = Type::tokens,
       .axes = "Tx",
       .meaning = "The sentence to translate.",
       .required = true,
       .among = "tokens.source_vocabulary"},
      {.path = "tokens.target",
       .type = Type::tokens,
       .axes = "Ty",
       .meaning = "Its translation, without start and stop: for teacher forcing and for the loss.",
       .among = "tokens.target_vocabulary"},
      {.path = "tokens.start",
       .type = Type::token,
       .meaning = "Stands before the first word.",
       .fallback = "<s>",
       .among = "tokens.target_vocabulary"},
      {.path = "tokens.stop",
       .type = Type::token,
       .meaning = "Ends a sentence.",
       .fallback = "</s>",
       .among = "tokens.target_vocabulary"},
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

std::vector<std::size_t> Sentences::target_numbers() const {
  std::vector<std::size_t> numbers = numbers_of(target, target_words);
  if (!numbers.empty()) numbers.push_back(decoding.stop);
  return numbers;
}

std::vector<std::size_t> Sentences::wanted(const std::vector<std::size_t>& chosen) const {
  return decoding.forced() ? decoding.target : chosen;
}

Sentences sentences_of(const io::Config& config) {
  Sentences sentences;
  sentences.source_words = config.list("tokens.source_vocabulary");
  sentences.target_words = config.list("tokens.target_vocabulary");
  sentences.source = config.list("tokens.source");
  sentences.source_numbers = numbers_of(sentences.source, sentences.source_words);
  if (config.has("tokens.target")) sentences.target = config.list("tokens.target");
  const std::vector<std::string> ends{config.token("tokens.start"), config.token("tokens.stop")};
  const std::vector<std::size_t> marks = numbers_of(ends, sentences.target_words);
  sentences.decoding.start = marks[0];
  sentences.decoding.stop = marks[1];
  sentences.decoding.limit = config.size("options.limit");
  const std::size_t Vy = sentences.target_words.size();
  if (sentences.decoding.limit > io::max_entries / Vy) {
    config.reject("options.limit",
                  fmt::format("{} words, each with the probabilities of a vocabulary of {}, would "
                              "be more numbers than the limit of {}",
                              sentences.decoding.limit, Vy, io::max_entries));
  }
  if (config.choice("options.decoding") == "teacher_forcing") {
    if (sentences.target.empty()) {
      config.reject("options.decoding",
                    "teacher_forcing needs the words to force: give tokens.target");
    }
    sentences.decoding.target = sentences.target_numbers();
  }
  return sentences;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace attn::chapters
