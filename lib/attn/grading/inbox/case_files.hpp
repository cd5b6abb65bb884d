/// A folder of cases.
#pragma once

#include <string>
#include <vector>

namespace attn::grading {

struct CaseFile {
  std::string name;  ///< "scaled-dot-product-01", every name once
  std::string path;
};

struct CaseFiles {
  std::vector<CaseFile> files;    ///< by name
  std::vector<std::string> told;  ///< what is no case, for standard error
};

/// The configs NAME.yaml and NAME.yml of a folder, without what is hidden. Where both are there,
/// the case of NAME.yml is called so in full.
/// \throws io::InputError if the folder cannot be read, has no case, or a case is no readable YAML
/// or has answers in it (`expect:`): submissions are given the config
CaseFiles case_files_in(const std::string& folder);

}  // namespace attn::grading
