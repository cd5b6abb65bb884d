#include "chapters/cli/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <new>
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

/// May what the file has there be left out, so that what --set says can stand?
bool gives_way(const io::Fault& fault, const io::Source& source, const io::Schema& schema) {
  if (fault.place.source != source.name) return false;
  const auto field =
      std::find_if(schema.fields.begin(), schema.fields.end(),
                   [&](const io::FieldSpec& one) { return one.path == fault.field; });
  return field != schema.fields.end() && io::adds_only(*field);
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

/// Has the file, without any --set, no fault?
bool fits(const chapters::Chapter& chapter, const io::Source& source,
          const chapters::Request& request) {
  try {
    run_once(chapter, source, {}, {}, request);
    return true;
  } catch (const io::InputError&) {
    return false;
  }
}

/// Leaves out what gives way, as long as something does. \throws io::InputError with the faults
/// that are not mended by that.
Run run_giving_way(const chapters::Chapter& chapter, const io::Source& source,
                   const std::vector<io::Override>& overrides, const chapters::Request& request,
                   std::vector<io::Fault> faults) {
  std::set<std::string> left_out;
  std::vector<std::string> reasons;
  while (true) {
    std::vector<io::Fault> others;
    for (const io::Fault& fault : faults) {
      if (gives_way(fault, source, chapter.schema()) && left_out.insert(fault.field).second) {
        reasons.emplace_back(io::InputError({fault}).what());
      } else {
        others.push_back(fault);
      }
    }
    if (!others.empty()) throw io::InputError(std::move(others));
    try {
      Run run = run_once(chapter, source, overrides, left_out, request);
      run.left_out = std::move(reasons);
      return run;
    } catch (const io::InputError& error) {
      faults = error.faults();
    }
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
  try {
    return run_once(chapter, source, overrides, {}, request);
  } catch (const io::InputError& error) {
    // What the file has wrong by itself is not to be put down to --set.
    if (overrides.empty() || !fits(chapter, source, request)) throw;
    return run_giving_way(chapter, source, overrides, request, error.faults());
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
