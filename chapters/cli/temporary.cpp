#include "chapters/cli/temporary.hpp"

#include <unistd.h>

#include <filesystem>

#include "attn/io/fault.hpp"

namespace attn::cli {

Temporary::Temporary() {
  std::error_code error;
  std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  if (error) folder = "/tmp";
  path_ = (folder / "attn-XXXXXX").string();
  if (mkdtemp(path_.data()) == nullptr) {
    throw io::InputError(io::Place{.source = folder.string()}, "cannot make a folder in it");
  }
}

Temporary::~Temporary() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace attn::cli
