#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "attn/grading/report/marks.hpp"
#include "attn/grading/report/remarks.hpp"
#include "attn/grading/report/reports.hpp"
#include "attn/grading/report/visible.hpp"

namespace attn::grading {
namespace {

constexpr std::size_t most_lines = 20;  ///< of what a compiler or a program said

/// Text between tags. What is visible has no character that XML 1.0 forbids (section 2.2).
std::string content(std::string_view text) {
  std::string out;
  for (const char c : visible_lines(text)) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";  // for the sake of "]]>"
    } else {
      out += c;
    }
  }
  return out;
}

/// ` name="text"`. Readers make spaces of newlines and tabs that are not written as references.
std::string attribute(const char* name, std::string_view text) {
  std::string out = fmt::format(" {}=\"", name);
  for (const char c : content(text)) {
    if (c == '"') {
      out += "&quot;";
    } else if (c == '\n') {
      out += "&#10;";
    } else if (c == '\t') {
      out += "&#9;";
    } else {
      out += c;
    }
  }
  return out + '"';
}

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0;
  double seconds = 0.0;

  std::string attributes() const {
    return fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\"", tests,
                       failures, errors, seconds);
  }
};

Counts counts_of(const SubmissionResult& result) {
  if (!std::isfinite(result.seconds)) {
    throw std::invalid_argument("the seconds of a result are not a finite number");
  }
  Counts counts{.tests = result.steps.size(), .seconds = result.seconds};
  for (const StepResult& step : result.steps) {
    if (!right(step)) ++counts.failures;
  }
  if (!result.problem.empty()) ++counts.tests, ++counts.errors;
  return counts;
}

/// What went wrong, as an element in a testcase.
std::string fault(const char* element, const char* type, std::string_view message,
                  std::string_view text) {
  std::string out = fmt::format("      <{}", element) + attribute("type", type);
  out += attribute("message", message) + '>';
  return out + content(text) + fmt::format("</{}>\n", element);
}

std::string open_testcase(const SubmissionResult& result, std::string_view name) {
  return "    <testcase" + attribute("classname", result.name) + attribute("name", name);
}

std::string testcase(const SubmissionResult& result, const StepResult& step) {
  const std::string open = open_testcase(result, step.step);
  if (right(step)) return open + "/>\n";
  const bool wrong = mark_of(step) == Mark::wrong;
  std::string text = step.detail;
  if (!step.mistake.empty()) text += (text.empty() ? "" : "\n") + ("mistake: " + step.mistake);
  return open + ">\n" + fault("failure", wrong ? "wrong" : "not_written", step.message, text) +
         "    </testcase>\n";
}

}  // namespace

std::string junit(std::span<const SubmissionResult> results) {
  Counts all;
  std::string suites;
  for (const SubmissionResult& result : results) {
    const Counts counts = counts_of(result);
    all.tests += counts.tests;
    all.failures += counts.failures;
    all.errors += counts.errors;
    all.seconds += counts.seconds;
    suites += "  <testsuite" + attribute("name", result.name) + counts.attributes();
    suites += " skipped=\"0\">\n";
    if (!result.problem.empty()) {
      const std::string first_line = result.problem.substr(0, result.problem.find_first_of("\r\n"));
      suites += open_testcase(result, "grading") + ">\n" +
                fault("error", "problem", first_line, remarks_of(result, most_lines)) +
                "    </testcase>\n";
    }
    for (const StepResult& step : result.steps) suites += testcase(result, step);
    const std::string remarks = result.problem.empty() ? remarks_of(result, most_lines) : "";
    if (!remarks.empty()) suites += "    <system-out>" + content(remarks) + "</system-out>\n";
    suites += "  </testsuite>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"attn\"" +
         all.attributes() + ">\n" + suites + "</testsuites>\n";
}

}  // namespace attn::grading
