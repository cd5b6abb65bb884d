/// The course: where the project is, what its exercises are, and whether this is a student's tree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "attn/grading/assignment.hpp"
#include "attn/grading/harness.hpp"
#include "attn/io/fault.hpp"
#include "chapters/chapter.hpp"

namespace attn::cli {

/// A source of our own is never larger.
inline constexpr std::uintmax_t largest_source = std::uintmax_t{1} << 20;

/// Where this program was built from, and where.
grading::Checkout checkout();

/// A tree that `attn handout` wrote has public cases; a full checkout has none.
bool is_handout();

/// The exercises of a chapter. \throws io::InputError if it has none, or if the table is wrong.
grading::Assignment assignment_of(const chapters::Chapter& chapter);

/// The exercises of every chapter that has some, in reading order.
std::vector<grading::Assignment> all_assignments();

/// A public case of a student's tree: a config, and what is right.
struct PublicCase {
  std::string name, config, answer;
};

/// By name. \throws io::InputError if there are none: this is no student's tree, or the chapter was
/// not handed out.
std::vector<PublicCase> public_cases(const std::string& chapter);

/// The chapters that were handed out, in reading order.
std::vector<const chapters::Chapter*> handed_out();

/// The source of a step, relative to the checkout, and the line of its comment; line 0 if it is not
/// found any more.
io::Place place_of(const std::string& step);

/// How much work some chapters are.
struct Load {
  std::size_t steps = 0;
  double points = 0.0, minutes = 0.0;
};
Load load_of(const std::vector<grading::Assignment>& assignments);

/// "3 minutes", "an hour", "2 hours"
std::string time_text(double minutes);

}  // namespace attn::cli
