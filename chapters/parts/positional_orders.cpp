#include "chapters/parts/positional_orders.hpp"

#include <fmt/format.h>

namespace attn::chapters {

std::string order_title(const OrderWords& words) {
  const std::string begin = words.with_positions ? "With positions" : "Without positions";
  if (!words.moves) return begin + ", in an order that moves no word";
  if (words.with_positions) {
    return begin + (words.differ ? ", order makes a difference" : ", and still no difference");
  }
  if (!words.masked) return begin + ", order makes no difference";
  return begin + (words.differ ? ", but with a mask, which hides places" : ", with a mask");
}

std::string order_prose(const OrderWords& words) {
  if (words.with_positions) {
    return fmt::format(
        "The same, of X + PE and of Pi X + PE: the words change places, the positions stay. The "
        "order is {}; compared are C(Pi X + PE) and Pi C(X + PE), and they are {}.",
        words.order, words.found);
  }
  return fmt::format(
      "Self-attention of X{}, and of Pi X, its rows in the order {}. The weights are a softmax of "
      "the scores: exp of each, divided by the sum over its row. Compared are C(Pi X) and Pi C(X), "
      "and they are {}.{}",
      words.projected ? "" : ", with the words themselves as queries, keys and values", words.order,
      words.found,
      words.masked ? " A mask hides places, and so what a word sees can change where it moves."
                   : "");
}

}  // namespace attn::chapters
