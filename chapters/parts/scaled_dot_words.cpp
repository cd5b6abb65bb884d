#include "chapters/parts/scaled_dot_words.hpp"

#include <algorithm>

#include "chapters/parts/attention_extensions.hpp"

namespace attn::chapters {
namespace {

/// Does the mask hide any key?
bool hides(const Mask& mask) { return std::find(mask.begin(), mask.end(), false) != mask.end(); }

std::vector<trace::Words> forward_words(const io::Config& config, const Mask& mask,
                                        bool is_biased) {
  const bool by_width =
      !config.is_number("options.scale") && config.choice("options.scale") == "sqrt_dk";
  return {
      {"scores", "Compare every query with every key",
       "Each score is the dot product of one query with one key: large where the two point the "
       "same way."},
      {"scaled",
       by_width ? "Bring the scores back to a size that does not depend on dk"
                : "Multiply by the scale",
       "A dot product of dk terms spreads like sqrt(dk). Left as it is, it would push the softmax "
       "to where its gradient vanishes."},
      {"masked", "Hide the keys that may not be seen",
       hides(mask) ? "A score of -inf becomes a weight of exactly 0: exp(-inf) = 0."
       : is_biased ? "The mask hides nothing here: the numbers are those of the step before."
                   : "Nothing is hidden here: the numbers are those of the step before."},
      {"weights", "Turn each row of scores into weights that sum to 1",
       "Softmax over the keys: exp of each score, divided by the sum over its row. Read a row as: "
       "how much this query attends to each key. A query that may see no key attends to nothing, "
       "and its row is 0."},
      {"context", "Average the values with these weights",
       "Each query's result is a mixture of the values: mostly those whose keys it matched. Row i "
       "is c_i = sum_j a_ij v_j; queries do not see each other, so many at once are one matrix "
       "product."},
  };
}

const std::vector<trace::Words>& backward_words() {
  static const std::vector<trace::Words> words{
      {"d_values", "Back through the average, to the values",
       "A value gets as much gradient as it got attention."},
      {"d_weights", "Back through the average, to the weights",
       "A weight matters as much as its value points along the gradient."},
      {"d_scaled", "Back through the softmax",
       "Only the difference from the row's weighted mean counts. A weight near 0 or 1 lets almost "
       "nothing through."},
      {"d_scores", "Back through the scale", "The same factor as on the way forward."},
      {"d_queries", "Back to the queries",
       "The keys, weighted by dS: the direction in which moving this query raises the loss. "
       "Gradient "
       "descent steps the other way."},
      {"d_keys", "Back to the keys", "The same for a key: the queries, weighted by dS."},
  };
  return words;
}

using AllWords = std::vector<trace::Words>;

/// Puts words in front of those for a field.
void put_before(AllWords& words, const std::string& field, const AllWords& more) {
  const auto at = std::find_if(words.begin(), words.end(),
                               [&](const trace::Words& said) { return said.field == field; });
  words.insert(at, more.begin(), more.end());
}

}  // namespace

AllWords scaled_dot_words(const io::Config& config, const extended_dot::How& how,
                          const extended_dot::Forward& forward, const Mask& mask) {
  const biased_dot::Forward& f = forward.attention;
  AllWords words = forward_words(config, mask, f.is_biased);
  if (f.is_capped) {
    put_before(words, "masked", {capped_words(*how.scoring.softcap, f.scaled, f.capped)});
  }
  if (f.is_biased) put_before(words, "masked", {biased_words(how.scoring.bias)});
  const std::size_t past = how.positions.past();
  if (how.positions.rope) put_before(words, "scores", rotary_words(*how.positions.rope, past));
  if (past > 0) {
    const std::size_t added = rows(forward.positioned.all_keys) - past;
    put_before(words, "scores", past_words(past, added, how.positions.rope.has_value()));
  }
  return words;
}

AllWords scaled_dot_backward_words(const extended_dot::How& how) {
  const bool turns = how.positions.rope.has_value(), past = how.positions.has_past();
  AllWords words = backward_words();
  const auto of = [&](const std::string& field) -> trace::Words& {
    return *std::find_if(words.begin(), words.end(),
                         [&](const trace::Words& said) { return said.field == field; });
  };
  const trace::Words softmax = of("d_scaled");
  if (how.scoring.capped() || how.scoring.biased()) {
    of("d_scaled") = {
        "d_scaled", "Back through the cap",
        "Where the cap bent a score, less comes through: 1/cosh^2 is 1 for a score of "
        "0, and falls to 0 far beyond the cap."};
    if (!how.scoring.capped()) {
      of("d_scaled") = {"d_scaled", "Back past the bias", "A sum hands its gradient on."};
    }
    const std::string first = how.scoring.biased() ? "d_bias" : "d_capped";
    put_before(words, "d_scaled", {{first, softmax.title, softmax.prose}});
    if (how.scoring.biased() && how.scoring.capped()) {
      put_before(words, "d_scaled",
                 {{"d_capped", "Back past the bias", "A sum hands its gradient on."}});
    }
  }
  if (turns) {
    of("d_queries").field = "d_q_rotated";
    of("d_q_rotated").title = "Back to the turned queries";
    put_before(words, "d_keys",
               {{"d_queries", "Back to the queries", "Turned back by the same angles."}});
  }
  if (past) {
    of("d_values").field = "d_all_values";
    put_before(words, "d_keys",
               {{"d_all_keys", "Back to all keys", of("d_keys").prose},
                {"d_past_keys", "The part of the keys of the past",
                 "They were given, so the gradient goes on to where they came from."},
                {"d_past_values", "The part of the values of the past", "In the same way."}});
    of("d_keys").prose = "The part of the new keys.";
  }
  if (turns) {
    put_before(words, "d_keys", {{"d_k_rotated", "Back to the turned keys", of("d_keys").prose}});
    of("d_keys").prose = "Turned back by the same angles.";
  }
  if (past) {
    words.push_back({"d_values", "Back to the new values", "Their part of all values' gradient."});
  }
  return words;
}

}  // namespace attn::chapters
