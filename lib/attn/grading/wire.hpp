/// What a program that is graded and its grader say to each other, as bytes.
///
/// The program reports each result, and waits for the answer: the right result, which takes its
/// place. So it learns what a step should have given only after it has committed itself. At the end
/// it sends what the chapter shows, or says what stopped it.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "attn/trace/trace.hpp"

namespace attn::grading {

struct Message {
  enum class Kind : char {
    result = 'r',   ///< program: `tensor`, called as the step is
    answer = 'a',   ///< grader: `tensor`, absent where the program's own result stays
    shown = 't',    ///< program: `text` is the chapter's trace as JSON
    problem = 'p',  ///< program: `text` says what stopped it
    signal = 's',   ///< program: `text` is the number of the signal that ends it
  };
  Kind kind = Kind::result;
  trace::Tensor tensor{};  ///< of which only name, shape and values travel
  std::string text{};
};

std::string encoded(const Message& message);

/// What was read is no message.
struct WireError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Takes messages apart that arrive in pieces. Nothing of them is trusted.
class MessageReader {
 public:
  /// \param largest bytes of one message
  explicit MessageReader(std::uint64_t largest) : largest_(largest) {}

  void feed(std::string_view bytes) { bytes_ += bytes; }

  /// The next message, once all of it is there. \throws WireError
  std::optional<Message> next();

 private:
  std::uint64_t largest_;
  std::string bytes_;
  std::size_t read_ = 0;  ///< of bytes_
};

}  // namespace attn::grading
