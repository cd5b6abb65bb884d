#include "attn/io/files.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "attn/io/fault.hpp"

namespace attn::io {
namespace {

namespace fs = std::filesystem;

std::string size_text(std::uintmax_t bytes) {
  constexpr std::uintmax_t mebibyte = std::uintmax_t{1} << 20;
  return bytes < mebibyte ? std::to_string(bytes) + " bytes"
                          : std::to_string(bytes / mebibyte) + " MiB";
}

}  // namespace

std::string read_file(const std::string& path, std::uintmax_t most) {
  const auto refuse = [&](const std::string& why) { return InputError({path}, why); };
  if (path.find('\0') != std::string::npos) throw refuse("the name of the file has a NUL byte");
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) throw refuse("no such file");
  if (error) throw refuse("cannot be read: " + error.message());
  if (status.type() == fs::file_type::directory) throw refuse("is a folder, expected a file");
  if (status.type() != fs::file_type::regular) {
    throw refuse("is not a regular file (but a device, a pipe or a socket)");
  }
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) throw refuse("cannot be read: " + error.message());
  if (size > most)
    throw refuse("has " + size_text(size) + ", more than the limit of " + size_text(most));

  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw refuse(std::string("cannot be read: ") + std::strerror(errno));
  std::string text(size, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(size));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (stream.bad()) throw refuse(std::string("cannot be read: ") + std::strerror(errno));
  return text;
}

}  // namespace attn::io
