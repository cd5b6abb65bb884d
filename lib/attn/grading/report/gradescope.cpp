#include "attn/grading/report/json_fields.hpp"
#include "attn/grading/report/marks.hpp"
#include "attn/grading/report/reports.hpp"
#include "attn/grading/report/student.hpp"
#include "attn/render/display_width.hpp"

namespace attn::grading {
namespace {

void write_test(std::string& json, const StepResult& step, std::size_t number, Details details) {
  JsonFields test(json);
  test.points("score", step.points).points("max_score", step.possible);
  test.text("status", right(step) ? "passed" : "failed");
  test.text("name", render::printable(step.step)).text("name_format", "text");
  test.text("number", std::to_string(number));
  test.text("output", student_message(step)).text("output_format", "text");
  test.text("visibility", "visible");
  test.key("extra_data");
  JsonFields extra(json);
  extra.text("verdict", name(mark_of(step))).text("mistake", step.mistake);
  if (details == Details::extra_data) extra.text("detail", step.detail);
  extra.close();
  test.close();
}

}  // namespace

std::string gradescope(const SubmissionResult& result, Details details) {
  std::string json;
  JsonFields top(json);
  top.points("score", result.points()).number("execution_time", result.seconds);
  if (const std::string text = student_text(result); !text.empty()) top.text("output", text);
  // "text": as it is, neither HTML nor Markdown nor escape sequences.
  top.text("output_format", "text").text("visibility", "visible");
  top.text("stdout_visibility", "hidden").key("extra_data");
  JsonFields extra(json);
  extra.text("name", result.name).text("key", result.key);
  if (details == Details::extra_data) {
    extra.text("problem", result.problem).text("detail", result.detail);
  }
  extra.close();
  top.key("tests");
  json += '[';
  for (std::size_t i = 0; i < result.steps.size(); ++i) {
    json += i == 0 ? "\n  " : ",\n  ";
    write_test(json, result.steps[i], i + 1, details);
  }
  json += ']';
  top.close();
  return json + '\n';
}

}  // namespace attn::grading
