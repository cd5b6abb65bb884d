#include "chapters/parts/seq2seq_shown.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chapters/parts/seen.hpp"

namespace attn::chapters {

std::size_t Bottleneck::through() const {
  if (bridge == 0) return dh + memory;
  return every_step ? dh : std::min(dh, bridge);
}

void show_bottleneck(const Bottleneck& passes, trace::Builder& trace) {
  std::vector<std::string> names;
  Vec in = zeros(4), out = zeros(4), ratio = zeros(4);
  const std::size_t longer[] = {1, 2, 5, 20};
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t words = passes.Tx * longer[i];
    names.push_back(fmt::format("Tx={}", words));
    in(i) = static_cast<double>(words * passes.dx);
    out(i) = static_cast<double>(passes.through());
    ratio(i) = out(i) / in(i);
  }
  std::string width = "dh, the width of the context";
  if (passes.memory > 0) width = "2 dh: the state and the memory of the LSTM";
  if (passes.bridge > 0 && !passes.every_step) {
    width = "the smaller of dh and ds: nothing but s_0 carries them on";
  }
  trace.label("sentence", names);
  trace.step("bottleneck", "How many numbers get through",
             "The sentence is Tx times dx numbers, and what the decoder gets of it is as wide "
             "however long the sentence is: the first row is this one, those below would be "
             "longer. Attention is what the next chapter does about it.",
             "in = Tx dx,  through = " + width);
  trace.table({"bottleneck", "sentence,numbers"},
              {{"in", in}, {"through", out}, {"through/in", ratio}});
}

std::string seen_of_context(const trace::Builder& trace, const Bottleneck& passes, const Vec& reach,
                            const std::vector<double>& probabilities) {
  std::string said = fmt::format(
      "{} of {} came to {}, and {} would come to as many.", counted(passes.Tx, "word", "words"),
      counted(passes.dx, "number", "numbers"), counted(passes.through(), "number", "numbers"),
      counted(2 * passes.Tx, "word", "words"));
  if (reach.size() > 1) {
    const auto [low, high] = std::minmax_element(reach.begin(), reach.end());
    if (*high - *low < 0.5e-4) {
      said += fmt::format(
          " A change of any word would move the context alike, by {:.4f} to four "
          "decimals.",
          *high);
    } else {
      const auto word = [&](auto at) {
        return fmt::format("\"{}\" (word {})",
                           trace.name_of("Tx", static_cast<std::size_t>(at - reach.begin())),
                           at - reach.begin() + 1);
      };
      said += fmt::format(
          " A change of {} would move the context most ({:.4f}), one of {} least ({:.4f}).",
          word(high), *high, word(low), *low);
    }
  }
  const auto least = std::min_element(probabilities.begin(), probabilities.end());
  if (least != probabilities.end()) {
    said += fmt::format(" The least likely of the words that were said has the probability {:.4f}.",
                        *least);
  }
  return said;
}

}  // namespace attn::chapters
