#include <algorithm>
#include <set>

#include "attn/grading/report/json_fields.hpp"
#include "attn/grading/report/reports.hpp"
#include "attn/io/json.hpp"
#include "attn/io/json_text.hpp"
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

/// In the order of Said::Who.
const Names& speakers() {
  static const Names names{"compiler", "linker", "program"};
  return names;
}

/// Checks and converts. Every function is told the path of its value.
class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  SubmissionResult read(const Json& json) const {
    check_format(json);
    keys(json, "",
         {"format", "version", "name", "problem", "detail", "notes", "said", "seconds", "key",
          "steps"});
    SubmissionResult result;
    result.name = text(json, "", "name");
    result.problem = text(json, "", "problem");
    result.detail = text(json, "", "detail");
    for (const Json& note : items(json, "notes", "texts")) {
      if (note.kind != Json::Kind::text)
        fail("notes", "found " + describe(note) + ", expected a text");
      result.notes.push_back(note.text);
    }
    for (const Json& said : items(json, "said", "objects")) {
      result.said.push_back(read_said(said, "said[" + std::to_string(result.said.size()) + "]"));
    }
    result.seconds = not_negative(json, "", "seconds");
    result.key = text(json, "", "key");
    std::set<std::string> names;
    for (const Json& step : items(json, "steps", "objects")) {
      const std::string here = "steps[" + std::to_string(result.steps.size()) + "]";
      result.steps.push_back(read_step(step, here));
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
    if (version != nullptr && (version->kind != Json::Kind::number || version->number != 2.0)) {
      fail("version", "found " + describe(*version) + ", expected 2, the only version there is");
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

  /// A list, of what is no number.
  const std::vector<Json>& items(const Json& json, const char* key, const char* of_what) const {
    const Json& list = *json.find(key);
    if (list.kind != Json::Kind::list || !list.numbers.empty()) {
      fail(key, "found " + describe(list) + (list.numbers.empty() ? "" : " of numbers") +
                    ", expected a list of " + of_what);
    }
    return list.items;
  }

  bool flag(const Json& json, const std::string& path, const std::string& key) const {
    const Json& value = *json.find(key);
    if (value.kind != Json::Kind::boolean) {
      fail(in(path, key), "found " + describe(value) + ", expected true or false");
    }
    return value.number != 0.0;
  }

  /// Which of the words it is.
  std::size_t one_of(const Names& words, const Json& json, const std::string& path,
                     const std::string& key) const {
    const std::string word = text(json, path, key);
    const auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end()) {
      fail(in(path, key), "found \"" + word + "\"" + io::suggestion(word, words));
    }
    return static_cast<std::size_t>(found - words.begin());
  }

  Said read_said(const Json& json, const std::string& path) const {
    keys(json, path, {"who", "about", "text", "for_student"});
    Said said;
    said.who = static_cast<Said::Who>(one_of(speakers(), json, path, "who"));
    said.about = text(json, path, "about");
    said.text = text(json, path, "text");
    said.for_student = flag(json, path, "for_student");
    return said;
  }

  StepResult read_step(const Json& json, const std::string& path) const {
    keys(json, path,
         {"step", "verdict", "carried", "points", "possible", "mistake", "message", "detail"});
    StepResult step;
    step.step = text(json, path, "step");
    step.verdict = static_cast<Verdict>(one_of(verdicts(), json, path, "verdict"));
    step.carried = flag(json, path, "carried");
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
  top.text("format", format_name).number("version", 2.0).text("name", result.name);
  top.text("problem", result.problem).text("detail", result.detail).key("notes");
  json += '[';
  for (std::size_t i = 0; i < result.notes.size(); ++i) {
    if (i > 0) json += ", ";
    io::append_json(json, result.notes[i]);
  }
  json += ']';
  top.key("said");
  json += '[';
  for (std::size_t i = 0; i < result.said.size(); ++i) {
    const Said& from = result.said[i];
    if (i > 0) json += ", ";
    JsonFields said(json);
    said.text("who", speakers()[static_cast<std::size_t>(from.who)]).text("about", from.about);
    said.text("text", from.text).flag("for_student", from.for_student).close();
  }
  json += ']';
  top.number("seconds", result.seconds).text("key", result.key).key("steps");
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
