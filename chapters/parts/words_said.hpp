/// How the Transformer says its words: one by one with a cache, or by beam search; and that the
/// cache changes nothing.
#pragma once

#include <string>
#include <vector>

#include "attn/mechanisms/transformer.hpp"
#include "attn/trace/build.hpp"
#include "chapters/parts/beam_shown.hpp"
#include "chapters/parts/sentences.hpp"
#include "chapters/parts/transformer_decoder_schema.hpp"

namespace attn::chapters {

class WordsSaid {
 public:
  WordsSaid(const transformer::Params& params, const Sentences& sentences,
            const TransformerDecoding& how, trace::Builder& trace)
      : params_(params), sentences_(sentences), how_(how), trace_(trace) {}

  /// Decodes, and shows nothing.
  /// \returns the words, stop included if it was said; fewer where a step has not been written
  std::vector<std::size_t> decode(const transformer::Source& source);

  /// What was decoded, step by step, then the proof. Decodes if that has not been done. \throws
  /// Unfinished where a step has not been written.
  void show(const transformer::Source& source);

  /// For the end, after `show`: what was said, how sure the decoder was, and the cache's part.
  std::string seen() const;

 private:
  void show_steps();
  void show_step(std::size_t t);
  void show_kept(std::size_t t);
  void show_cache(const transformer::Source& source);
  std::vector<std::size_t> words() const;  // that were said
  std::string likely(std::size_t t) const;
  void show_kept_against(const transformer::Target& again);

  const transformer::Params& params_;
  const Sentences& sentences_;
  const TransformerDecoding& how_;
  trace::Builder& trace_;
  transformer::Decoded decoded_{};  // with beam search: the best sentence once more, led by itself
  Rounds rounds_{};
  bool asked_ = false;  // decode was called
};

}  // namespace attn::chapters
