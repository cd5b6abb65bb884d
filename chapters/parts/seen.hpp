/// Sentences for the end of a chapter, made from its numbers: true for whatever they are.
#pragma once

#include <string>

#include "attn/core/tensor.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// The largest number of a matrix, the first of several.
struct Largest {
  std::size_t row = 0, column = 0;
  double value = 0.0;
  std::size_t as_large = 0;  ///< how many are that large to four decimals; 0 if there is none
};
Largest largest_of(const Mat& numbers);
Largest largest_in_row(const Mat& numbers, std::size_t row);

/// Whether the row has a weight that is not 0.
bool attends(const Mat& weights, std::size_t row);

/// What looks, and what is looked at: "query" with the axis Tq.
struct Role {
  std::string noun, axis;
};

/// "The largest weight is 0.7444: the query x=8 pays it to the key x=4." Where several weights are
/// as large it counts them, and where all are 0 it says so.
std::string largest_weight(const trace::Builder& trace, const Mat& weights, const Role& looks,
                           const Role& looked_at);

/// " Attention is not mutual: chase pays cats 0.8438, and cats pays chase 0.2447." The pair that
/// differs most, of positions that look at each other; nothing for a single one.
std::string mutual(const trace::Builder& trace, const Mat& weights, const std::string& axis);

/// "In head 1 no weight is above the 0.6728 that cats pays chase." Of at most four heads (H, Tq,
/// Tk).
std::string largest_by_head(const trace::Builder& trace, const Ten3& weights);

/// Where the first two heads differ most; nothing for one head.
std::string heads_differ(const trace::Builder& trace, const Ten3& weights);

/// "from 0.25 to 2.447" or, where they hardly differ, "of about 1".
std::string spread_of(const Vec& numbers);

/// "1 query", "3 queries"
std::string counted(std::size_t count, const std::string& one, const std::string& several);

}  // namespace attn::chapters
