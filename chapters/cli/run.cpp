#include "chapters/cli/run.hpp"

#include <new>

#include "attn/core/shape_error.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {

io::Source source_of(const chapters::Chapter& chapter, const std::string& path) {
  if (!path.empty()) return io::read_source(path);
  return {"the built-in " + std::string(chapter.name) + ".yaml",
          std::string(chapters::default_config(chapter))};
}

Run run(const chapters::Chapter& chapter, const io::Source& source,
        const std::vector<io::Override>& overrides, const chapters::Request& request) {
  try {
    io::Config config = io::load_config(source, chapter.schema(), overrides);
    trace::Trace trace = chapter.run(config, request);
    for (const io::AxisSpec& axis : chapter.schema().axes) {
      trace.axes.push_back({axis.name, axis.meaning});
    }
    if (!config.title().empty()) trace.title += ": " + config.title();
    return {std::move(config), std::move(trace)};
  } catch (const ShapeError& error) {
    throw io::InputError(io::Place{.source = source.name}, error.what());
  } catch (const std::bad_alloc&) {
    throw io::InputError(io::Place{.source = source.name},
                         "the tensors do not fit into memory; use fewer queries or keys");
  }
}

}  // namespace attn::cli
