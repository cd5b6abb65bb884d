/// A folder for files that nobody keeps.
#pragma once

#include <string>

namespace attn::cli {

/// In the system's temporary folder, for our eyes only; gone with the object.
class Temporary {
 public:
  Temporary();
  ~Temporary();
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace attn::cli
