#include <algorithm>
#include <set>

#include "attn/grading/report/json_fields.hpp"
#include "attn/grading/report/reports.hpp"
#include "attn/io/json.hpp"
#include "attn/io/suggestions.hpp"

namespace attn::grading {
namespace {

using io::Json;
using Names = std::vector<std::string>;

constexpr const char* format_name = "attn-result";

/// In the order of Verdict.
const Names& verdicts() {
  static const Names names{"done", "wrong", "not_written"};
  return names;
}

/// Checks and converts. Every function is told the path of its value.
class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  SubmissionResult read(const Json& json) const {
    check_format(json);
    keys(json, "", {"format", "version", "name", "problem", "seconds", "key", "steps"});
    SubmissionResult result;
    result.name = text(json, "", "name");
    result.problem = text(json, "", "problem");
    result.seconds = not_negative(json, "", "seconds");
    result.key = text(json, "", "key");
    const Json& steps = *json.find("steps");
    if (steps.kind != Json::Kind::list || !steps.numbers.empty()) {
      fail("steps", "found " + describe(steps) + (steps.numbers.empty() ? "" : " of numbers") +
                        ", expected a list of objects");
    }
    std::set<std::string> names;
    for (std::size_t i = 0; i < steps.items.size(); ++i) {
      const std::string here = "steps[" + std::to_string(i) + "]";
      result.steps.push_back(read_step(steps.items[i], here));
      const std::string& name = result.steps.back().step;
      if (!names.insert(name).second) fail(here, "a second step is called \"" + name + "\"");
    }
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& path, const std::string& why) const {
    throw io::InputError({file_}, (path.empty() ? "" : path + ": ") + why);
  }

  static std::string in(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }

  void check_format(const Json& json) const {
    const Json* format = json.find("format");
    if (format == nullptr) {
      fail("", "is not a result: expected an object with \"format\": \"attn-result\"");
    }
    if (format->kind != Json::Kind::text || format->text != format_name) {
      fail("format", "found " + describe(*format) + ", expected \"attn-result\"");
    }
    const Json* version = json.find("version");
    if (version != nullptr && (version->kind != Json::Kind::number || version->number != 1.0)) {
      fail("version", "found " + describe(*version) + ", expected 1, the only version there is");
    }
  }

  void keys(const Json& json, const std::string& path, const Names& all) const {
    if (json.kind != Json::Kind::object) {
      fail(path, "found " + describe(json) + ", expected an object");
    }
    for (const auto& [key, value] : json.members) {
      if (std::find(all.begin(), all.end(), key) == all.end()) {
        fail(path, "unknown key \"" + key + "\"" + io::suggestion(key, all));
      }
    }
    for (const std::string& key : all) {
      if (json.find(key) == nullptr) fail(path, "the key \"" + key + "\" is missing");
    }
  }

  std::string text(const Json& json, const std::string& path, const std::string& key) const {
    const Json& value = *json.find(key);
    if (value.kind != Json::Kind::text) {
      fail(in(path, key), "found " + describe(value) + ", expected a text");
    }
    return value.text;
  }

  double number(const Json& json, const std::string& path, const std::string& key) const {
    const Json& value = *json.find(key);
    if (value.kind != Json::Kind::number) {
      fail(in(path, key), "found " + describe(value) + ", expected a number");
    }
    return value.number;
  }

  double not_negative(const Json& json, const std::string& path, const std::string& key) const {
    const double value = number(json, path, key);
    if (value < 0.0) {
      fail(in(path, key), "found " + describe(*json.find(key)) + ", expected at least 0");
    }
    return value;
  }

  StepResult read_step(const Json& json, const std::string& path) const {
    keys(json, path,
         {"step", "verdict", "carried", "points", "possible", "mistake", "message", "detail"});
    StepResult step;
    step.step = text(json, path, "step");
    const std::string verdict = text(json, path, "verdict");
    const auto found = std::find(verdicts().begin(), verdicts().end(), verdict);
    if (found == verdicts().end()) {
      fail(in(path, "verdict"), "found \"" + verdict + "\"" + io::suggestion(verdict, verdicts()));
    }
    step.verdict = static_cast<Verdict>(found - verdicts().begin());
    const Json& carried = *json.find("carried");
    if (carried.kind != Json::Kind::boolean) {
      fail(in(path, "carried"), "found " + describe(carried) + ", expected true or false");
    }
    step.carried = carried.number != 0.0;
    step.points = number(json, path, "points");
    step.possible = not_negative(json, path, "possible");
    step.mistake = text(json, path, "mistake");
    step.message = text(json, path, "message");
    step.detail = text(json, path, "detail");
    return step;
  }

  const std::string& file_;
};

}  // namespace

std::string to_json(const SubmissionResult& result) {
  std::string json;
  JsonFields top(json);
  top.text("format", format_name).number("version", 1.0).text("name", result.name);
  top.text("problem", result.problem).number("seconds", result.seconds).text("key", result.key);
  top.key("steps");
  json += '[';
  for (std::size_t i = 0; i < result.steps.size(); ++i) {
    const StepResult& from = result.steps[i];
    json += i == 0 ? "\n  " : ",\n  ";
    JsonFields step(json);
    step.text("step", from.step)
        .text("verdict", verdicts()[static_cast<std::size_t>(from.verdict)]);
    step.flag("carried", from.carried).number("points", from.points);
    step.number("possible", from.possible).text("mistake", from.mistake);
    step.text("message", from.message).text("detail", from.detail).close();
  }
  json += ']';
  top.close();
  return json + '\n';
}

SubmissionResult result_from_json(const std::string& text, const std::string& file) {
  return Reader(file).read(io::parse_json(text, file));
}

}  // namespace attn::grading
