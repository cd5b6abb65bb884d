#include "chapters/parts/self_attention_words.hpp"

namespace attn::chapters {
namespace {

trace::Words scaled_words(const io::Config& config) {
  if (config.is_number("options.scale")) {
    return {"scaled", "Multiply the scores by the scale", "options.scale gives the factor."};
  }
  if (config.choice("options.scale") == "none") {
    return {"scaled", "The scores stay as they are", "options.scale is none: the factor is 1."};
  }
  return {
      "scaled", "Divide the scores by sqrt(dk)",
      "A dot product of dk independent terms of one size spreads like sqrt(dk): divided by that, "
      "scores do not grow with the width. options.scale changes the factor."};
}

}  // namespace

const std::vector<trace::Words>& projection_words() {
  static const std::vector<trace::Words> words{
      {"queries", "What each word is looking for",
       "Row i is x_i W_q: the rows of W_q, weighted with the entries of the word and added up. No "
       "word sees another one yet."},
      {"keys", "What each word offers to be found by",
       "The same rows of X, through a matrix of their own: what a word looks for need not be what "
       "it offers."},
      {"values", "What each word hands over",
       "A third view of X. Its width dv is that of the result."},
  };
  return words;
}

std::vector<trace::Words> self_attention_words(const io::Config& config, bool hides) {
  return {
      {"scores", "Compare every word with every word",
       "q_i . k_j. The table need not be symmetric: word i may look for word j without being "
       "looked for by it."},
      scaled_words(config),
      {"masked", "Hide the words that may not be seen",
       hides ? "A score of -inf becomes a weight of exactly 0."
             : "Nothing is hidden here: the numbers are those of the step before."},
      {"weights", "Turn each row of scores into weights",
       std::string("Softmax: exp of each score, divided by the sum of these over its row, so that "
                   "weights are between 0 and 1 and a row sums to 1. Read a row as: how much this "
                   "word attends to each word, itself among them.") +
           (hides ? " A word that may see none attends to nothing, and its row is 0." : "")},
      {"context", "Average the values with these weights",
       "Row i is c_i = sum_j a_ij v_j: word i as its sequence sees it. There are as many rows as "
       "in X, so another layer can follow."},
  };
}

const std::vector<trace::Words>& self_attention_backward_words() {
  static const std::vector<trace::Words> words{
      {"d_values", "Back through the average, to the values",
       "A value gets the gradients of the words that attended to it, weighted with their "
       "attention."},
      {"d_weights", "Back through the average, to the weights",
       "A weight matters as much as its value points along the gradient."},
      {"d_scaled", "Back through the softmax",
       "Only the difference from the row's weighted mean counts, times the weight itself."},
      {"d_scores", "Back through the scale", "The same factor as on the way forward."},
      {"d_queries", "Back to the queries", "The keys, weighted by dS."},
      {"d_keys", "Back to the keys", "The queries, weighted by dS."},
  };
  return words;
}

const std::vector<trace::Words>& parameter_gradient_words() {
  static const std::vector<trace::Words> words{
      {"d_W_q", "Back to the matrix of the queries",
       "Every word went through the same matrix, so its gradient is a sum over the words."},
      {"d_W_k", "Back to the matrix of the keys", "The same, with what came back to the keys."},
      {"d_W_v", "Back to the matrix of the values", "The same, with what came back to the values."},
      {"d_b_q", "Back to the bias of the queries",
       "It was added to every row, and gets the sum of what came back to the rows."},
      {"d_b_k", "Back to the bias of the keys",
       "Always 0, but for rounding: a bias of the keys adds the same number q_i . b_k to all "
       "scores of a row, and a softmax does not see that."},
      {"d_b_v", "Back to the bias of the values",
       "The weights of a row sum to 1, so b_v enters that row of the context as it is, and its "
       "gradient is the sum of these rows of dC. A row that is masked throughout has no part in "
       "it."},
  };
  return words;
}

const std::vector<trace::Words>& input_gradient_words() {
  static const std::vector<trace::Words> words{
      {"d_X", "Back to the words",
       "X was read three times, as queries, keys and values: three gradients come back, and are "
       "added up."},
  };
  return words;
}

}  // namespace attn::chapters
