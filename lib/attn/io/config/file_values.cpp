#include <algorithm>
#include <cmath>
#include <filesystem>

#include "attn/core/shape_error.hpp"
#include "attn/io/config/numbers.hpp"
#include "attn/io/config/tensors.hpp"
#include "attn/io/config/words.hpp"
#include "attn/io/npy.hpp"
#include "attn/io/suggestions.hpp"

namespace attn::io {

using attn::to_string;  // of a shape
using Entries = LiteralRule::Entries;

std::optional<Array> read_file_value(const Node& node, const std::string& name,
                                     const std::string& folder, Entries entries, Faults& faults) {
  if (!node.is_scalar() || node.text.empty()) {
    faults.add(node,
               name + ".file: found " + describe(node) + ", expected the name of a .npy file");
    return std::nullopt;
  }
  const auto refuse = [&](const std::string& what) {
    faults.add(node, name + ": " + node.text + ": " + what);
    return std::nullopt;
  };
  Npy npy;
  try {
    npy = read_npy((std::filesystem::path(folder) / node.text).string());
  } catch (const InputError& error) {
    return refuse(error.faults().front().message);
  }
  if (npy.values.empty()) return refuse("has shape " + to_string(npy.shape) + " and no entries");
  for (std::size_t i = 0; i < npy.values.size(); ++i) {
    const double value = npy.values[i];
    if (may_be(value, entries)) continue;
    return refuse("entry (" + cell_text(i, npy.shape) + ") is " + to_text(value) + ", expected " +
                  entry_in_words(entries));
  }
  return Array{std::move(npy.shape), std::move(npy.values)};
}

void check_keys(const Node& map, const std::string& name, const std::vector<std::string>& allowed,
                Faults& faults) {
  for (const Entry& entry : map.entries) {
    if (std::find(allowed.begin(), allowed.end(), entry.key.text) != allowed.end()) continue;
    faults.add(entry.key,
               "unknown key " + name + "." + entry.key.text + suggestion(entry.key.text, allowed));
  }
}

}  // namespace attn::io
