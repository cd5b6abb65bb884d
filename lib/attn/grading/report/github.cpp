#include <algorithm>

#include "attn/grading/report/json_fields.hpp"
#include "attn/grading/report/marks.hpp"
#include "attn/grading/report/reports.hpp"
#include "attn/grading/report/student.hpp"
#include "attn/grading/report/visible.hpp"

namespace attn::grading {
namespace {

/// What the reporter prints to the log of the workflow, which obeys lines that begin with "::", and
/// "##[" anywhere: so it is one line, in which the latter is broken up.
std::string for_log(const std::string& text) {
  std::string line;
  for (const char c : visible_lines(text)) line += c == '\n' || c == '\t' ? ' ' : c;
  while (!line.empty() && line.back() == ' ') line.pop_back();
  for (std::size_t at = 0; (at = line.find("##[", at)) != std::string::npos;)
    line.insert(at + 2, " ");
  return line;
}

void write_test(std::string& json, const std::string& test_name, const char* status, double score,
                const std::string& message) {
  JsonFields test(json);
  test.text("name", test_name).text("status", status).text("message", message);
  // A test_code or a line number would be printed; there is none. Nobody knows the time of a step.
  test.text("test_code", "").text("filename", "").number("line_no", 0.0).points("score", score);
  test.close();
}

void write_step(std::string& json, const StepResult& step) {
  const std::string name = for_log(step.step), message = for_log(student_message(step));
  write_test(json, right(step) ? name : name + ": " + message, right(step) ? "pass" : "fail",
             step.points, message);
}

}  // namespace

std::string github_classroom(const SubmissionResult& result) {
  std::string problem = for_log(student_problem(result));
  if (problem.empty() && result.steps.empty()) problem = "No step of this submission was graded.";
  const bool all_right = std::all_of(result.steps.begin(), result.steps.end(), right);
  std::string json;
  JsonFields top(json);
  top.number("version", 1.0);
  top.text("status", !problem.empty() ? "error" : all_right ? "pass" : "fail");
  top.points("max_score", result.possible()).key("tests");
  json += '[';
  const char* separator = "\n  ";
  if (!problem.empty()) {
    json += separator;
    write_test(json, "grading", "error", 0.0, problem);
    separator = ",\n  ";
  }
  for (const StepResult& step : result.steps) {
    json += separator;
    write_step(json, step);
    separator = ",\n  ";
  }
  json += ']';
  top.close();
  return json + '\n';
}

}  // namespace attn::grading
