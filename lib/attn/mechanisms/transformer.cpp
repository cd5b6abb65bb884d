#include "attn/mechanisms/transformer.hpp"

#include "attn/core/shape_error.hpp"
#include "attn/core/vectors.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/positions.hpp"

namespace attn::transformer {
namespace {

/// Query i sees the keys that count.
Mask over_source(std::size_t Tq, const Source& source) {
  return mask::valid_lengths({source.length}, Tq, rows(source.input.x));
}

decoder_block::Masks masks(const Source& source, std::size_t Ty) {
  return {mask::causal(Ty, Ty), over_source(Ty, source)};
}

}  // namespace

bool Source::complete() const { return is_complete(input) && encoder.complete(); }

Source encode(const Params& params, const std::vector<std::size_t>& words, std::size_t length) {
  Source f;
  f.length = length;
  const Mat positions = positions::learned(params.P_source, words.size());
  f.input = model_input::forward(params.E_source, words, positions);
  if (!is_complete(f.input)) return f;
  f.encoder = encoder::forward(params.encoder, f.input.x, over_source(words.size(), f));
  return f;
}

bool Target::complete() const { return is_complete(next); }

Target decode(const Params& params, const Source& source, const std::vector<std::size_t>& words) {
  Target f;
  const Mat positions = positions::learned(params.P_target, words.size());
  f.input = model_input::forward(params.E_target, words, positions);
  if (!is_complete(f.input)) return f;
  f.decoder =
      decoder::forward(params.decoder, f.input.x, source.memory(), masks(source, words.size()));
  if (!f.decoder.complete()) return f;
  f.next = next_word::forward(params.output, f.decoder.output());
  return f;
}

bool Backward::complete() const { return is_complete(target) && is_complete(source); }

Backward backward(const Params& params, const std::vector<std::size_t>& source_words,
                  const Source& source, const std::vector<std::size_t>& target_words,
                  const Target& target, const Mat& d_logits) {
  Backward b;
  // forward was: next = next_word(decoder's output)
  b.next = next_word::backward(params.output, target.decoder.output(), target.next, d_logits);
  if (!is_complete(b.next)) return b;
  // forward was: decoder(target's x, memory)
  b.decoder = decoder::backward(params.decoder, target.input.x, source.memory(), target.decoder,
                                b.next.d_y);
  if (!b.decoder.complete()) return b;
  b.target = model_input::backward(params.E_target, target_words, b.decoder.d_x);
  if (!is_complete(b.target)) return b;
  // forward was: memory = encoder(source's x)
  b.encoder = encoder::backward(params.encoder, source.input.x, source.encoder, b.decoder.d_memory);
  if (!b.encoder.complete()) return b;
  b.source = model_input::backward(params.E_source, source_words, b.encoder.d_x);
  return b;
}

bool Step::complete() const { return is_complete(next); }

Step step(const Params& params, const Source& source, std::size_t previous, decoder::Cache& cache) {
  const std::size_t t = cache.length();
  const Mat positions = positions::learned(params.P_target, t + 1);
  Step f;
  f.previous = previous;
  f.input = model_input::forward(params.E_target, {previous}, as_row(row(positions, t)));
  if (!is_complete(f.input)) return f;
  f.decoder = decoder::step(params.decoder, f.input.x, over_source(1, source), cache);
  if (!f.decoder.complete()) return f;
  f.next = next_word::forward(params.output, f.decoder.output());
  return f;
}

Decoded decode_word_by_word(const Params& params, const Source& source, const Decoding& how,
                            std::size_t caches_kept) {
  expect_words(how, rows(params.E_target));
  Decoded decoded;
  decoder::Cache& cache = decoded.cache;
  cache = decoder::start(params.decoder, source.memory());
  while (how.goes_on(decoded.words)) {
    decoded.steps.push_back(step(params, source, how.previous(decoded.words), cache));
    if (decoded.caches.size() < caches_kept) decoded.caches.push_back(cache);
    if (!decoded.steps.back().complete()) break;
    decoded.words.push_back(most_likely(row(decoded.steps.back().next.probabilities, 0)));
  }
  return decoded;
}

std::vector<std::vector<beam_search::Hypothesis>> beam_decode(const Params& params,
                                                              const Source& source,
                                                              std::size_t start,
                                                              const beam_search::Options& how) {
  beam_search::expect_options(how);
  expect_words({start, how.stop, how.limit}, rows(params.E_target));
  const auto advance = [&](decoder::Cache& cache, const beam_search::Hypothesis& hypothesis) {
    const std::size_t previous = hypothesis.words.empty() ? start : hypothesis.words.back();
    const Step now = step(params, source, previous, cache);
    return now.complete() ? next_word::log_probabilities(row(now.next.logits, 0)) : Vec{};
  };
  return beam_search::search(decoder::start(params.decoder, source.memory()), advance, how);
}

}  // namespace attn::transformer
