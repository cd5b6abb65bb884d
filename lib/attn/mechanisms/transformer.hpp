/// The Transformer: an encoder reads the source sentence, a decoder says the target word by word.
/// Vaswani et al., "Attention Is All You Need", arXiv:1706.03762v7, section 3.
///
/// The paper ties E_source, E_target and the output's W (section 3.4); here they are three.
///
/// Axes: Tx source words, Ty target words, Vx and Vy words of their vocabularies, dm width of the
/// model, Tmax positions of a table.
#pragma once

#include <vector>

#include "attn/mechanisms/beam_search.hpp"
#include "attn/mechanisms/decoder.hpp"
#include "attn/mechanisms/decoding.hpp"
#include "attn/mechanisms/encoder.hpp"
#include "attn/mechanisms/model_input.hpp"
#include "attn/mechanisms/next_word.hpp"

namespace attn::transformer {

struct Params {
  Mat E_source;  // (Vx, dm), embeddings of source words
  Mat P_source;  // (Tmax, dm), positions: sinusoids, learned, or zeros
  encoder::Params encoder;
  Mat E_target;  // (Vy, dm), embeddings of target words
  Mat P_target;  // (Tmax, dm)
  decoder::Params decoder;
  next_word::Params output;  // W (dm, Vy), b (Vy)
};

/// What the encoder makes of the source.
struct Source {
  model_input::Forward input;
  encoder::Forward encoder;
  std::size_t length = 0;  // how many words count; the others are padding, and nobody sees them

  const Mat& memory() const { return encoder.output(); }  ///< (Tx, dm)
  bool complete() const;                                  ///< no result is missing
};

/// \param words numbers in the vocabulary
/// \param length how many of them count, from the first
/// What has not been written, as in an exercise, is empty, and so is what follows.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
/// \throws std::out_of_range if there is no such word, or if the table of positions ends before
/// the sentence does.
Source encode(const Params& params, const std::vector<std::size_t>& words, std::size_t length);

/// What the decoder makes of all words at once, as in training.
struct Target {
  model_input::Forward input;
  decoder::Forward decoder;
  next_word::Forward next;  // row t: the word after words 1 to t

  bool complete() const;  ///< no result is missing
};

/// \param words what stands before each word: start, then all but the last
Target decode(const Params& params, const Source& source, const std::vector<std::size_t>& words);

/// d_x is dL/dx and has the shape of x.
struct Backward {
  next_word::Backward next;
  decoder::Backward decoder;
  model_input::Backward target;
  encoder::Backward encoder;
  model_input::Backward source;

  bool complete() const;  ///< no result is missing
};

/// \param d_logits (Ty, Vy)
/// \throws ShapeError if d_logits has not the shape of the logits.
Backward backward(const Params& params, const std::vector<std::size_t>& source_words,
                  const Source& source, const std::vector<std::size_t>& target_words,
                  const Target& target, const Mat& d_logits);

/// One word of decoding with a cache.
struct Step {
  std::size_t previous = 0;  // the word before, which the step is given
  model_input::Forward input;
  decoder::Step decoder;
  next_word::Forward next;  // (1, Vy)

  bool complete() const;  ///< no result is missing
};

/// \param previous the word before
/// \param cache of all words before that one, which is in it afterwards
/// \throws std::out_of_range if the table of positions ends before the sentence does.
Step step(const Params& params, const Source& source, std::size_t previous, decoder::Cache& cache);

/// Word by word, with a cache: greedily, or as a teacher leads.
struct Decoded {
  std::vector<Step> steps;
  std::vector<std::size_t> words;        // the most likely at each step
  decoder::Cache cache{};                // after the last step
  std::vector<decoder::Cache> caches{};  // after each of the first, if they are kept
};

/// Where something has not been written, as in an exercise, it ends there.
/// \param caches_kept after so many steps, from the first, the cache is kept, to be looked at
/// \throws std::invalid_argument if a word is not in the vocabulary, or the limit is 0.
Decoded decode_word_by_word(const Params& params, const Source& source, const Decoding& how,
                            std::size_t caches_kept = 0);

/// Word by word by beam search, with a cache for each hypothesis.
/// \param start stands before the first word
/// \throws std::invalid_argument if a word is not in the vocabulary, or as beam_search does.
std::vector<std::vector<beam_search::Hypothesis>> beam_decode(const Params& params,
                                                              const Source& source,
                                                              std::size_t start,
                                                              const beam_search::Options& how);

}  // namespace attn::transformer
