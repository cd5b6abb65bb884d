/// The exercises of this checkout.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "attn/grading/assignment.hpp"
#include "attn/grading/library.hpp"
#include "attn/io/source.hpp"

namespace attn::grading::test {

inline const std::string root = ATTN_SOURCE_DIR;

/// Every table of chapters/exercises, by its chapter's name.
inline std::vector<Assignment> all_tables() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(root + "/chapters/exercises")) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Assignment> tables;
  for (const std::string& path : paths) {
    tables.push_back(assignment_from_yaml(io::read_source(path)));
  }
  return tables;
}

/// A chapter as its files have it: "scaled-dot-product" and scaled_dot_product.
struct ChapterName {
  std::string name;
  std::string stem() const { return stem_of(name); }
};

/// The chapters that have exercises.
inline std::vector<ChapterName> all_names() {
  std::vector<ChapterName> names;
  for (const Assignment& table : all_tables()) names.push_back({table.chapter});
  return names;
}

}  // namespace attn::grading::test
