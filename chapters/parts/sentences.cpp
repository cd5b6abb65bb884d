#include "chapters/parts/sentences.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chapters/parts/seen.hpp"

namespace attn::chapters {
namespace {

using io::Type;

}  // namespace

std::vector<io::FieldSpec> sentence_fields(const std::vector<io::FieldSpec>& decoding) {
  std::vector<io::FieldSpec> fields{
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
  };
  fields.insert(fields.end(), decoding.begin(), decoding.end());
  return fields;
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
  sentences.decoding = decoding_of(config);
  return sentences;
}

std::string seen_of_target(const Sentences& sentences, const std::vector<std::size_t>& chosen) {
  const std::vector<std::size_t> target = sentences.target_numbers();
  if (target.empty()) return "";
  std::size_t right = 0;
  for (std::size_t t = 0; t < std::min(target.size(), chosen.size()); ++t) {
    if (target[t] == chosen[t]) ++right;
  }
  if (target == chosen) return " What was said is the target, word for word.";
  return fmt::format(" Of the target's {}, {} counted, {} {} said in {} place.",
                     counted(target.size(), "word", "words"),
                     sentences.word(sentences.decoding.stop), right, right == 1 ? "was" : "were",
                     right == 1 ? "its" : "their");
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace attn::chapters
