#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <map>

#include "attn/io/json_schema.hpp"
#include "attn/io/npy.hpp"
#include "attn/io/output.hpp"
#include "attn/io/trace_json.hpp"
#include "attn/io/utf8.hpp"
#include "attn/render/text.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/cli/footer.hpp"
#include "chapters/cli/reminder.hpp"
#include "chapters/cli/run.hpp"
#include "chapters/cli/selection.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {
namespace {

std::vector<io::Override> overrides(const std::vector<std::string>& set) {
  std::vector<io::Override> parsed;
  for (const std::string& text : set) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw io::InputError(
          io::Place{"--set " + text, 1, equals == 0 ? 1 : io::utf8_count(text) + 1},
          equals == 0 ? "found nothing before the =, expected PATH=VALUE, such as "
                        "inputs.queries='[[1, 2]]'"
                      : "found no = behind the path, expected PATH=VALUE, such as "
                        "inputs.queries='[[1, 2]]'");
    }
    parsed.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return parsed;
}

/// Refuses to write over the config that was read.
void expect_other_file(const std::string& config, const std::string& out) {
  std::error_code neither_exists;
  if (config.empty() || !std::filesystem::equivalent(config, out, neither_exists)) return;
  throw io::InputError(io::Place{.source = out},
                       "is the config itself, expected another file to write to");
}

/// The trace with only the steps at these positions.
trace::Trace only(const trace::Trace& trace, const std::vector<std::size_t>& positions) {
  trace::Trace kept = trace;
  kept.steps.clear();
  kept.problem.clear();  // they are about the whole
  kept.seen.clear();
  kept.tries.clear();
  for (const std::size_t position : positions) kept.steps.push_back(trace.steps[position]);
  return kept;
}

/// The file of each tensor, by its name. Some file systems do not tell d_X from d_x: of such names
/// the second in the trace gets a number.
std::map<std::string, std::string> file_names(const trace::Trace& trace) {
  std::map<std::string, std::string> files;
  std::map<std::string, int> alike;
  for (const trace::Step& step : trace.steps) {
    for (const trace::Tensor& tensor : step.tensors) {
      if (files.contains(tensor.name)) continue;
      std::string small = tensor.name;
      for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      const int number = ++alike[small];
      files[tensor.name] = tensor.name + (number > 1 ? fmt::format("-{}", number) : "") + ".npy";
    }
  }
  return files;
}

/// Writes each tensor of a part of the whole trace as DIR/NAME.npy.
void write_tensors(const trace::Trace& whole, const trace::Trace& trace,
                   const std::string& directory) {
  const std::map<std::string, std::string> files = file_names(whole);
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    throw io::InputError(io::Place{.source = "--npy " + directory},
                         "cannot make the folder: " + error.message());
  }
  for (const trace::Step& step : trace.steps) {
    for (const trace::Tensor& tensor : step.tensors) {
      if (tensor.absent()) continue;
      io::write_npy(directory + "/" + files.at(tensor.name), tensor.shape, tensor.values);
    }
  }
}

/// In a student's tree whatever the written steps compute, right or wrong.
Attempt computed(const chapters::Chapter& chapter, const io::Source& source, const Walk& walk) {
  const std::vector<io::Override> set = overrides(walk.set);
  if (is_handout()) {
    const Reminder reminder{std::string(chapter.name)};
    return attempt(chapter, source, set, {walk.gradients});
  }
  Run ran = run(chapter, source, set, {walk.gradients});
  for (const std::string& reason : ran.left_out) {
    std::cerr << "attn: left out, since --set goes first: " << reason << '\n';
  }
  return {std::move(ran.trace), false, ""};
}

}  // namespace

int walk(const chapters::Chapter& chapter, const Walk& walk) {
  if (walk.show_config) return print(chapters::default_config(chapter)), done;
  if (walk.show_schema) return print(io::json_schema(chapter.schema())), done;
  if (walk.show_fields) return print(io::markdown_table(chapter.schema())), done;

  const io::Source source = source_of(chapter, walk.config);
  const Attempt ran = computed(chapter, source, walk);
  const trace::Trace& trace = ran.trace;
  std::vector<std::size_t> steps;
  if (!walk.steps.empty()) steps = select_steps(trace, walk.steps);
  const trace::Trace shown = steps.empty() ? trace : only(trace, steps);

  const bool to_terminal = walk.out.empty() || walk.out == "-";
  // In a file, colour is only what was asked for.
  const bool color = (to_terminal || walk.color == Color::always) && use_color(walk.color);
  const std::string text = walk.format == "json"
                               ? io::to_json(shown)
                               : render::render_text(trace, {.width = output_width(),
                                                             .color = color,
                                                             .precision = walk.precision,
                                                             .only = steps});
  if (to_terminal && walk.format == "text") {
    say(text);
  } else if (to_terminal) {
    print(text);
  } else {
    expect_other_file(walk.config, walk.out);
    io::write_file(walk.out, text);
  }
  if (!walk.npy.empty()) write_tensors(trace, shown, walk.npy);
  if (to_terminal && walk.format == "text" && steps.empty()) {
    say(footer(chapter, source, output_width(), color));
  }
  if (!ran.problem.empty()) fmt::print(stderr, "attn: a step failed: {}\n", ran.problem);
  return ran.problem.empty() ? done : our_fault;
}

}  // namespace attn::cli
