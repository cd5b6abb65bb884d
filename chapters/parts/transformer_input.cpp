#include "chapters/parts/transformer_input.hpp"

#include <fmt/format.h>

#include "attn/mechanisms/positions.hpp"

namespace attn::chapters {

using io::Type;

io::FieldSpec positions_field() {
  return {.path = "options.positions",
          .type = Type::choice,
          .meaning =
              "How a word knows where it stands: sinusoidal adds sines and cosines of its "
              "place, learned adds a row of the table P, none adds nothing.",
          .fallback = "sinusoidal",
          .choices = {"sinusoidal", "learned", "none"}};
}

io::FieldSpec learned_positions_field(const std::string& path, const std::string& axes,
                                      const std::string& of) {
  return {.path = path,
          .axes = axes,
          .meaning = "Learned positions" + of + ", one a row, for options.positions: learned."};
}

Mat positions_of(const io::Config& config, const std::string& P, std::size_t T, std::size_t dm,
                 const std::string& counted) {
  const std::string how = config.choice("options.positions");
  if (how != "learned" && config.has(P)) {
    config.reject(P, fmt::format("is given, but options.positions is {}; expected learned", how));
  }
  if (how == "none") return zeros(T, dm);
  if (how == "sinusoidal") {
    if (dm % 2 == 0) return positions::sinusoidal(T, dm);
    config.reject("options.positions",
                  fmt::format("sinusoids come in pairs, a sine and a cosine, and dm = {} is odd; "
                              "expected an even dm, or learned or none here",
                              dm));
  }
  if (!config.has(P)) {
    config.reject("options.positions",
                  fmt::format("is learned, and there is no {}; expected the table there", P));
  }
  const Mat table = config.matrix(P);
  if (rows(table) < T) {
    config.reject(counted, fmt::format("there are {} positions, and {} has rows for {}; expected a "
                                       "longer table, or fewer words",
                                       T, P, rows(table)));
  }
  return positions::learned(table, T);
}

std::string positions_prose(const io::Config& config) {
  const std::string how = config.choice("options.positions");
  if (how == "none") {
    return "options.positions is none: nothing is added that says where a word stands. Without a "
           "mask, the same words in another order then give the same rows in that order.";
  }
  const std::string why =
      "Attention alone sees a set of words, not their order. So each place has a vector of its "
      "own, which is added to the word's. ";
  if (how == "learned") return why + "Here these are rows of the learned table P.";
  return why + "Here it is made of sines and cosines; the chapter positional-encoding is about it.";
}

}  // namespace attn::chapters
