#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attn/core/ops.hpp"
#include "attn/core/vectors.hpp"
#include "attn/mechanisms/position_similarity.hpp"
#include "attn/mechanisms/positions.hpp"
#include "attn/mechanisms/self_attention.hpp"
#include "chapters/parts/positional_inputs.hpp"
#include "chapters/parts/positional_orders.hpp"
#include "chapters/parts/positional_words.hpp"
#include "chapters/parts/seen.hpp"
#include "chapters/parts/self_attention_inputs.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

/// What the same words in another order make of the contexts.
struct Orders {
  bool differ = false;
  double difference = 0.0;
};

class Walk {
 public:
  Walk(const io::Config& config, const Request& request, trace::Builder& trace)
      : config_(config), request_(request), trace_(trace), what_(positional_of(config)) {
    if (config.has("tokens.words")) words_ = config.list("tokens.words");
    if (what_.X) {
      params_ = projections_of(config);
      how_ = attending_of(config, rows(*what_.X), cols(params_.W_q));
      d_context_ = d_context_of(config);
    }
    trace_.label("Tx", words_);
  }

  void run() {
    if (what_.learned) {
      show_learned();
    } else {
      show_sinusoids();
      show_map();
      show_shift();
    }
    show_similarity();
    if (what_.X) {
      show_words();
      show_attention();
      if (request_.gradients) show_gradients();
    }
    trace_.seen(seen());
  }

 private:
  void show_sinusoids() {
    sinusoids_ = positions::forward(positions::from(0.0, what_.T), what_.dm, what_.sinusoid);
    trace_.walk(sinusoids_, sinusoid_words(what_.sinusoid, sinusoids_.frequencies));
    encoding_ = sinusoids_.encoding;
  }

  void show_learned() {
    trace_.step(
        "encoding", "Positions that are learned: a row of a table",
        fmt::format("P has a row for each position that was ever trained, {} here; position "
                    "p is row p, as a word is a row of its embedding. There is none beyond "
                    "the last.",
                    rows(what_.P)),
        "PE(p) = P[p]", "section 3.5");
    encoding_ = positions::learned(what_.P, what_.T);
    trace_.tensor({"encoding", "T,dm"}, encoding_);
  }

  void show_map() {
    if (what_.map_width == 0) return;
    trace_.step("map", "The same for more positions, as a map",
                map_words(what_.sinusoid, what_.map_positions, what_.map_width), "", "section 3.5");
    trace_.tensor({"map", "T,dm", "", "", Kind::wave},
                  positions::sinusoidal(what_.map_positions, what_.map_width, what_.sinusoid));
  }

  /// The matrix that moves every position by k.
  void show_shift() {
    const double k = what_.shift;
    const positions::Shift shift = positions::shift(k, sinusoids_, what_.sinusoid);
    trace_.walk(shift, shift_words(k));
    const Mat later =
        positions::forward(positions::from(k, what_.T), what_.dm, what_.sinusoid).encoding;
    const double difference = permutation::largest_difference(shift.moved, later);
    trace_.step(
        "shifted", "And it is the encoding of p + k",
        fmt::format("PE({:g}), PE({:g}), …: computed from their own angles. Beside the step "
                    "before they are {}. So one linear map, the same wherever a word stands, leads "
                    "from each position to the one k further on; the authors chose sinusoids in "
                    "the hope that attention would learn to use that.",
                    k, k + 1.0, equal_but_for_rounding(difference)),
        "PE(p + k)", "section 3.5");
    trace_.tensor({"shifted", "T,dm", "", "", Kind::wave}, later);
    trace_.tensor({"shift_difference", "", "max |PE R_k^T - PE(p + k)|"}, difference);
  }

  void show_similarity() {
    const position_similarity::Forward similar = position_similarity::forward(encoding_);
    trace_.walk(similar, similarity_words(what_.learned));
    const position_similarity::ByDistance by = position_similarity::by_distance(similar.similarity);
    trace_.step("by_distance", "Similarity as a function of distance",
                by_distance_words(what_.learned, by),
                what_.learned ? "PE(p) . PE(p+r)" : "PE(p) . PE(p+r) = sum_i cos(r w_i)");
    neighbours_ = by.mean;
    trace_.table({"by_distance", "distance,over p", ""},
                 {{"smallest", by.smallest}, {"mean", by.mean}, {"largest", by.largest}});
    constexpr std::size_t worth_a_picture = 12;
    if (what_.T < worth_a_picture) return;
    trace_.plot(
        {"similarity by distance", {{"mean", "", "by_distance[mean]", trace::Series::Mark::line}}});
  }

  void show_words() {
    X_ = *what_.X;
    trace_.step("embedded", "Where a word stands, added to what it is",
                "Position and word share the same dm numbers; the first row gets PE(0). (The "
                "Transformer multiplies its embeddings by sqrt(dm) before it adds.)",
                "X + PE", "section 3.5");
    positions_ = first_rows(encoding_, rows(X_));
    embedded_ = X_ + positions_;
    trace_.tensor({"X", "Tx,dm"}, X_);
    trace_.tensor({"embedded", "Tx,dm", "X + PE"}, embedded_);
  }

  /// Self-attention of the words in two orders, without positions and with them.
  void show_attention() {
    trace_.label("Tx'", reordered(words_, how_.order));
    const Mat permuted = permutation::permute_rows(X_, how_.order);
    const Mask mask = permutation::permute_mask(how_.mask, how_.order);
    const bool same_mask = std::equal(mask.begin(), mask.end(), how_.mask.begin(), how_.mask.end());
    without_ = compare("without", X_, permuted, same_mask);
    const Mat moved = permutation::permute_rows(positions_, how_.order);
    const bool same_places = std::equal(moved.begin(), moved.end(), positions_.begin());
    with_ = compare("with", embedded_, permuted + positions_, same_mask && same_places);
  }

  /// \param must_agree neither the mask nor what was added changes with the order
  Orders compare(const std::string& name, const Mat& X, const Mat& permuted, bool must_agree) {
    forward_ = self_attention::forward(params_, X, how_.mask, how_.scale);
    const permutation::Study study =
        permutation::study(params_, permuted, forward_, how_.mask, how_.scale, how_.order);
    const bool differ =
        !must_agree && differs(study.difference, size_of(forward_.projected.values));
    const OrderWords words{.with_positions = name == "with",
                           .projected = what_.projected,
                           .masked = how_.hides(),
                           .moves = how_.moves(),
                           .differ = differ,
                           .order = joined_order(how_.order),
                           .found = differ ? fmt::format("not the same: the largest difference is "
                                                         "{:.2g}",
                                                         study.difference)
                                           : equal_but_for_rounding(study.difference)};
    trace_.step(name, order_title(words), order_prose(words));
    trace_.rename("Tq", "Tx");
    trace_.rename("Tk", "Tx");
    trace_.tensor({"weights", "Tx,Tx", "", "", Kind::weight}, forward_.attention.weights,
                  name + ".");
    trace_.tensor({"permuted.weights", "Tx',Tx'", "", "", Kind::weight}, study.weights, name + ".");
    trace_.tensor({"context", "Tx,dv"}, forward_.attention.context, name + ".");
    trace_.tensor({"permuted.context", "Tx',dv"}, study.context, name + ".");
    if (is_written(study.difference)) {  // it is none where numbers are none
      trace_.tensor({"difference", ""}, study.difference, name + ".");
    }
    return {differ, study.difference};
  }

  /// How alike neighbours are, how far the matrix moves, and what order changes.
  std::string seen() const {
    std::string said;
    if (neighbours_.size() > 1) {
      said = fmt::format(
          "The product of a position with itself is {:.4g} in the mean, with the next "
          "one {:.4g}",
          neighbours_(0), neighbours_(1));
      const std::size_t last = neighbours_.size() - 1;
      if (last > 1) said += fmt::format(", with one {} away {:.4g}", last, neighbours_(last));
      said += ".";
    }
    if (!what_.learned) {
      said +=
          fmt::format("{}One matrix, without p in it, moved {} by k = {}.", said.empty() ? "" : " ",
                      counted(what_.T, "position", "positions at once"), what_.shift);
    }
    if (!what_.X || !how_.moves()) return said;
    const auto told = [](const Orders& orders) {
      return orders.differ ? fmt::format("the contexts differ by up to {:.2g}", orders.difference)
                           : std::string("each word gets the same context");
    };
    return said + fmt::format(" In the order {}, without positions {}; with them {}.",
                              joined_order(how_.order), told(without_), told(with_));
  }

  void show_gradients() {
    trace_.step("d_context", "Where the gradient comes from",
                "The gradient of the loss with respect to the context with positions. All ones "
                "means that the loss is the sum of its entries.");
    trace_.tensor({"d_context", "Tx,dv", "dC"}, d_context_);
    const self_attention::Backward back =
        self_attention::backward(params_, embedded_, how_.scale, forward_, d_context_);
    if (!back.complete()) throw Unfinished();
    trace_.step("d_embedded", "Back to words and positions",
                "What comes back to the sum X + PE comes back to both: dX and dPE are the same. "
                "Sinusoids have nothing to learn; a table has.",
                "dX = dPE = dQ W_q^T + dK W_k^T + dV W_v^T");
    trace_.tensor({"d_embedded", "Tx,dm"}, back.input.d_X);
    if (what_.learned) {
      trace_.walk(positions::learned_backward(what_.P, back.input.d_X), learned_backward_words());
    }
    if (!what_.projected) return;
    trace_.step("d_parameters", "Back to the projections",
                "As in the chapter before, with X + PE in place of X.");
    trace_.tensors(back.parameters);
  }

  /// dL/dcontext as the config gives it, or all ones.
  Mat d_context_of(const io::Config& config) const {
    const Mat::shape_type shape{rows(*what_.X), cols(params_.W_v)};
    if (!config.has("inputs.d_context")) return Mat(shape, 1.0);
    const Mat d_context = config.matrix("inputs.d_context");
    if (cols(d_context) != shape[1]) {
      config.reject("inputs.d_context",
                    fmt::format("found width {}, expected {}, that of the context", cols(d_context),
                                shape[1]));
    }
    return d_context;
  }

  const io::Config& config_;
  const Request& request_;
  trace::Builder& trace_;
  Positional what_;
  self_attention::Params params_;
  Attending how_;
  std::vector<std::string> words_;
  positions::Forward sinusoids_;
  Mat encoding_, X_, positions_, embedded_, d_context_;
  self_attention::Forward forward_;  // of the words with positions, in the end
  Vec neighbours_;                   // mean similarity by distance
  Orders without_, with_;
};

void run(const io::Config& config, const Request& request, trace::Builder& trace) {
  Walk(config, request, trace).run();
}

}  // namespace

const Chapter positional_encoding{
    .name = "positional-encoding",
    .title = "Positional encoding",
    .source = "Vaswani et al., Attention Is All You Need, arXiv:1706.03762v7, section 3.5",
    .summary = "sinusoids and learned positions; the matrix that moves them all; what they change",
    .problem =
        "Self-attention sees a set of words: it gives \"dog bites man\" and \"man bites dog\" the "
        "same rows, in another order. So where a word stands must be written into its vector. What "
        "is added should tell any two places apart, and look alike for all pairs of words that are "
        "equally far apart.",
    .tries = {{{"./attn positional-encoding --set options.shift=-3 --steps R,moved,shifted",
                "The other way: the matrix that moves all positions three back."},
               {"./attn positional-encoding --set options.T=40 --steps by_distance",
                "Forty positions: how alike two of them are, drawn against their distance."}}},
    .schema = positional_schema,
    .run = run,
};

}  // namespace attn::chapters
