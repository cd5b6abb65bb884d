#include "attn/grading/object_cache.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>

#include "attn/grading/access.hpp"
#include "attn/grading/hash.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_kept = std::uintmax_t{64} << 20;

}  // namespace

ObjectCache::ObjectCache(std::string folder) : folder_(std::move(folder)) {
  fs::create_directories(folder_);
  fs::permissions(folder_, access::passed);
  for (const fs::path& entry : older_than(std::chrono::hours(1))) {
    std::error_code ignored;  // what somebody left who was killed
    if (entry.filename().string().starts_with(".")) fs::remove_all(entry, ignored);
  }
}

void ObjectCache::forget(std::chrono::seconds age) const {
  for (const fs::path& entry : older_than(age)) {
    std::error_code ignored;
    fs::remove_all(entry, ignored);
  }
}

std::vector<fs::path> ObjectCache::older_than(std::chrono::seconds age) const {
  std::vector<fs::path> old;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    std::error_code error;
    const auto passed = fs::file_time_type::clock::now() - entry.last_write_time(error);
    if (!error && passed > age) old.push_back(entry.path());
  }
  return old;
}

std::optional<Compiled> ObjectCache::find(const std::string& name, const std::string& text) const {
  const fs::path entry = fs::path(folder_) / Hash().add(name).add(text).text();
  std::error_code error;
  if (!fs::exists(entry / "source", error)) return std::nullopt;
  // Whoever looks for two texts of one hash finds some.
  if (io::read_file((entry / "source").string(), largest_kept) != text) return std::nullopt;
  const fs::path object = entry / (name + ".o");
  if (fs::exists(object, error)) return Compiled{object.string(), ""};
  return Compiled{"", io::read_file((entry / "said").string(), largest_kept)};
}

Compiled ObjectCache::add(const std::string& name, const std::string& text,
                          const std::string& object, const std::string& said) const {
  static std::atomic<unsigned> count{0};
  const fs::path part = fs::path(folder_) / fmt::format(".{}-{}", getpid(), count++);
  fs::create_directory(part);
  fs::permissions(part, access::closed);
  io::write_file((part / "source").string(), text);
  fs::permissions(part / "source", fs::perms::owner_read | fs::perms::owner_write);
  const fs::path file = part / (object.empty() ? "said" : name + ".o");
  io::write_file(file.string(), object.empty() ? said : object);
  fs::permissions(
      file, object.empty() ? fs::perms::owner_read | fs::perms::owner_write : access::readable);
  fs::permissions(part, access::passed);
  const fs::path entry = fs::path(folder_) / Hash().add(name).add(text).text();
  std::error_code error;
  fs::rename(part, entry, error);
  if (!error) return {object.empty() ? "" : (entry / (name + ".o")).string(), said};
  // Somebody else was faster, or it is another text with the same hash, which keeps its place.
  if (std::optional<Compiled> other = find(name, text)) {
    fs::remove_all(part, error);
    return std::move(*other);
  }
  return {object.empty() ? "" : file.string(), said};
}

}  // namespace attn::grading
