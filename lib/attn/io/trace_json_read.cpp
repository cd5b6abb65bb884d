#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "attn/core/shape_error.hpp"
#include "attn/io/config/limits.hpp"
#include "attn/io/config/numbers.hpp"
#include "attn/io/config/words.hpp"
#include "attn/io/files.hpp"
#include "attn/io/json.hpp"
#include "attn/io/json_place.hpp"
#include "attn/io/suggestions.hpp"
#include "attn/io/trace_json.hpp"

namespace attn::io {

using attn::to_string;  // of a shape

namespace {

using Kind = Json::Kind;
using Names = std::vector<std::string>;

/// Checks and converts, from the outside in. Every function is told the path of its value.
class TraceReader {
 public:
  TraceReader(const std::string& text, const std::string& file) : text_(text), file_(file) {}

  trace::Trace read(const Json& json) {
    if (json.kind != Kind::object || json.find("format") == nullptr) {
      fail("", "is not a trace: found " + described(json) +
                   ", expected an object with \"format\": \"attn-trace\"");
    }
    const Json& format = *json.find("format");
    if (format.kind != Kind::text || format.text != "attn-trace") {
      fail("format", "found " + describe(format) + ", expected \"attn-trace\"");
    }
    const Json* version = json.find("version");
    if (version != nullptr && (version->kind != Kind::number || version->number != 1.0)) {
      fail("version", "found " + describe(*version) + ", expected 1, the only version there is");
    }
    keys(json, "", {"format", "version", "chapter", "steps"},
         {"title", "source", "problem", "axes", "seen", "try", "next", "page"});
    trace::Trace trace;
    trace.chapter = text(json, "", "chapter");
    trace.title = text(json, "", "title");
    trace.source = text(json, "", "source");
    trace.problem = text(json, "", "problem");
    trace.seen = text(json, "", "seen");
    trace.next = text(json, "", "next");
    trace.page = text(json, "", "page");
    each(json, "", "try", [&](const Json& suggested, const std::string& path) {
      keys(suggested, path, {"command"}, {"why"});
      trace.tries.push_back({text(suggested, path, "command"), text(suggested, path, "why")});
    });
    if (const Json* axes = json.find("axes")) {
      if (axes->kind != Kind::object)
        fail("axes", "found " + describe(*axes) + ", expected an object");
      for (const auto& [name, meaning] : axes->members) {
        trace.axes.push_back({name, text(*axes, "axes", name)});
      }
    }
    each(json, "", "steps", [&](const Json& step, const std::string& path) {
      trace.steps.push_back(read_step(step, path));
    });
    check_plots(trace);
    return trace;
  }

 private:
  [[noreturn]] void fail(const std::string& path, const std::string& why) const {
    fail_at(json_place(text_, file_, path), path, why);
  }
  [[noreturn]] static void fail_at(const Place& place, const std::string& path,
                                   const std::string& why) {
    throw InputError(place, (path.empty() ? "" : path + ": ") + why);
  }

  /// A number, a list, or what there is in an object: "an object with "steps" and "chapter"".
  static std::string described(const Json& json) {
    if (json.kind != Kind::object) return describe(json);
    if (json.members.empty()) return "an empty object";
    return "an object whose first key is " + quote(json.members.front().first);
  }

  static std::string in(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }

  void keys(const Json& json, const std::string& path, const Names& required,
            const Names& optional) const {
    if (json.kind != Kind::object) fail(path, "found " + describe(json) + ", expected an object");
    Names all = required;
    all.insert(all.end(), optional.begin(), optional.end());
    for (const auto& [key, value] : json.members) {
      if (std::find(all.begin(), all.end(), key) == all.end()) {
        fail_at(json_key_place(text_, file_, path, key), path,
                "unknown key " + quote(key) + suggestion(key, all));
      }
    }
    for (const std::string& key : required) {
      if (json.find(key) != nullptr) continue;
      fail(path, "the key \"" + key + "\" is missing; expected " + listed(required));
    }
  }

  /// "id" and "tensors"
  static std::string listed(const Names& names) {
    std::string text;
    for (std::size_t n = 0; n < names.size(); ++n) {
      const char* before = n == 0 ? "" : n + 1 == names.size() ? " and " : ", ";
      text += before + names[n];
    }
    return text;
  }

  /// The text under a key; empty if there is no such key.
  std::string text(const Json& json, const std::string& path, const std::string& key) const {
    const Json* value = json.find(key);
    if (value == nullptr) return "";
    if (value->kind != Kind::text) {
      fail(in(path, key), "found " + describe(*value) + ", expected a text");
    }
    return value->text;
  }

  /// Calls `read(item, path of the item)` for the items of a list of things that are not numbers.
  template <class Read>
  void each(const Json& json, const std::string& path, const std::string& key, Read&& read) const {
    const Json* list = json.find(key);
    const std::string here = in(path, key);
    if (list == nullptr) return;
    if (list->kind != Kind::list) fail(here, "found " + describe(*list) + ", expected a list");
    if (!list->numbers.empty()) fail(here, "found numbers, expected a list of objects");
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      read(list->items[i], here + "[" + std::to_string(i) + "]");
    }
  }

  Names texts(const Json& json, const std::string& path) const {
    if (json.kind != Kind::list)
      fail(path, "found " + describe(json) + ", expected a list of texts");
    Names result;
    for (std::size_t i = 0; i < json.size(); ++i) {
      const std::string here = path + "[" + std::to_string(i) + "]";
      if (!json.numbers.empty()) {
        // "inf" and "nan" are kept as numbers, and are texts here.
        if (std::isfinite(json.numbers[i])) {
          fail(here, "found the number " + to_text(json.numbers[i]) + ", expected a text");
        }
        result.push_back(to_text(json.numbers[i]));
      } else if (json.items[i].kind == Kind::text) {
        result.push_back(json.items[i].text);
      } else {
        fail(here, "found " + describe(json.items[i]) + ", expected a text");
      }
    }
    return result;
  }

  trace::Step read_step(const Json& json, const std::string& path) {
    keys(json, path, {"id", "tensors"},
         {"title", "formula", "source", "prose", "drawing", "plots"});
    trace::Step step;
    step.id = text(json, path, "id");
    if (!ids_.insert(step.id).second)
      fail(in(path, "id"), "two steps are called " + quote(step.id));
    step.title = text(json, path, "title");
    step.formula = text(json, path, "formula");
    step.source = text(json, path, "source");
    step.prose = text(json, path, "prose");
    if (const Json* drawing = json.find("drawing")) {
      step.drawing = texts(*drawing, in(path, "drawing"));
    }
    each(json, path, "tensors", [&](const Json& tensor, const std::string& here) {
      step.tensors.push_back(read_tensor(tensor, here));
    });
    each(json, path, "plots", [&](const Json& plot, const std::string& here) {
      step.plots.push_back(read_plot(plot, here));
    });
    return step;
  }

  trace::Tensor read_tensor(const Json& json, const std::string& path) {
    keys(json, path, {"name", "axes", "shape", "values"}, {"labels", "kind", "formula"});
    trace::Tensor tensor;
    tensor.name = text(json, path, "name");
    if (!names_.insert(tensor.name).second) {
      fail(in(path, "name"), "two tensors are called " + quote(tensor.name));
    }
    tensor.axes = texts(*json.find("axes"), in(path, "axes"));
    tensor.shape = read_shape(*json.find("shape"), in(path, "shape"));
    if (tensor.axes.size() != tensor.shape.size()) {
      fail(in(path, "shape"), "has " + counted(tensor.shape.size(), "extent") + ", but there are " +
                                  std::to_string(tensor.axes.size()) + " axes");
    }
    read_labels(json, path, tensor);
    read_values(*json.find("values"), in(path, "values"), tensor);
    tensor.formula = text(json, path, "formula");
    tensor.kind = text(json, path, "kind");
    if (!tensor.kind.empty() && tensor.kind != "score" && tensor.kind != "weight" &&
        tensor.kind != "mask" && tensor.kind != "wave") {
      fail(in(path, "kind"),
           "found " + quote(tensor.kind) + ", expected \"weight\", \"mask\" or \"wave\"");
    }
    return tensor;
  }

  Shape read_shape(const Json& json, const std::string& path) const {
    if (json.kind != Kind::list || !json.items.empty()) {
      fail(path, "found " + describe(json) + ", expected a list of whole numbers");
    }
    Shape shape;
    for (const double extent : json.numbers) {
      if (!(extent >= 0.0 && extent <= 0x1p53) || extent != std::floor(extent)) {
        fail(path, "found " + to_text(extent) + ", expected whole numbers from 0 up");
      }
      shape.push_back(static_cast<std::size_t>(extent));
    }
    if (!bounded_product(shape)) {
      fail(path,
           to_string(shape) + " has more entries than the limit of " + std::to_string(max_entries));
    }
    return shape;
  }

  void read_labels(const Json& json, const std::string& path, trace::Tensor& tensor) const {
    each(json, path, "labels", [&](const Json& names, const std::string& here) {
      tensor.labels.push_back(names.kind == Kind::null ? Names{} : texts(names, here));
    });
    tensor.labels.resize(std::max(tensor.labels.size(), tensor.axes.size()));
    if (tensor.labels.size() > tensor.axes.size()) {
      fail(in(path, "labels"), "has " + counted(tensor.labels.size(), "list") + ", but there are " +
                                   std::to_string(tensor.axes.size()) + " axes");
    }
    for (std::size_t i = 0; i < tensor.labels.size(); ++i) {
      const std::size_t count = tensor.labels[i].size();
      if (count == 0 || count == tensor.shape[i]) continue;
      fail(in(path, "labels[" + std::to_string(i) + "]"), "has " + counted(count, "text") +
                                                              ", but the axis has extent " +
                                                              std::to_string(tensor.shape[i]));
    }
  }

  void read_values(const Json& json, const std::string& path, trace::Tensor& tensor) const {
    if (json.kind == Kind::list && json.size() == 0) return;  // not computed
    tensor.values.reserve(bounded_product(tensor.shape).value());
    append_values(json, path, tensor, 0);
  }

  void append_values(const Json& json, const std::string& path, trace::Tensor& tensor,
                     std::size_t axis) const {
    if (axis == tensor.shape.size()) {
      if (json.kind == Kind::list) {
        fail(path, "found a list, expected a number: the shape is " + to_string(tensor.shape));
      }
      return tensor.values.push_back(number(json, path));
    }
    if (json.kind != Kind::list) {
      fail(path, "found " + describe(json) + ", expected a list: the shape is " +
                     to_string(tensor.shape));
    }
    const std::size_t count = json.size();
    if (count != tensor.shape[axis]) {
      if (axis == 0 && json.items.empty() && tensor.shape.size() > 1) {
        fail(path, "found " + counted(count, "number") + " in a row, expected " +
                       counted(tensor.shape[0], "list") + ": the shape is " +
                       to_string(tensor.shape));
      }
      fail(path, "has " + counted(count, "value") + ", expected " +
                     std::to_string(tensor.shape[axis]) + ": the shape is " +
                     to_string(tensor.shape));
    }
    if (axis + 1 == tensor.shape.size() && json.items.empty()) {
      tensor.values.insert(tensor.values.end(), json.numbers.begin(), json.numbers.end());
      return;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const std::string here = path + "[" + std::to_string(i) + "]";
      if (json.items.empty()) {
        fail(here, "found the number " + to_text(json.numbers[i]) +
                       ", expected a list: the shape is " + to_string(tensor.shape));
      }
      append_values(json.items[i], here, tensor, axis + 1);
    }
  }

  double number(const Json& json, const std::string& path) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (json.kind == Kind::number) return json.number;
    if (json.kind == Kind::text && json.text == "inf") return infinity;
    if (json.kind == Kind::text && json.text == "-inf") return -infinity;
    if (json.kind == Kind::text && json.text == "nan") {
      return std::numeric_limits<double>::quiet_NaN();
    }
    fail(path, "found " + describe(json) + ", expected a number, \"inf\", \"-inf\" or \"nan\"");
  }

  trace::Plot read_plot(const Json& json, const std::string& path) {
    keys(json, path, {"series"}, {"title"});
    trace::Plot plot;
    plot.title = text(json, path, "title");
    each(json, path, "series", [&](const Json& series, const std::string& here) {
      keys(series, here, {"x", "y"}, {"label", "mark"});
      trace::Series read;
      read.label = text(series, here, "label");
      read.x = text(series, here, "x");
      read.y = text(series, here, "y");
      const std::string mark = text(series, here, "mark");
      if (mark == "line") {
        read.mark = trace::Series::Mark::line;
      } else if (!mark.empty() && mark != "points") {
        fail(in(here, "mark"), "found " + quote(mark) + ", expected \"points\" or \"line\"");
      }
      if (!read.x.empty()) wanted_.emplace_back(here, read.x);  // else 0, 1, 2, …
      wanted_.emplace_back(here, read.y);
      plot.series.push_back(std::move(read));
    });
    return plot;
  }

  void check_plots(const trace::Trace&) const {
    for (const auto& [path, name] : wanted_) {
      // "kernels.prediction[boxcar]" is a column of it
      const bool column = name.ends_with("]") && names_.contains(name.substr(0, name.find('[')));
      if (names_.contains(name) || column) continue;
      fail(path, "no tensor of the trace is called " + quote(name));
    }
  }

  const std::string &text_, &file_;
  std::set<std::string> ids_, names_;
  std::vector<std::pair<std::string, std::string>> wanted_;  ///< tensors that plots name
};

}  // namespace

trace::Trace trace_from_json(const std::string& text, const std::string& file) {
  return TraceReader(text, file).read(parse_json(text, file));
}

trace::Trace read_trace(const std::string& path) {
  constexpr std::uintmax_t largest = std::uintmax_t{4} << 30;
  return trace_from_json(read_file(path, largest), path);
}

}  // namespace attn::io
