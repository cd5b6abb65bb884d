/// What is said of the same words in two orders, with positions and without.
#pragma once

#include <string>

namespace attn::chapters {

struct OrderWords {
  bool with_positions = false;
  bool projected = false;  ///< there are projections
  bool masked = false;     ///< some word may not see some other
  bool moves = false;      ///< the order moves a word
  bool differ = false;     ///< the contexts are others, by more than rounding
  std::string order;       ///< "2, 1, 0"
  std::string found;       ///< "the same to the last bit"
};

std::string order_title(const OrderWords& words);
std::string order_prose(const OrderWords& words);

}  // namespace attn::chapters
