/// The chapter bahdanau's way back: through the output, through time, through attention and into
/// the encoder.
#pragma once

#include "attn/mechanisms/recurrent.hpp"
#include "attn/mechanisms/rnnsearch.hpp"
#include "attn/trace/build.hpp"
#include "chapters/parts/bahdanau_model.hpp"
#include "chapters/parts/sentences.hpp"

namespace attn::chapters {

/// What the way forward left.
struct BahdanauRun {
  const io::Config& config;
  const Sentences& sentences;
  const BahdanauModel& model;
  const Mat& X;  // (Tx, dx)
  const recurrent::Bidirectional<gru::Params>& encoded;
  const Mat& annotations;  // (Tx, 2 dh)
  const rnnsearch::Forward& decoded;
  const Mat& d_logits;  // (Ty, Vy)
};

/// \throws Unfinished where a step has not been written.
void show_bahdanau_gradients(const BahdanauRun& run, trace::Builder& trace);

}  // namespace attn::chapters
