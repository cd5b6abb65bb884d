#include "attn/grading/error_words.hpp"

#include <regex>

namespace attn::grading {

std::string kind_of_error(const std::string& says) {
  struct Kind {
    std::regex pattern;
    const char* words;
  };
  static const std::string index = R"(index \([-0-9, ]+\) in a tensor of shape \([0-9, ]*\): )";
  static const std::string range = R"( must be from 0 to [0-9]+\s*)";
  static const Kind kinds[] = {
      {std::regex(index + "the row" + range),
       "the row of an index lies beyond the end of a tensor"},
      {std::regex(index + "the column" + range),
       "the column of an index lies beyond the end of a tensor"},
      {std::regex(index + "(it|index [0-9])" + range), "an index lies beyond the end of a tensor"},
      {std::regex(
           index +
           R"(it is empty, and has to be given its shape first, by zeros\(\.\.\.\) or so\s*)"),
       "a tensor is empty, and has to be given its shape before its entries are used, by "
       "zeros(...) or so"},
      {std::regex(
           R"(tensors of shapes \([0-9, ]*\) and \([0-9, ]*\) cannot be added or multiplied )"
           R"(entry by entry\s*)"),
       "tensors of different shapes cannot be added or multiplied entry by entry"},
      {std::regex(
           R"(cannot multiply [^:]*: A has shape [^:]* inner extents are [0-9]+ and [0-9]+\s*)"),
       "the inner extents of a matrix product differ"},
  };
  constexpr std::size_t longest = 300;  // of the library's; a regex takes long for what is longer
  if (says.size() > longest) return "";
  for (const Kind& kind : kinds) {
    if (std::regex_match(says, kind.pattern)) return kind.words;
  }
  return "";
}

}  // namespace attn::grading
