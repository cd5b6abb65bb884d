#include "attn/grading/marks.hpp"

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace attn::grading {
namespace {

constexpr std::string_view mark = "// step: ";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string joined(const std::vector<std::string>& lines, std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t n = first; n <= last; ++n) text += lines[n] + "\n";
  return text;
}

std::string without_comment(const std::string& line) {
  std::string code = line.substr(0, line.find("//"));
  return code.substr(0, code.find_last_not_of(' ') + 1);
}

/// The object and the field of a line that begins a step: "  f.scores = …" or "  b.d_x +=".
bool begins_step(const std::string& line, std::string& object, std::string& field) {
  static const std::regex pattern(R"(^  ([fb])\.(\w+)\s*[-+*/]?=.*)");
  std::smatch match;
  if (!std::regex_match(line, match, pattern)) return false;
  object = match[1];
  field = match[2];
  return true;
}

/// Is this a line of code that goes on with the step above it?
bool goes_on(const std::string& line) {
  if (line.empty() || line.find_first_not_of(' ') == std::string::npos) return false;
  const std::string code = line.substr(line.find_first_not_of(' '));
  return !code.starts_with("//") && !line.starts_with("  expect_") &&
         !line.starts_with("  return") && !line.starts_with("}");
}

/// The last line of the step that begins at `first`.
std::size_t last_line(const std::vector<std::string>& lines, std::size_t first) {
  std::size_t last = first;
  while (last + 1 < lines.size() && !without_comment(lines[last]).ends_with(";")) ++last;
  std::string object, field;
  while (last + 1 < lines.size() && goes_on(lines[last + 1]) &&
         !begins_step(lines[last + 1], object, field)) {
    ++last;
  }
  return last;
}

/// Is the line in a function that returns nothing? Its signature is the last line before it that
/// begins at the margin.
bool is_in_void(const std::vector<std::string>& lines, std::size_t line) {
  while (line > 0 && (lines[line].empty() || lines[line].front() == ' ')) --line;
  return lines[line].starts_with("void ");
}

void find_statements(Marked& marked) {
  for (std::size_t n = 0; n < marked.lines.size(); ++n) {
    MarkedStep step;
    if (!begins_step(marked.lines[n], step.object, step.field)) continue;
    step.id = marked.mechanism + "." + step.field;
    step.first = n;
    step.last = last_line(marked.lines, n);
    step.code = joined(marked.lines, step.first, step.last);
    step.returns_nothing = is_in_void(marked.lines, step.first);
    n = step.last;
    marked.steps.push_back(std::move(step));
  }
}

[[noreturn]] void reject(const Marked& marked, std::size_t line, const std::string& why) {
  throw std::runtime_error(marked.mechanism + ": " + why + " \"" + marked.lines[line] + "\"");
}

/// The fields that the mark names.
std::vector<std::string> names_in(const Marked& marked, std::size_t line) {
  std::vector<std::string> names;
  std::istringstream stream(marked.lines[line].substr(mark.size()));
  for (std::string name; std::getline(stream, name, ',');) {
    const std::size_t first = name.find_first_not_of(' ');
    if (first == std::string::npos) reject(marked, line, "a name is missing in the line");
    names.push_back(name.substr(first, name.find_last_not_of(' ') + 1 - first));
  }
  if (names.empty()) reject(marked, line, "a name is missing in the line");
  return names;
}

/// The function below the mark at `first`: the lines of its signature and of its closing brace.
std::pair<std::size_t, std::size_t> function_below(const Marked& marked, std::size_t first) {
  const std::vector<std::string>& lines = marked.lines;
  std::size_t begin = first;
  while (begin < lines.size() && lines[begin].starts_with("//")) ++begin;
  bool open = false;
  for (std::size_t n = begin; n < lines.size() && !lines[begin].empty(); ++n) {
    const bool on_one_line = !open && without_comment(lines[n]).ends_with("}");
    if (lines[n] == "}" || on_one_line) return {begin, n};
    open |= lines[n].find('{') != std::string::npos;
  }
  reject(marked, first, "no function after the line");
}

/// The signature without the brace, and the body without its own.
MarkedStep function_step(const Marked& marked, const std::string& name, std::size_t begin,
                         std::size_t end) {
  MarkedStep step;
  step.id = marked.mechanism + "." + name;
  step.field = name;
  step.first = begin;
  step.last = end;
  const std::string text = joined(marked.lines, begin, end);
  const std::size_t open = text.find('{');
  const std::size_t close = text.rfind('}');
  step.signature = text.substr(0, text.find_last_not_of(" \n", open - 1) + 1);
  step.code = text.substr(open + 1, close - open - 1);
  return step;
}

void find_functions(Marked& marked) {
  for (std::size_t n = 0; n < marked.lines.size(); ++n) {
    if (!marked.lines[n].starts_with(mark)) continue;
    const auto [begin, end] = function_below(marked, n);
    Helper helper{{}, n, end};
    for (const std::string& name : names_in(marked, n)) {
      const std::string id = marked.mechanism + "." + name;
      if (marked.find(id) == nullptr) {
        marked.steps.push_back(function_step(marked, name, begin, end));
        helper.steps.clear();
        break;
      }
      helper.steps.push_back(id);
    }
    if (!helper.steps.empty()) marked.helpers.push_back(std::move(helper));
  }
}

/// The note as comment lines of at most 100 columns.
std::string comment(const std::string& note) {
  std::string text, line;
  std::istringstream words(note);
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + word.size() > 92) {
      text += "  // " + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line.empty() ? text : text + "  // " + line + "\n";
}

std::string result_type(const MarkedStep& step) {
  return step.signature.substr(0, step.signature.find(' '));
}

/// Where the student writes: a grader may leave it out.
std::string room_for(const MarkedStep& step) {
  return "  if (exercise::begins(\"" + step.id + "\")) {\n\n  }\n";
}

std::string blank_step(const MarkedStep& step, const std::string& note) {
  if (step.object.empty()) {
    return step.signature + " {\n  " + result_type(step) + " " + step.field + " = not_written;\n" +
           comment(note) + room_for(step) + end_of_step(step) + "  return " + step.field + ";\n}\n";
  }
  return comment(note) + room_for(step) + end_of_step(step) + "\n";
}

std::string key_step(const MarkedStep& step, const std::vector<std::string>& mistakes) {
  std::string text;
  const auto mistaken = [&](std::size_t n) {
    return "exercise::mistaken(\"" + step.id + "/" + std::to_string(n + 1) + "\")";
  };
  if (step.object.empty()) {
    const std::string lambda = "[&]() -> " + result_type(step) + " {";
    text = step.signature + " {\n  " + result_type(step) + " result = not_written;\n";
    for (std::size_t n = 0; n < mistakes.size(); ++n) {
      text +=
          "  if (" + mistaken(n) + ") result = " + lambda + "\n" + mistakes[n] + "\n}();\n  else";
    }
    return text + "  result = " + lambda + step.code + "}();\n" + "  exercise::done(\"" + step.id +
           "\", result);\n  return result;\n}\n";
  }
  for (std::size_t n = 0; n < mistakes.size(); ++n) {
    text += "  if (" + mistaken(n) + ") {\n" + mistakes[n] + "\n  } else";
  }
  text += mistakes.empty() ? step.code : " {\n" + step.code + "  }\n";
  return text + end_of_step(step);
}

/// The lines, with these steps as `write` has them, with the header of exercises, and with helpers
/// if `keep_helpers`.
template <class Write>
std::string rewritten(const Marked& marked, const StepIds& steps, bool keep_helpers,
                      Write&& write) {
  static const std::string include = "#include \"attn/core/exercise.hpp\"";
  std::string text;
  bool included = false;
  for (std::size_t n = 0; n < marked.lines.size(); ++n) {
    const std::string& line = marked.lines[n];
    const auto step = std::find_if(
        marked.steps.begin(), marked.steps.end(),
        [&](const MarkedStep& part) { return part.first == n && steps.contains(part.id); });
    if (step != marked.steps.end()) {
      text += write(*step);
      n = step->last;
      continue;
    }
    const auto helper = std::find_if(
        marked.helpers.begin(), marked.helpers.end(),
        [&](const Helper& part) { return part.first == n && steps.contains(part.steps.front()); });
    if (!keep_helpers && helper != marked.helpers.end()) {
      n = helper->last;
      continue;
    }
    if (line.starts_with(mark)) continue;
    if (!included && n > 0 && line.starts_with("#include \"attn/") && line > include) {
      text += include + "\n";
      included = true;
    }
    if (!included && line.starts_with("namespace")) {
      text += include + "\n\n";
      included = true;
    }
    text += line + "\n";
  }
  return text;
}

/// The list of string literals with which a text begins, as the compiler reads them: literals side
/// by side are one. It ends where anything else stands.
std::vector<std::string> texts_in(std::string_view text) {
  std::vector<std::string> parts;
  bool next = true;  // after a comma
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ' || text[i] == '\n') continue;
    if (text[i] == ',' && !next) {
      next = true;
      continue;
    }
    if (text[i] != '"') break;
    if (next) parts.emplace_back();
    next = false;
    for (++i; i < text.size() && text[i] != '"'; ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      parts.back() += text[i];
    }
  }
  return parts;
}

/// No two empty lines in a row.
std::string without_gaps(const std::string& text) {
  std::string tight;
  bool gap = false;
  for (const std::string& line : lines_of(text)) {
    if (line.empty()) {
      gap = true;
      continue;
    }
    if (gap) tight += "\n";
    gap = false;
    tight += line + "\n";
  }
  return tight;
}

}  // namespace

const MarkedStep* Marked::find(std::string_view id) const {
  for (const MarkedStep& step : steps) {
    if (step.id == id) return &step;
  }
  return nullptr;
}

Marked take_apart(const std::string& mechanism, const std::string& source) {
  Marked marked{mechanism, lines_of(source), {}, {}};
  find_statements(marked);
  find_functions(marked);
  return marked;
}

std::map<std::string, FieldText> fields_of(const std::string& header) {
  static const std::regex begin(R"(\bField\{)");
  std::map<std::string, FieldText> fields;
  for (std::sregex_iterator at(header.begin(), header.end(), begin), end; at != end; ++at) {
    const std::string_view text(header);
    std::vector<std::string> parts =
        texts_in(text.substr(static_cast<std::size_t>(at->position() + at->length())));
    if (parts.empty()) continue;
    parts.resize(4);
    fields[parts[0]] = {parts[0], parts[1], parts[2], parts[3]};
  }
  return fields;
}

StepIds bound_together(const Marked& marked, const StepIds& steps) {
  StepIds bound;
  for (const MarkedStep& step : marked.steps) {
    if (steps.contains(step.id)) bound.insert(step.id);
  }
  for (std::size_t before = 0; before != bound.size();) {
    before = bound.size();
    for (const Helper& helper : marked.helpers) {
      const bool any = std::any_of(helper.steps.begin(), helper.steps.end(),
                                   [&](const std::string& id) { return bound.contains(id); });
      if (any) bound.insert(helper.steps.begin(), helper.steps.end());
    }
  }
  return bound;
}

std::string blanked(const Marked& marked, const StepIds& steps,
                    const std::map<std::string, std::string>& notes) {
  const std::string text = rewritten(marked, steps, false, [&](const MarkedStep& step) {
    const auto note = notes.find(step.id);
    return blank_step(step, note == notes.end() ? step.field : note->second);
  });
  return without_gaps(text);
}

std::string hollow(const Marked& marked, const std::string& note) {
  std::string text;
  bool hidden = false;  // in the unnamed namespace
  for (std::size_t n = 0; n < marked.lines.size(); ++n) {
    const std::string& line = marked.lines[n];
    if (line == "namespace {") hidden = true;
    const bool at_margin = !line.empty() && line.front() != ' ' && line.front() != '}';
    const bool opens = line.starts_with("namespace ") && line != "namespace {";
    if (!hidden && (line.starts_with("#") || opens)) {
      text += line + "\n";
      if (opens) text += "\n" + comment(note).substr(2) + "\n";
    } else if (line.starts_with("}  // namespace")) {
      if (!hidden) text += line + "\n";
      hidden = false;
    } else if (!hidden && line.empty()) {
      text += "\n";
    } else if (!hidden && at_margin && line.find('(') != std::string::npos &&
               !line.starts_with("//")) {
      std::string signature;
      while (n < marked.lines.size() && marked.lines[n].find('{') == std::string::npos) {
        signature += marked.lines[n++] + "\n";
      }
      signature += marked.lines[n].substr(0, marked.lines[n].find('{')) + "{";
      text += signature + (line.starts_with("void ") ? "}\n" : " return {}; }\n");
      if (marked.lines[n].ends_with("}")) continue;  // all of it on one line
      while (n + 1 < marked.lines.size() && marked.lines[n] != "}") ++n;
    }
  }
  return without_gaps(text);
}

std::string answer_key(const Marked& marked, const StepIds& steps,
                       const std::map<std::string, std::vector<std::string>>& mistakes) {
  return rewritten(marked, steps, true, [&](const MarkedStep& step) {
    const auto known = mistakes.find(step.id);
    return key_step(step, known == mistakes.end() ? std::vector<std::string>{} : known->second);
  });
}

std::string bare(const std::string& code) {
  std::string text;
  std::istringstream lines(code);
  for (std::string line; std::getline(lines, line);) {
    line = line.substr(0, line.find("//"));
    for (const char c : line) {
      if (c != ' ' && c != '\t') text += c;
    }
  }
  return text;
}

std::string nameless(const MarkedStep& step) {
  const std::string code = bare(step.code);
  if (step.object.empty()) return code;
  const std::string name = step.object + "." + step.field;
  std::string text;
  for (std::size_t at = 0; at < code.size();) {
    const std::size_t found = std::min(code.find(name, at), code.size());
    const std::size_t end = found + name.size();
    text += code.substr(at, found - at);
    if (found == code.size()) break;
    const auto is_word = [&](std::size_t i) {
      return i < code.size() &&
             (std::isalnum(static_cast<unsigned char>(code[i])) != 0 || code[i] == '_');
    };
    text += is_word(end) || (found > 0 && is_word(found - 1)) ? name : "@";
    at = end;
  }
  return text;
}

std::string end_of_step(const MarkedStep& step) {
  if (step.object.empty()) return "  exercise::done(\"" + step.id + "\", " + step.field + ");\n";
  return "  if (!exercise::done(\"" + step.id + "\", " + step.object + "." + step.field +
         ")) return" + (step.returns_nothing ? "" : " " + step.object) + ";\n";
}

}  // namespace attn::grading
