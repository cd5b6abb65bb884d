/// What is wrong with an input file, said so that its author can mend it.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace attn::io {

/// A place in a file. Lines and columns count from 1; 0 means "the file as a whole".
struct Place {
  std::string source;  ///< the file as the user named it, or "--set inputs.queries"
  std::size_t line = 0;
  std::size_t column = 0;
};

/// "configs/a.yaml:3:12", or "configs/a.yaml" for the file as a whole.
std::string to_string(const Place& place);

/// One thing that is wrong: what was found, what was expected.
struct Fault {
  Place place;
  std::string message;
  std::string field{};  ///< of a config's field that does not fit the others: its path
};

/// Everything that is wrong with an input, in the order of the file. `what()` has one line
/// "file:line:column: message" for each fault, control characters and bytes that are not UTF-8
/// escaped. The program exits with status 2.
class InputError : public std::runtime_error {
 public:
  explicit InputError(std::vector<Fault> faults);
  InputError(Place place, std::string message);
  const std::vector<Fault>& faults() const { return faults_; }

 private:
  std::vector<Fault> faults_;
};

}  // namespace attn::io
