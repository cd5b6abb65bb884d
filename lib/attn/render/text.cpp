#include "attn/render/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "attn/render/display_width.hpp"
#include "attn/render/number.hpp"
#include "attn/render/page.hpp"
#include "attn/render/plot.hpp"
#include "attn/render/shade_map.hpp"
#include "attn/render/tensor_view.hpp"

namespace attn::render {
namespace {

constexpr std::size_t narrowest = 40;
constexpr std::size_t widest_prose = 88;  // longer lines are hard to read
constexpr std::size_t step_indent = 3;

/// One line if there is room: its spaces mean something.
std::vector<std::string> as_written(const std::string& text, std::size_t columns) {
  const std::string line = printable(text);
  return display_width(line) <= columns ? std::vector<std::string>{line} : wrap(text, columns);
}

/// Writes the lines of a trace, one step after another.
class Writer {
 public:
  Writer(const trace::Trace& trace, const TextOptions& options)
      : trace_(trace),
        options_(options),
        columns_(std::max(options.width, narrowest)),
        room_{columns_ - step_indent, options.color, std::clamp(options.precision, 0, 17)},
        folds_(options.only.empty()) {}

  void head() {
    paragraph(trace_.title, palette::title, 0);
    paragraph(trace_.source, palette::faint, 0);
    std::string axes;
    for (const trace::Axis& axis : trace_.axes) {
      axes += (axes.empty() ? "" : " · ") + axis.name + " " + axis.meaning;
    }
    paragraph(axes, palette::faint, 0);
    if (trace_.problem.empty() || !options_.only.empty()) return;
    page_.emplace_back();
    paragraph(trace_.problem, palette::text, 0);
  }

  /// What was seen, what to try, and what comes next.
  void ending() {
    if (!trace_.seen.empty()) {
      begin_ending("What was seen");
      paragraph(trace_.seen, palette::text, step_indent);
    }
    if (!trace_.tries.empty()) begin_ending("What to try");
    for (const trace::Try& suggested : trace_.tries) {
      if (&suggested != &trace_.tries.front()) page_.emplace_back();
      for (const std::string& line : as_written(suggested.command, columns_ - step_indent)) {
        page_.push_back(Line().pad_to(step_indent).add(line, palette::formula));
      }
      paragraph(suggested.why, palette::text, step_indent + 2);
    }
    if (trace_.next.empty() && trace_.page.empty()) return;
    page_.emplace_back();
    if (!trace_.next.empty()) {
      paragraph("The next chapter:  ./attn " + trace_.next, palette::text, step_indent);
    }
    if (!trace_.page.empty()) {
      paragraph("More about this one:  " + trace_.page, palette::text, step_indent);
    }
  }

  void step(const trace::Step& step, std::size_t number) {
    page_.emplace_back();
    heading(step, number);
    page_.emplace_back();
    formula(step);
    if (!step.prose.empty()) {
      paragraph(step.prose, palette::text, step_indent);
      page_.emplace_back();
    }
    for (const std::string& line : step.drawing) {
      page_.push_back(
          Line()
              .pad_to(step_indent)
              .add(shortened(printable(line), columns_ - step_indent), palette::formula));
    }
    if (!step.drawing.empty()) page_.emplace_back();
    tensors(step);
    folded(step);
    for (const trace::Plot& plot : step.plots) {
      append(page_, plot_block(trace_, plot, room_), step_indent);
      page_.emplace_back();
    }
    while (!page_.empty() && page_.back().width() == 0) page_.pop_back();
  }

  std::string take() const {
    std::string out;
    for (const Line& line : page_) line.write(out, columns_, room_.color);
    return out.empty() ? "\n" : out;
  }

 private:
  void begin_ending(const std::string& title) {
    page_.emplace_back();
    Line line("── " + title + " ", palette::heading);
    while (line.width() < columns_) line.add("─", palette::faint);
    page_.push_back(std::move(line));
    page_.emplace_back();
  }

  void paragraph(const std::string& text, const Style& style, std::size_t left) {
    const std::size_t columns = std::min(columns_ - left, widest_prose);
    for (const std::string& line : wrap(text, columns)) {
      page_.push_back(Line().pad_to(left).add(line, style));
    }
  }

  /// "── 3 · Turn scores into weights ───────────────────── weights ──"
  /// An id that leaves the title too little room stands on a line of its own. It is never cut:
  /// --steps wants all of it.
  void heading(const trace::Step& step, std::size_t number) {
    const std::string before = fmt::format("── {} · ", number);
    std::string id = " " + printable(step.id) + " ";
    const bool below = display_width(before) + display_width(id) + 24 > columns_;
    std::string id_below;
    if (below) id_below = std::exchange(id, "");
    const std::size_t room = columns_ - display_width(before) - display_width(id) - 2;
    std::vector<std::string> title = wrap(step.title, room - 3);
    Line line(before, palette::heading);
    line.add(title.empty() ? "" : title.front() + " ", palette::heading);
    const std::size_t rule = columns_ - std::min(columns_, line.width() + display_width(id) + 2);
    for (std::size_t i = 0; i < rule; ++i) line.add("─", palette::faint);
    page_.push_back(line.add(id, palette::label).add("──", palette::faint));
    for (std::size_t i = 1; i < title.size(); ++i) {
      page_.push_back(Line().pad_to(display_width(before)).add(title[i], palette::heading));
    }
    if (!below) return;
    for (const std::string& part : wrap(id_below, columns_ - step_indent)) {
      page_.push_back(Line().pad_to(step_indent).add(part, palette::label));
    }
  }

  /// The formula, and its equation at the right or, if there is no room, below.
  void formula(const trace::Step& step) {
    if (step.formula.empty() && step.source.empty()) return;
    const std::string said = printable(step.formula);
    std::vector<std::string> lines;
    if (!said.empty()) lines = as_written(step.formula, columns_ - step_indent);
    for (const std::string& line : lines) {
      page_.push_back(Line().pad_to(step_indent).add(line, palette::formula));
    }
    const std::string source = printable(step.source);
    if (!source.empty()) {
      const std::size_t wanted = display_width(source);
      const std::size_t right = std::min(columns_, step_indent + widest_prose);
      if (lines.empty() || page_.back().width() + 2 + wanted > right) {
        paragraph(step.source, palette::faint, step_indent);
      } else {
        page_.back().pad_to(right - wanted).add(source, palette::faint);
      }
    }
    page_.emplace_back();
  }

  /// One scale for the maps of the step's weights, explained below the last.
  static std::vector<MapScale> map_scales(const std::vector<const trace::Tensor*>& tensors) {
    std::vector<MapScale> scales(tensors.size());
    double largest = 0.0;
    std::size_t maps = 0, last = 0;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      if (!shows_maps(*tensors[i])) continue;
      largest = std::max(largest, largest_of(tensors[i]->values));
      last = i;
      ++maps;
    }
    for (std::size_t i = 0; i < scales.size(); ++i) scales[i] = {largest, maps > 1, i == last};
    return scales;
  }

  /// A step that is not written is never folded away.
  bool folds(const trace::Tensor& tensor) const {
    return folds_ && tensor.folded && !tensor.absent();
  }

  /// The names of what the step has, but does not show.
  void folded(const trace::Step& step) {
    std::string names;
    for (const trace::Tensor& tensor : step.tensors) {
      if (!folds(tensor)) continue;
      const bool own = tensor.name.starts_with(step.id + ".");
      names += (names.empty() ? "" : ", ") + tensor.name.substr(own ? step.id.size() + 1 : 0);
    }
    if (names.empty()) return;
    paragraph(fmt::format("not shown: {}; --steps {} shows them", names, step.id), palette::faint,
              step_indent);
    page_.emplace_back();
  }

  void tensors(const trace::Step& step) {
    std::vector<Block> blocks;
    bool shaded = false, waves = false, noisy = false;
    std::vector<const trace::Tensor*> shown;
    for (const trace::Tensor& tensor : step.tensors) {
      if (!folds(tensor)) shown.push_back(&tensor);
    }
    const std::vector<MapScale> scales = map_scales(shown);
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const trace::Tensor& tensor = *shown[i];
      Room room = room_;
      room.scale = scales[i];
      Block block = tensor_block(tensor, room);
      if (!tensor.formula.empty() && tensor.formula != step.formula &&
          tensor.formula != tensor.name) {
        said(block, tensor.formula);
      }
      blocks.push_back(std::move(block));
      shaded |= tensor.kind == "weight" && !tensor.absent() && tensor.shape.size() > 1 &&
                shown_whole(tensor);
      waves |= tensor.kind == "wave" && !tensor.absent() && shown_whole(tensor);
      noisy |= shows_noise(tensor);
    }
    if (blocks.empty()) return;
    append(page_, flow(blocks, room_.columns, 4), step_indent);
    std::vector<std::string> notes;
    if (shaded && !room_.color && !shades_explained_) notes.push_back(shade_legend());
    if (waves && !room_.color && !waves_explained_) notes.push_back(wave_legend());
    if (noisy && !noise_explained_) notes.emplace_back(noise_legend);
    shades_explained_ |= shaded;
    waves_explained_ |= waves;
    noise_explained_ |= noisy;
    if (!notes.empty()) page_.emplace_back();
    for (const std::string& note : notes) {
      for (const std::string& line : as_written(note, room_.columns)) {
        page_.push_back(Line().pad_to(step_indent).add(line, palette::faint));
      }
    }
    page_.emplace_back();
  }

  /// A tensor's own formula goes behind its name, if there is room, or below it: all of it.
  void said(Block& block, const std::string& formula) {
    const std::string line = printable(formula);
    if (block.front().width() + 2 + display_width(line) <= room_.columns) {
      block.front().add("  ").add(line, palette::formula);
      return;
    }
    Block below;
    for (const std::string& part : as_written(formula, room_.columns - 2)) {
      below.push_back(Line("  ").add(part, palette::formula));
    }
    block.insert(block.begin() + 1, below.begin(), below.end());
  }

  const trace::Trace& trace_;
  const TextOptions& options_;
  std::size_t columns_;
  Room room_;
  bool folds_;
  Block page_;
  bool shades_explained_ = false, waves_explained_ = false, noise_explained_ = false;
};

}  // namespace

std::string render_text(const trace::Trace& trace, const TextOptions& options) {
  Writer writer(trace, options);
  writer.head();
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const bool wanted = options.only.empty() || std::find(options.only.begin(), options.only.end(),
                                                          i) != options.only.end();
    if (wanted) writer.step(trace.steps[i], i + 1);
  }
  if (options.only.empty()) writer.ending();
  return writer.take();
}

}  // namespace attn::render
