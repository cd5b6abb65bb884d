/// Results for the reports: a small class, and one that is up to no good.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "attn/grading/report/result.hpp"

namespace attn::grading::test {

/// Four steps, one of each kind; ten points of twenty.
inline SubmissionResult ada() {
  SubmissionResult result{.name = "ada", .seconds = 1.5, .key = "k1"};
  result.steps = {
      {"dot.scores", Verdict::done, false, 4.0, 4.0, "", "", ""},
      {"dot.weights", Verdict::wrong, false, 0.0, 4.0, "no root", "The root of dk is missing.",
       "hidden-2: weights[0, 1] expected 0.731058, got 0.880797"},
      {"dot.output", Verdict::done, true, 6.0, 6.0, "", "", "hidden-2: output[0] carried"},
      {"dot.mask", Verdict::not_written, false, 0.0, 6.0, "", "", ""},
  };
  return result;
}

/// All right.
inline SubmissionResult bob() {
  SubmissionResult result = ada();
  result.name = "bob";
  result.key = "k2";
  for (StepResult& step : result.steps) {
    step = {.step = step.step,
            .verdict = Verdict::done,
            .points = step.possible,
            .possible = step.possible};
  }
  return result;
}

/// Could not be built; the detail and what its program says have a number of a hidden case.
inline SubmissionResult eve() {
  return {
      .name = "eve",
      .problem = "does not compile",
      .detail = "hidden-2: 0.731058",
      .notes = {"scores.cpp is taken from scores-1.cpp"},
      .said = {{Said::Who::compiler, "scores.cpp",
                "In file included from x:\nscores.cpp:3:1: error: 'q' was not declared\n", true},
               {Said::Who::program, "as it ends", "0.731058\n", false}},
      .steps = {},
      .seconds = 0.25,
      .key = "k3"};
}

inline std::vector<SubmissionResult> small_class() { return {ada(), bob(), eve()}; }

/// Everything that a terminal, a spreadsheet, XML, HTML or JSON could trip over.
inline std::string hostile() {
  std::string text = "=cmd|'/c calc'!A1,\"q\"\r\n<b>&amp;]]></b>\t\\\x1b[31m\x07\x7f";
  text +=
      "\xC2\x9B"
      "31m";  // CSI, as one character
  text +=
      "\xE2\x80\xAE"
      "\xE2\x81\xA6";  // right-to-left override, isolate
  text +=
      "\xE2\x80\xA8"
      "\xEF\xBF\xBF";  // line separator, no character
  text +=
      "\xFF\xC3"
      "\xED\xA0\x80";                             // not UTF-8: bytes, a cut sequence, a surrogate
  text += "\n::error::x ##[group]y\xE6\x88\x91";  // log commands, 我
  return text + std::string(1, '\0') + "end";
}

inline SubmissionResult mallory() {
  SubmissionResult result = ada();
  result.name = result.problem = result.detail = result.key = hostile();
  result.notes = {hostile(), hostile()};
  result.said = {{Said::Who::compiler, hostile(), hostile(), true},
                 {Said::Who::program, "", hostile() + "\n" + hostile(), true}};
  for (StepResult& step : result.steps) {
    step.step += hostile();
    step.mistake = step.message = step.detail = hostile();
  }
  return result;
}

/// No control character but newline (and what `also` has), no bidi override, valid UTF-8.
inline bool harmless(const std::string& text, const std::string& also = "") {
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\n';
    if (control && also.find(c) == std::string::npos) return false;
    if (c == '\x7F' || c == '\xFF') return false;
  }
  static constexpr std::array bad{"\xC2\x9B",     "\xE2\x80\xAE", "\xE2\x81\xA6",
                                  "\xE2\x80\xA8", "\xEF\xBF\xBF", "\xED\xA0"};
  return std::none_of(bad.begin(), bad.end(),
                      [&](const char* bytes) { return text.find(bytes) != std::string::npos; });
}

inline std::vector<SubmissionResult> many(std::size_t count) {
  std::vector<SubmissionResult> results;
  for (std::size_t i = 0; i < count; ++i) {
    results.push_back(i % 3 == 0 ? ada() : i % 3 == 1 ? bob() : eve());
    results.back().name = "student-" + std::to_string(i);
  }
  return results;
}

}  // namespace attn::grading::test
