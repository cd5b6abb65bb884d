/// From a document to a Config, in the order in which one thing needs another: sections and names,
/// values, extents of the axes, the tensors whose shapes follow from them, rules between fields.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "attn/io/config.hpp"
#include "attn/io/config/axes.hpp"
#include "attn/io/config/faults.hpp"
#include "attn/io/config/tensors.hpp"
#include "attn/io/yaml.hpp"

namespace attn::io {

/// Why a document whose root is no map cannot be a config: it is empty, or a list, …
Fault not_a_config(const Source& source, const Node& root);

class Loader {
 public:
  Loader(const Source& source, const Schema& schema, const std::vector<Override>& overrides,
         const std::set<std::string>& left_out);

  /// \throws InputError with every fault.
  Config load();

 private:
  /// A field that is given, or whose fallback stands in.
  struct Given {
    const FieldSpec* field;
    Node node;
    bool fallback = false;
  };

  void parse();
  void change_axes();
  void read_root();
  void read_section(const Node& map, const std::string& prefix);
  void read_chapter(const Node* chapter);
  void read_title(const Node* title);
  void note_place(const std::string& path, const Node& node);
  void add_absent_fields();
  void put_in_order();
  void read_values();
  void bind_axes();
  void settle_drafts();
  bool settle_what_is_known();
  bool take_replaced_shape();
  bool take_axis_default();
  bool settle(const Given& given, Draft& draft);
  bool awaits(const std::string& axis) const;
  void explain_unsettled(const Given& given);
  void check_counts();
  void check_words();
  void check_different(const FieldSpec& vocabulary);
  void check_tokens(const Given& given);
  void check_integers(const Given& given);
  void check_sizes();
  void fill_in();

  std::vector<std::string> names_under(const std::string& prefix) const;
  std::string folder_of(const Node& node) const;

  const Source& source_;
  Schema schema_;  ///< of this config: some axes depend on which fields are given, and how
  const std::vector<Override>& overrides_;
  const std::set<std::string>& left_out_;
  Node root_;
  std::vector<Given> given_;
  std::map<std::string, Draft> drafts_;
  std::map<std::string, Shape> replaced_;  ///< of tensors of the file that --set stands in for
  std::map<std::string, Node> sections_;   ///< the key of each that is there
  std::set<std::string> malformed_;        ///< sections that are no maps
  Axes axes_;
  Faults faults_;
  Config config_;
};

}  // namespace attn::io
