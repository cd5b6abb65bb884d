/// What training throws when it runs away.
#pragma once

#include <stdexcept>

namespace attn {

/// A loss or a parameter left the numbers that it may take: nothing after that epoch means
/// anything. The usual cause is a learning rate that is too large.
class DivergenceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace attn
