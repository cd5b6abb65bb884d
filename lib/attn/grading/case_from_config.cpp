#include <fmt/format.h>

#include <cmath>

#include "attn/grading/cases.hpp"
#include "attn/grading/flow_yaml.hpp"
#include "attn/io/config.hpp"
#include "attn/io/yaml.hpp"

namespace attn::grading {
namespace {

/// Writes a config again.
class Rewriter {
 public:
  Rewriter(const io::Config& config, const io::Schema& schema) : config_(config), schema_(schema) {}

  /// The members of a map, each in lines of its own.
  std::string block(const io::Node& map, const std::string& path, std::size_t indent) const {
    std::string text;
    for (const io::Entry& entry : map.entries) {
      const std::string& key = entry.key.text;
      if (path.empty() && (key == "expect" || key == "chapter" || key == "title")) continue;
      const std::string inner = path.empty() ? key : path + "." + key;
      const io::FieldSpec* field = field_at(inner);
      const bool section = field == nullptr && entry.value.is_map();
      text += std::string(indent, ' ') + flow_yaml(entry.key) + ":";
      if (section) {
        text += "\n" + block(entry.value, inner, indent + 2);
      } else {
        const bool tensor =
            field != nullptr && (field->type == io::Type::tensor || field->type == io::Type::mask);
        text += " " +
                (tensor && entry.value.is_map() ? written_out(*field) : flow_yaml(entry.value)) +
                "\n";
      }
    }
    return text;
  }

 private:
  const io::FieldSpec* field_at(const std::string& path) const {
    for (const io::FieldSpec& field : schema_.fields) {
      if (field.path == path) return &field;
    }
    return nullptr;
  }

  /// A tensor whose numbers come from elsewhere.
  std::string written_out(const io::FieldSpec& field) const {
    if (field.type == io::Type::mask) {
      const Mask mask = config_.mask(field.path);
      return nested({mask.shape(0), mask.shape(1)}, 0,
                    [&, at = std::size_t{0}]() mutable -> std::string {
                      return mask.data()[at++] ? "true" : "false";
                    });
    }
    const auto numbers = [&](const auto& tensor) {
      return nested(shape_of(tensor), 0, [&, at = std::size_t{0}]() mutable {
        const double number = tensor.data()[at++];
        return std::isinf(number) ? std::string("-.inf") : fmt::format("{}", number);
      });
    };
    const std::size_t axes = config_.axes_of(field.path);
    if (axes == 1) return numbers(config_.vector(field.path));
    if (axes == 2) return numbers(config_.matrix(field.path));
    return numbers(config_.tensor3(field.path));
  }

  template <class Next>
  static std::string nested(const Shape& shape, std::size_t axis, Next&& next) {
    if (axis == shape.size()) return next();
    std::string text = "[";
    for (std::size_t i = 0; i < shape[axis]; ++i) {
      text += (i == 0 ? "" : ", ") + nested(shape, axis + 1, next);
    }
    return text + "]";
  }

  const io::Config& config_;
  const io::Schema& schema_;
};

}  // namespace

CaseConfig case_from_config(const io::Source& source, const io::Schema& schema) {
  const io::Config config = io::load_config(source, schema, {});
  const io::Document document = io::parse_yaml(source);
  const std::string title = config.title().empty() ? source.name : config.title();
  return {source.name, fmt::format("chapter: {}\ntitle: {}\n", schema.chapter, quoted_yaml(title)) +
                           Rewriter(config, schema).block(document.root, "", 0)};
}

}  // namespace attn::grading
