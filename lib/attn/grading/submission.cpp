#include "attn/grading/submission.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <optional>
#include <string_view>

#include "attn/io/output.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

/// The text of a plain file, or why there is none.
std::optional<std::string> read_plain(const std::string& path, std::string& why) {
  // Without O_NONBLOCK a pipe would keep us waiting for somebody to write into it.
  const int file = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) {
    why = errno == ELOOP ? "is a symbolic link" : "cannot be read";
    return std::nullopt;
  }
  struct stat status {};
  std::optional<std::string> text;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    why = "is not a plain file";
  } else if (status.st_size > static_cast<off_t>(largest_submitted_file)) {
    why = fmt::format("has more than {} bytes", largest_submitted_file);
  } else {
    text.emplace(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t all = 0;
    for (ssize_t got = 1; got > 0 && all < text->size();) {
      got = read(file, text->data() + all, text->size() - all);
      all += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    text->resize(all);
  }
  close(file);
  return text;
}

/// Every plain file below the folder, relative to it; links to folders are not entered.
std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (std::size_t n = 0; !error && at != fs::end(at) && n < most_submitted_files; ++n) {
    std::error_code ignored;
    if (at->symlink_status(ignored).type() == fs::file_type::regular) {
      files.push_back(at->path().lexically_relative(folder).string());
    }
    if (at.depth() > 16) at.disable_recursion_pending();
    at.increment(error);
  }
  return files;
}

/// Is any folder on the way to the file a link?
bool goes_through_a_link(const std::string& folder, const std::string& file) {
  fs::path path = folder;
  for (const fs::path& part : fs::path(file).parent_path()) {
    path /= part;
    std::error_code ignored;
    if (fs::is_symlink(path, ignored)) return true;
  }
  return false;
}

/// The place of a mechanism's source in the submission, or "".
std::string place_of(const std::string& folder, const std::vector<std::string>& files,
                     const std::string& mechanism, std::string& why) {
  const std::string usual = "lib/attn/mechanisms/" + mechanism + ".cpp";
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(fs::path(folder) / usual, ignored);
  if (fs::exists(status)) {
    if (!goes_through_a_link(folder, usual)) return usual;
    why = usual + " is behind a symbolic link";
    return "";
  }
  std::vector<std::string> found;
  for (const std::string& file : files) {
    if (fs::path(file).filename() == mechanism + ".cpp") found.push_back(file);
  }
  if (found.size() == 1) return found.front();
  why = found.empty() ? "there is no " + mechanism + ".cpp"
                      : fmt::format("there are {} files {}.cpp", found.size(), mechanism);
  return "";
}

/// By hand: a regular expression goes as deep into the stack as a hostile line is long.
std::vector<std::string> mechanisms_included(std::string_view text) {
  constexpr std::string_view word = "include";
  constexpr std::string_view folder = "\"attn/mechanisms/";
  const auto skip_space = [](std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  };
  std::vector<std::string> names;
  for (std::size_t at = text.find('#'); at < text.size(); at = text.find('#', at + 1)) {
    std::string_view rest = text.substr(at + 1);
    skip_space(rest);
    if (!rest.starts_with(word)) continue;
    rest.remove_prefix(word.size());
    skip_space(rest);
    if (!rest.starts_with(folder)) continue;
    rest.remove_prefix(folder.size());
    const std::size_t end = rest.find_first_of(".\"\n");
    if (end < rest.size() && rest.substr(end).starts_with(".hpp\"")) {
      names.emplace_back(rest.substr(0, end));
    }
  }
  return names;
}

}  // namespace

Taken take_sources(const std::string& folder, const std::vector<std::string>& wanted,
                   const Sources& known) {
  Taken taken;
  std::error_code ignored;
  if (fs::is_symlink(folder, ignored)) {
    taken.problems.emplace_back("it is a symbolic link");
    return taken;
  }
  const std::vector<std::string> files = files_below(folder);
  std::deque<std::string> open(wanted.begin(), wanted.end());
  std::size_t looked_at = 0;
  while (!open.empty()) {
    const std::string mechanism = open.front();
    open.pop_front();
    const bool asked_for = looked_at++ < wanted.size();
    if (taken.sources.contains(mechanism)) continue;
    std::string why;
    const std::string place = place_of(folder, files, mechanism, why);
    std::optional<std::string> text;
    if (!place.empty()) {
      text = read_plain(folder + "/" + place, why);
      if (!text) why = place + " " + why;
    }
    if (!text) {
      if (asked_for) taken.problems.push_back(why);
      continue;
    }
    for (const std::string& included : mechanisms_included(*text)) {
      if (known.contains(included)) open.push_back(included);
    }
    taken.sources[mechanism] = std::move(*text);
  }
  return taken;
}

namespace {

/// Calls `use(file, its text)` for the plain files of a submission, and returns what was left out.
template <class Use>
std::vector<std::string> for_plain_files(const std::string& folder, Use&& use) {
  std::vector<std::string> left_out;
  std::size_t bytes = 0;
  constexpr std::size_t most_bytes = std::size_t{64} << 20;
  std::vector<std::string> files = files_below(folder);
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    std::string why;
    const std::optional<std::string> text = read_plain(folder + "/" + file, why);
    if (!text || bytes + text->size() > most_bytes) {
      left_out.push_back(file + " " + (text ? "is too much in all" : why));
      continue;
    }
    bytes += text->size();
    use(file, *text);
  }
  return left_out;
}

}  // namespace

std::vector<std::string> copy_plain_files(const std::string& from, const std::string& to) {
  return for_plain_files(from, [&](const std::string& file, const std::string& text) {
    const fs::path place = fs::path(to) / file;
    fs::create_directories(place.parent_path());
    io::write_file(place.string(), text);
    std::error_code ignored;  // a program may be one that is run
    if ((fs::status(from + "/" + file, ignored).permissions() & fs::perms::owner_exec) !=
        fs::perms::none) {
      fs::permissions(place, fs::perms::owner_exec, fs::perm_options::add, ignored);
    }
  });
}

void add_plain_files(const std::string& folder, Hash& hash) {
  const std::vector<std::string> left_out = for_plain_files(
      folder, [&](const std::string& file, const std::string& text) { hash.add(file).add(text); });
  for (const std::string& file : left_out) hash.add(file);
}

}  // namespace attn::grading
