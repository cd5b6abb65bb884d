/// How the chapter bahdanau shows the decoder's time steps: the first move by move, each later one
/// whole.
#pragma once

#include "attn/mechanisms/rnnsearch.hpp"
#include "attn/trace/build.hpp"
#include "chapters/parts/bahdanau_shown.hpp"
#include "chapters/parts/sentences.hpp"

namespace attn::chapters {

class BahdanauSteps {
 public:
  BahdanauSteps(const Sentences& sentences, const rnnsearch::Params& decoder, trace::Builder& trace)
      : sentences_(sentences), decoder_(decoder), trace_(trace) {}

  /// Step i, counted from 0. \throws Unfinished where something has not been written.
  void show_step(const bahdanau::Step& now, std::size_t i) const;

 private:
  void first_step(const bahdanau::Step& now) const;
  void later_step(const bahdanau::Step& now, std::size_t i) const;
  std::string label_of(const bahdanau::Step& now, std::size_t i) const;
  std::string what_is_said(const bahdanau::Step& now, std::size_t i) const;
  void show_scores(const bahdanau::Step& now, std::size_t i) const;
  void show_weights(const bahdanau::Step& now, std::size_t i) const;
  void show_context(const bahdanau::Step& now, std::size_t i) const;
  void show_state(const bahdanau::Step& now, std::size_t i) const;
  void show_output(const bahdanau::Step& now, std::size_t i) const;

  template <class Result>
  void show_at(const Result& result, std::size_t i, const std::vector<Formula>& formulas) const;

  const Sentences& sentences_;
  const rnnsearch::Params& decoder_;
  trace::Builder& trace_;
};

}  // namespace attn::chapters
