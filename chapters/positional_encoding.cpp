#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attn/core/ops.hpp"
#include "attn/core/vectors.hpp"
#include "attn/mechanisms/position_similarity.hpp"
#include "attn/mechanisms/positions.hpp"
#include "attn/mechanisms/self_attention.hpp"
#include "chapters/parts/positional_inputs.hpp"
#include "chapters/parts/positional_words.hpp"
#include "chapters/parts/self_attention_inputs.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

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
    if (!what_.X) return;
    show_words();
    show_attention();
    if (request_.gradients) show_gradients();
  }

 private:
  void show_sinusoids() {
    sinusoids_ = positions::forward(positions::from(0.0, what_.T), what_.dm, what_.sinusoid);
    trace_.walk(sinusoids_, sinusoid_words(what_.sinusoid.layout));
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
    trace_.step(
        "map", "The same for more positions, as a map",
        fmt::format("{} positions of width {}, each number a shade between -1 and 1. On the "
                    "left the fast pairs: they tell neighbours apart. To the right ever "
                    "slower ones, which tell far from near; {}.",
                    what_.map_positions, what_.map_width,
                    what_.sinusoid.layout == positions::Layout::interleaved
                        ? "the bright stripes are cosines that have hardly left 1"
                        : "sines in the left half, cosines in the right"),
        "", "section 3.5");
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
    // A large angle has few digits left for its sine.
    const double fastest = std::max(1.0, size_of(as_row(sinusoids_.frequencies)));
    const double angle = (static_cast<double>(what_.T) + std::abs(k)) * fastest;
    trace_.step(
        "shifted", "And it is the encoding of p + k",
        fmt::format("PE({:g}), PE({:g}), …: computed from their own angles. Beside the step "
                    "before they are {}. So attention can look k positions back with one "
                    "linear map, the same wherever it stands; that is why the authors chose "
                    "sinusoids.",
                    k, k + 1.0, verdict(difference, angle)),
        "PE(p + k)", "section 3.5");
    trace_.tensor({"shifted", "T,dm", "", "", Kind::wave}, later);
    trace_.tensor({"shift_difference", "", "max |PE R_k^T - PE(p + k)|"}, difference);
  }

  void show_similarity() {
    const position_similarity::Forward similar = position_similarity::forward(encoding_);
    trace_.walk(similar, similarity_words(what_.learned));
    const position_similarity::ByDistance by = position_similarity::by_distance(similar.similarity);
    trace_.step(
        "by_distance", "Similarity as a function of distance",
        what_.learned
            ? "Over all pairs of positions that are d apart. The smallest and the largest "
              "differ: nothing made a learned table treat equal distances alike."
            : "Over all pairs of positions that are d apart: the smallest and the largest are "
              "the same, so only the distance counts, not the place. It falls as d grows, "
              "though not always: each cosine comes round again.",
        what_.learned ? "PE(p) . PE(p+d)" : "PE(p) . PE(p+d) = sum_i cos(d w_i)");
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
    compare("without", "Without positions, order makes no difference",
            what_.projected ? "Self-attention of X, and of its rows in the order {}. Compared are "
                            : "Self-attention of X, with the words themselves as queries, keys and "
                              "values, and of its rows in the order {}. Compared are ",
            "C(P X) and P C(X)", X_, permuted);
    const Mat moved = permuted + positions_;
    forward_ =
        compare("with", "With positions, it does",
                "The same, of X + PE and of P X + PE: the words change places, the positions "
                "stay. With them the dog that bites gets something else than the dog "
                "that is bitten. The order is {}; compared are ",
                "C(P X + PE) and P C(X + PE)", embedded_, moved);
  }

  self_attention::Forward compare(const std::string& name, const std::string& title,
                                  const std::string& prose, const std::string& claim, const Mat& X,
                                  const Mat& permuted) {
    const self_attention::Forward before =
        self_attention::forward(params_, X, how_.mask, how_.scale);
    const permutation::Study study =
        permutation::study(params_, permuted, before, how_.mask, how_.scale, how_.order);
    const std::string hidden = how_.hides() && name == "without"
                                   ? " (A mask hides positions, and so order matters here.)"
                                   : "";
    trace_.step(name, name == "without" && how_.hides() ? "Without positions" : title,
                fmt::format(fmt::runtime(prose), joined_order(how_.order)) + claim +
                    ", and they are " + verdict(study.difference, size_of(study.expected)) + "." +
                    hidden);
    trace_.rename("Tq", "Tx");
    trace_.rename("Tk", "Tx");
    trace_.tensor({"weights", "Tx,Tx", "", "", Kind::weight}, before.attention.weights, name + ".");
    trace_.tensor({"permuted.weights", "Tx',Tx'", "", "", Kind::weight}, study.weights, name + ".");
    trace_.tensor({"context", "Tx,dv"}, before.attention.context, name + ".");
    trace_.tensor({"permuted.context", "Tx',dv"}, study.context, name + ".");
    if (is_written(study.difference)) {  // it is none where numbers are none
      trace_.tensor({"difference", ""}, study.difference, name + ".");
    }
    return before;
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
  self_attention::Forward forward_;
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
    .problem = "",
    .tries = {},
    .schema = positional_schema,
    .run = run,
};

}  // namespace attn::chapters
