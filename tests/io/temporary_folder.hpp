/// A folder for one test, gone when the test is.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace attn::io::test {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "attn-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }

  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(file(name), std::ios::binary) << bytes;
    return file(name);
  }

 private:
  std::filesystem::path path_;
};

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What `call` reports, with `hidden` (a folder) taken out; "" if nothing is wrong.
template <class Call>
std::string fault_of(Call&& call, const std::string& hidden = "") {
  try {
    call();
  } catch (const InputError& error) {
    std::string text = error.what();
    for (std::size_t i; !hidden.empty() && (i = text.find(hidden)) != std::string::npos;) {
      text.erase(i, hidden.size());
    }
    return text;
  }
  return "";
}

}  // namespace attn::io::test
