#include "chapters/parts/multi_head_extensions.hpp"

#include <fmt/format.h>

#include "attn/core/heads.hpp"
#include "attn/core/matmul.hpp"
#include "attn/mechanisms/grouped_queries.hpp"
#include "chapters/parts/attention_extensions.hpp"
#include "chapters/parts/shown_fields.hpp"

namespace attn::chapters {
namespace {

std::string counted(std::size_t n, const char* noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

/// Every query head with the keys of its group, one head after the other.
std::vector<double> scores_of(const Ten3& q, const Ten3& k) {
  std::vector<double> all;
  for (std::size_t h = 0; h < q.shape(0); ++h) {
    const std::size_t g = grouped_queries::group_of(h, q.shape(0), k.shape(0));
    const Mat scores = matmul_nt(head(q, h), head(k, g));
    all.insert(all.end(), scores.begin(), scores.end());
  }
  return all;
}

/// The same scores where all positions are further on.
void show_same_distance(const MultiHeadInputs& in, const head_projections::Forward& f,
                        trace::Builder& trace) {
  rope::Rope rope = *in.how.positions.rope;
  rope.first += static_cast<double>(in.past()) + moved_by;
  const Mat angles = rope::angles(rope, rows(f.positioned.angles), in.dk());
  show_moved(scores_of(f.positioned.q_rotated, f.positioned.k_rotated),
             scores_of(rope::turned(f.q_heads, angles, rope.layout),
                       rope::turned(f.k_heads, angles, rope.layout)),
             trace);
}

void show_said(const trace::Words& said, const positioned::Forward<Ten3>& f,
               trace::Builder& trace) {
  positioned::Forward<Ten3>::each(f, [&](const Field& field, const auto& value) {
    if (field.name != said.field) return;
    trace.step(said.field, said.title, said.prose, std::string(field.formula),
               std::string(field.source));
    trace.tensor(field, value);
  });
}

}  // namespace

void name_extended_axes(const MultiHeadInputs& in, const std::vector<std::string>& names,
                        trace::Builder& trace) {
  label_past(in.past(), names, trace);
  trace.rename("G", in.groups() ? "G" : "H");
  if (!in.groups()) return;
  std::vector<std::string> heads;
  for (std::size_t g = 0; g < in.how.key_heads; ++g) {
    heads.push_back(fmt::format("key head {}", g + 1));
  }
  trace.label("G", heads);
}

void name_axes_of_keys(const MultiHeadInputs& in, bool begin, trace::Builder& trace) {
  if (in.past() > 0) trace.rename("Tk", begin ? "Tn" : "Tk");
  if (!in.groups()) return;
  trace.rename("H", begin ? "G" : "H");
  trace.rename("Hdk", begin ? "Gdk" : "Hdk");
  trace.rename("Hdv", begin ? "Gdv" : "Hdv");
}

std::string extended_inputs_prose(const MultiHeadInputs& in) {
  std::string prose;
  if (in.groups()) {
    prose += fmt::format(" Keys and values have {} alone, G = {}.",
                         counted(in.how.key_heads, "head"), in.how.key_heads);
  }
  if (in.past() > 0) {
    prose += fmt::format(
        " Tp = {} keys and values were projected before and kept, so that there are Tk = {}.",
        in.past(), in.Tk());
  }
  return prose;
}

void show_past(const MultiHeadInputs& in, trace::Builder& trace) {
  if (in.past() == 0) return;
  trace.tensor({"past_keys", "G,Tp,dk"}, in.how.positions.past_keys);
  trace.tensor({"past_values", "G,Tp,dv"}, in.how.positions.past_values);
}

void show_bias(const MultiHeadInputs& in, trace::Builder& trace) {
  if (in.how.bias.size() == 0) return;
  trace.step(
      "bias", "What is added to the scores",
      fmt::format("A number for each query and key, {}. Where it is -inf, the key is hidden.",
                  in.how.own_biases ? "in each head its own" : "the same in every head"));
  if (in.how.own_biases)
    trace.tensor({"bias", "H,Tq,Tk", "", "", Kind::score}, in.how.bias);
  else
    trace.tensor({"bias", "Tq,Tk", "", "", Kind::score}, in.how.bias_of(0));
}

void show_groups(const MultiHeadInputs& in, trace::Builder& trace) {
  if (!in.groups()) return;
  const std::size_t H = in.params.heads, G = in.how.key_heads, width = in.dk() + in.dv();
  trace.step(
      "groups", "Which key head each query head reads",
      fmt::format("Heads that stand side by side share one, {} of queries each. A decoder "
                  "keeps the keys and values of all positions, and here that is {} numbers a "
                  "position, where it would be {} if each head had its own.",
                  counted(H / G, "head"), G * width, H * width),
      "g = floor(i / (H/G)), counted from 0", "arXiv:2305.13245, section 2.2");
  trace.tensor({"group", "H"}, grouped_queries::groups(H, G));
}

void show_positions(const MultiHeadInputs& in, const head_projections::Forward& f,
                    trace::Builder& trace) {
  const bool turns = in.how.positions.rope.has_value();
  if (turns) {
    for (const trace::Words& said : rotary_words(*in.how.positions.rope, in.past())) {
      show_said(said, f.positioned, trace);
    }
    show_same_distance(in, f, trace);
  }
  if (in.past() == 0) return;
  for (const trace::Words& said : past_words(in.past(), rows(in.keys), turns)) {
    show_said(said, f.positioned, trace);
  }
}

void show_between(const MultiHeadInputs& in, const extended_heads::Forward& f, bool hides,
                  trace::Builder& trace) {
  const auto open = [&](const trace::Words& said, const char* formula, const char* source) {
    trace.step(said.field, said.title, said.prose, formula, source);
  };
  const bool biased = f.used.bias;
  if (f.used.cap) {
    open(capped_words(*in.how.softcap, f.scaled, f.capped), "c tanh(scaled / c)",
         "arXiv:2408.00118, section 2");
    if (biased || hides)
      show_fields(f, {"capped"}, {}, "", trace);
    else
      show_fields(f, {"capped"}, {"masked"}, "", trace);
  }
  if (biased) {
    open(biased_words(in.how.bias), f.used.cap ? "capped + bias" : "scaled + bias", "");
    if (hides)
      show_fields(f, {"biased"}, {}, "", trace);
    else
      show_fields(f, {"biased"}, {"masked"}, "", trace);
  }
  if (!hides || (!f.used.cap && !biased)) return;
  trace.step("masked", "Hide the keys that may not be seen",
             "The mask is the same for every head. A score of -inf becomes a weight of exactly 0.",
             "", "section 3.2.3");
  show_fields(f, {"masked"}, {}, "", trace);
}

std::string extended_gradients_prose(const MultiHeadInputs& in) {
  std::string prose;
  if (in.how.bias.size() > 0) prose += " A bias gets what the scores get to which it was added.";
  if (in.how.softcap) {
    prose += " Where the cap bent a score, less comes through: 1/cosh^2 of score / c.";
  }
  if (in.how.positions.rope) prose += " What was turned is turned back by the same angle.";
  if (in.groups()) prose += " A key head gets the sum of what its query heads send back.";
  return prose;
}

std::string bias_of_keys_prose(const MultiHeadInputs& in) {
  if (in.past() > 0) {
    return "b_k is added to the new keys alone, not to those of the past, so the softmax sees it: "
           "d_b_k need not be 0.";
  }
  if (in.how.positions.rope) {
    return "b_k is turned with each key, by another angle at each position, so the softmax sees "
           "it: d_b_k need not be 0.";
  }
  if (in.how.softcap) {
    return "b_k adds the same number to all scores of a row, but the cap bends large scores more "
           "than small ones, so the softmax sees it: d_b_k need not be 0.";
  }
  return "d_b_k is 0 but for rounding: a vector added to every key adds the same number to "
         "all scores of a row, and the softmax does not see it.";
}

}  // namespace attn::chapters
