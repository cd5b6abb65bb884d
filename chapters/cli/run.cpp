#include "chapters/cli/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <optional>
#include <set>

#include "attn/core/complete.hpp"
#include "attn/core/shape_error.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {
namespace {

/// A score may be -inf, where a query may not attend. Any other infinity, and NaN, is arithmetic
/// that ran over the end of the numbers: what comes after it would be wrong without a word.
bool overflowed(const trace::Tensor& tensor, double value) {
  if (std::isfinite(value)) return false;
  return tensor.kind != "score" || std::isnan(value) || value > 0.0;
}

void expect_no_overflow(const trace::Trace& trace, const io::Config& config) {
  for (const trace::Step& step : trace.steps) {
    for (const trace::Tensor& tensor : step.tensors) {
      const auto found = std::find_if(tensor.values.begin(), tensor.values.end(),
                                      [&](double value) { return overflowed(tensor, value); });
      if (found == tensor.values.end()) continue;
      const auto [path, largest] = config.largest();
      config.reject(path,
                    fmt::format("found {}, the largest number of this config, and {} gets the "
                                "entry {} in step {}: too large for double precision; expected "
                                "inputs and parameters whose products stay below 1e308",
                                largest, tensor.name, *found, step.id));
    }
  }
}

/// Does a tensor of the trace have the axis?
bool has_axis(const trace::Trace& trace, const std::string& axis) {
  return std::any_of(trace.steps.begin(), trace.steps.end(), [&](const trace::Step& step) {
    return std::any_of(step.tensors.begin(), step.tensors.end(), [&](const trace::Tensor& tensor) {
      return std::find(tensor.axes.begin(), tensor.axes.end(), axis) != tensor.axes.end();
    });
  });
}

/// The finished trace, with what the chapter and the config say of the whole.
trace::Trace signed_trace(trace::Builder& builder, const chapters::Chapter& chapter,
                          const io::Config& config) {
  trace::Trace trace = builder.take();
  for (const io::AxisSpec& axis : chapter.schema().axes) {
    if (!axis.optional || has_axis(trace, axis.name)) {
      trace.axes.push_back({axis.name, axis.meaning});
    }
  }
  if (!config.title().empty()) trace.title += ": " + config.title();
  trace.problem = chapter.problem;
  for (const chapters::Try& suggested : chapter.tries) {
    if (suggested.command.empty()) continue;
    trace.tries.push_back({std::string(suggested.command), std::string(suggested.why)});
  }
  if (const chapters::Chapter* next = chapters::after(chapter)) trace.next = next->name;
  trace.page = fmt::format("docs/chapters/{}.md", chapter.name);
  return trace;
}

/// Does the field that does not fit only add to what --set has changed? Then it may be left out.
bool gives_way(const io::Fault& fault, const io::Source& source,
               const std::vector<io::Override>& overrides, const io::Schema& schema) {
  if (overrides.empty() || fault.place.source != source.name) return false;
  const auto adds = [&](const char* section) { return fault.field.starts_with(section); };
  if (!adds("tokens.") && !adds("study.") && !adds("compare.") && !adds("training.")) return false;
  const auto field =
      std::find_if(schema.fields.begin(), schema.fields.end(),
                   [&](const io::FieldSpec& one) { return one.path == fault.field; });
  // Words of a vocabulary are no names: they are what goes in.
  return field != schema.fields.end() && !field->required && field->among.empty();
}

constexpr const char* out_of_memory =
    "the tensors do not fit into memory; use fewer queries or keys";

Run run_once(const chapters::Chapter& chapter, const io::Source& source,
             const std::vector<io::Override>& overrides, const std::set<std::string>& left_out,
             const chapters::Request& request) {
  try {
    io::Config config = io::load_config(source, chapter.schema(), overrides, left_out);
    trace::Builder builder = chapter.trace();
    chapter.run(config, request, builder);
    trace::Trace trace = signed_trace(builder, chapter, config);
    expect_no_overflow(trace, config);
    return {std::move(config), std::move(trace)};
  } catch (const ShapeError& error) {
    throw io::InputError(io::Place{source.name, 1, 1}, error.what());
  } catch (const std::bad_alloc&) {
    throw io::InputError(io::Place{.source = source.name}, out_of_memory);
  }
}

}  // namespace

io::Source source_of(const chapters::Chapter& chapter, const std::string& path) {
  if (!path.empty()) return io::read_source(path);
  return {"the built-in " + std::string(chapter.name) + ".yaml",
          std::string(chapters::default_config(chapter))};
}

Run run(const chapters::Chapter& chapter, const io::Source& source,
        const std::vector<io::Override>& overrides, const chapters::Request& request) {
  std::set<std::string> left_out;
  std::vector<std::string> told;
  std::optional<io::InputError> first;
  while (true) {
    try {
      Run run = run_once(chapter, source, overrides, left_out, request);
      run.left_out = std::move(told);
      return run;
    } catch (const io::InputError& error) {
      if (!first) first = error;
      for (const io::Fault& fault : error.faults()) {
        if (!gives_way(fault, source, overrides, chapter.schema())) throw io::InputError(*first);
        if (!left_out.insert(fault.field).second) throw io::InputError(*first);
        told.emplace_back(io::InputError({fault}).what());
      }
    }
  }
}

Attempt attempt(const chapters::Chapter& chapter, const io::Source& source,
                const std::vector<io::Override>& overrides, const chapters::Request& request) {
  const io::Config config = io::load_config(source, chapter.schema(), overrides);
  trace::Builder builder = chapter.trace();
  Attempt attempt;
  try {
    chapter.run(config, request, builder);
  } catch (const Unfinished&) {
    attempt.unfinished = true;
  } catch (const std::bad_alloc&) {
    attempt.problem = out_of_memory;
  } catch (const std::exception& error) {
    attempt.problem = error.what();
  }
  attempt.trace = signed_trace(builder, chapter, config);
  return attempt;
}

}  // namespace attn::cli
