#include "attn/io/yaml.hpp"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "attn/io/utf8.hpp"
#include "attn/io/yaml_errors.hpp"

namespace attn::io {
namespace {

std::size_t position_of(const YAML::Mark& mark) {
  return static_cast<std::size_t>(std::max(mark.pos, 0));
}

/// Builds the tree. A node is finished when its last child is; an anchor may be used only after.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::shared_ptr<const Text> source) : source_(std::move(source)) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) refuse(at(mark), second_document(source_->source(), position_of(mark)));
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { finish(at(mark), anchor); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = at(mark);
    node.kind = Node::Kind::scalar;
    node.quoted = tag == "!";
    node.text = value;
    check_tag(node, tag);
    if (tag != "?" && never_closed(source_->source(), position_of(mark)))
      refuse(node, not_closed_quotes());
    finish(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) refuse(at(mark), "this alias stands inside what it stands for");
    count(at(mark), known->second.nodes - 1);
    Node node = known->second.node;
    node.line = at(mark).line;
    node.column = at(mark).column;
    finish(std::move(node), 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  Document take() { return {std::move(root_), std::move(faults_)}; }
  std::vector<Fault>& faults() { return faults_; }

  /// Reports where and why the parser gave up.
  [[noreturn]] void fail(const YAML::Exception& error) {
    const Source& text = source_->source();
    const Node* const innermost = open_.empty() ? nullptr : &open_.back().node;
    const std::size_t position = position_of(error.mark);
    if (innermost != nullptr && position >= text.text.size() &&
        error.msg.find("flow") != std::string::npos) {
      refuse(*innermost, unclosed_at_end(*innermost));
    }
    Node node = at(error.mark);
    if (error.mark.is_null()) node.line = 0;
    const std::string message = syntax_message(error.msg, text, position, innermost);
    // The parser gives up behind the key; the tab stands before it.
    const std::optional<std::size_t> tab = tab_column(text, position);
    if (tab && message.ends_with(tab_message)) node.column = static_cast<std::uint32_t>(*tab);
    refuse(node, message);
  }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor = 0;
    std::size_t nodes_before = 0;
    bool has_key = false;  ///< a map: the key has come, its value has not
    Node key;
    std::unordered_map<std::string, std::uint32_t> lines;  ///< of the keys so far
  };
  struct Anchored {
    Node node;
    std::size_t nodes;
  };

  Node at(const YAML::Mark& mark) const {
    Node node;
    node.source = source_;
    node.line = static_cast<std::uint32_t>(std::max(mark.line, 0)) + 1;
    node.column = static_cast<std::uint32_t>(std::max(mark.column, 0)) + 1;
    return node;
  }

  void fault(const Node& node, std::string message) {
    constexpr std::size_t most = 100;
    if (faults_.size() >= most) return;
    faults_.push_back({node.place(), std::move(message)});
  }

  [[noreturn]] void refuse(const Node& node, std::string message) {
    fault(node, std::move(message));
    throw InputError(faults_);
  }

  void count(const Node& node, std::size_t more) {
    if (more > max_yaml_nodes - nodes_) {
      refuse(node, "more than " + std::to_string(max_yaml_nodes) +
                       " values, aliases written out; put large tensors into .npy files");
    }
    nodes_ += more;
  }

  void check_tag(const Node& node, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    fault(node, "the tag " + short_tag(tag) + " is not supported: write plain values");
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    Open frame;
    frame.node = at(mark);
    frame.node.kind = kind;
    frame.anchor = anchor;
    frame.nodes_before = nodes_;
    if (open_.size() == max_yaml_depth) refuse(frame.node, too_deep());
    check_tag(frame.node, tag);
    open_.push_back(std::move(frame));
  }

  void close() {
    Open frame = std::move(open_.back());
    open_.pop_back();
    const std::size_t inside = nodes_ - frame.nodes_before;
    finish(std::move(frame.node), frame.anchor, inside + 1);
  }

  void finish(Node node, YAML::anchor_t anchor, std::size_t nodes = 1) {
    count(node, 1);
    if (anchor != 0) {
      count(node, nodes);  // the copy that is kept
      anchors_[anchor] = {node, nodes};
    }
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.is_sequence()) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      parent.key = std::move(node);
      parent.has_key = true;
    } else {
      parent.has_key = false;
      add_entry(parent, std::move(node));
    }
  }

  void add_entry(Open& map, Node value) {
    const Node& key = map.key;
    if (!key.is_scalar()) return fault(key, "a key must be text, as in `key: value`");
    if (key.text == "<<" && !key.quoted) {
      return fault(key, "merge keys (<<) are not supported: write the entries out");
    }
    const auto [first, is_new] = map.lines.emplace(key.text, key.line);
    if (!is_new) return fault(key, duplicate_key(key.text, first->second));
    if (value.is_null() && value.line != key.line) {  // `key:` alone: the parser is lines further
      value.line = key.line;
      value.column = key.column;
    }
    map.node.entries.push_back({std::move(map.key), std::move(value)});
  }

  std::shared_ptr<const Text> source_;
  Node root_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  std::vector<Fault> faults_;
  std::size_t documents_ = 0, nodes_ = 0;
};

/// Every line ends with LF and no byte-order mark leads, so that places count alike everywhere.
Source normalised(const Source& source) {
  std::string_view text = source.text;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Source result{source.name, {}};
  result.text.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      result.text += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      result.text += '\n';
    }
  }
  return result;
}

}  // namespace

Place Node::place() const {
  if (source == nullptr) return {};
  if (line == 0) return {source->name()};
  return source->place(line, column);
}

const Node* Node::find(const std::string& key) const {
  for (const Entry& entry : entries) {
    if (entry.key.text == key) return &entry.value;
  }
  return nullptr;
}

Document parse_yaml(const Source& source) {
  if (auto fault = not_text(source)) throw InputError({*fault});
  const auto text = std::make_shared<const Text>(normalised(source));
  if (auto fault = too_many_values(text->source())) throw InputError({*fault});
  TreeBuilder builder(text);
  std::istringstream stream(text->text());
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::DeepRecursion&) {
    builder.faults().push_back({{text->name()}, too_deep()});
    throw InputError(builder.faults());
  } catch (const YAML::Exception& error) {
    builder.fail(error);
  }
  return builder.take();
}

}  // namespace attn::io
