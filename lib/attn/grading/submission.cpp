#include "attn/grading/submission.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "attn/grading/inbox/file_names.hpp"
#include "attn/grading/inbox/opened.hpp"
#include "attn/grading/inbox/plain_files.hpp"
#include "attn/grading/report/words.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;
using File = Opened::File;

/// So many files of one name are read, to see whether they are the same.
constexpr std::size_t most_compared = 20;

const std::string usual_folder = "lib/attn/mechanisms/";

std::string named(const std::vector<File>& files) {
  constexpr std::size_t most = 4;
  std::string text;
  for (std::size_t n = 0; n < std::min(files.size(), most); ++n) {
    text += (n == 0 ? "" : n + 1 == files.size() ? " and " : ", ") + file_text(files[n].name);
  }
  return files.size() > most ? text + fmt::format(" and {} more", files.size() - most) : text;
}

/// A chapter may be called as its mechanism is: chapters/bahdanau.cpp is part of the tree.
bool is_of_chapter(const std::string& file) {
  const std::string folder = '/' + fs::path(file).parent_path().string();
  return folder.ends_with("/chapters") || folder.ends_with("/chapters/parts");
}

/// Looks for the source of one mechanism after another.
class Finder {
 public:
  Finder(Opened& opened, const Sources& known, Taken& taken)
      : opened_(opened), known_(known), taken_(taken) {}

  /// Returns false if there is none, without a word.
  bool take(const std::string& mechanism) {
    const std::string file = mechanism + ".cpp";
    std::vector<File> others;
    for (const std::vector<File>& candidates : ranked(mechanism)) {
      if (candidates.empty()) continue;
      if (!others.empty() || taken_.sources.contains(mechanism) || failed_) {
        others.insert(others.end(), candidates.begin(), candidates.end());
        continue;
      }
      std::optional<std::string> text = text_of(candidates, file);
      if (!text) {
        failed_ = true;
        continue;
      }
      const File& from = candidates.front();
      if (base_name(from.name) != file) {
        taken_.notes.push_back(file + " is taken from " + file_text(from.name));
      }
      taken_.sources[mechanism] = std::move(*text);
    }
    const bool found = std::exchange(failed_, false) || taken_.sources.contains(mechanism);
    if (taken_.sources.contains(mechanism)) say_unused(mechanism, others);
    return found;
  }

  /// Says that there is none, with what it may have been.
  void miss(const std::string& mechanism, const std::vector<File>& archives) {
    std::string text = "there is no " + mechanism + ".cpp";
    std::vector<File> near;
    for (const File& file : opened_.files()) {
      if (name_likeness(base_name(file.name), mechanism) != Likeness::near) continue;
      if (!is_of_chapter(file.name) && !is_another(file.name, mechanism)) near.push_back(file);
    }
    if (!near.empty()) {
      text += "; " + named(near) + (near.size() == 1 ? " looks like it" : " look like it");
    } else if (archives.size() > 1) {
      text += "; " + named(archives) + " were not opened, expected one archive";
    }
    taken_.problems.push_back(text);
  }

 private:
  /// Candidates of the first kind, the second, and so on.
  std::vector<std::vector<File>> ranked(const std::string& mechanism) {
    const std::string usual = usual_folder + mechanism + ".cpp";
    std::vector<std::vector<File>> ranks(4);
    if (!opened_.folder().empty()) {
      // Whatever it is: a link in this place is no reason to look elsewhere.
      std::error_code ignored;
      const std::string path = opened_.folder() + '/' + usual;
      if (fs::exists(fs::symlink_status(path, ignored))) ranks[0].push_back({usual, path});
    }
    for (const File& file : opened_.files()) {
      if (!ranks[0].empty() && file.path == ranks[0].front().path) continue;
      if (is_of_chapter(file.name)) continue;
      if (file.name == usual) {
        ranks[0].push_back(file);
      } else if (file.name.ends_with('/' + usual)) {
        ranks[1].push_back(file);
      } else {
        const Likeness like = name_likeness(base_name(file.name), mechanism);
        if (like == Likeness::exact) ranks[2].push_back(file);
        if (like == Likeness::decorated && !is_another(file.name, mechanism)) {
          ranks[3].push_back(file);
        }
      }
    }
    return ranks;
  }

  /// Is it the source or the header of another mechanism, or some other part of the tree? Each
  /// source of that has its header beside it.
  bool is_another(const std::string& file, const std::string& mechanism) {
    const std::string_view base = base_name(file);
    const std::string stem(base.substr(0, base.rfind('.')));
    if (stem != mechanism && known_.contains(stem)) return true;
    const std::string folder = file.substr(0, file.size() - base.size());
    if (base.ends_with(".hpp")) return ('/' + folder).ends_with('/' + usual_folder);
    for (; seen_ < opened_.files().size(); ++seen_) {
      const std::string& other = opened_.files()[seen_].name;
      if (other.ends_with(".hpp")) headers_.insert(other);
    }
    return headers_.contains(folder + stem + ".hpp");
  }

  /// Of the only candidate, or of several that are the same.
  std::optional<std::string> text_of(const std::vector<File>& candidates, const std::string& file) {
    std::optional<std::string> text;
    const auto too_many = [&] {
      taken_.problems.push_back(fmt::format("there are {} files that could be {}: {}; expected one",
                                            candidates.size(), file, named(candidates)));
      return std::nullopt;
    };
    if (candidates.size() > most_compared) return too_many();
    for (const File& candidate : candidates) {
      std::string why;
      std::optional<std::string> one;
      if (!opened_.folder().empty() && goes_through_a_link(opened_.folder(), candidate.name)) {
        why = "is behind a symbolic link";
      } else {
        one = read_or_refuse(candidate, why);
      }
      if (!one) {
        taken_.problems.push_back(file_text(candidate.name) + ' ' + why);
        return std::nullopt;
      }
      if (text && *text != *one) return too_many();
      text = std::move(one);
    }
    return text;
  }

  static std::optional<std::string> read_or_refuse(const File& file, std::string& why) {
    try {
      return read_plain(file.path, largest_submitted_file, why);
    } catch (const Unreadable& error) {
      throw Unreadable(file_text(file.name) + ' ' + error.what());
    }
  }

  /// Names what could have been meant as well, if it says something else.
  void say_unused(const std::string& mechanism, const std::vector<File>& others) {
    std::vector<File> different;
    for (const File& other : others) {
      std::string why;
      std::optional<std::string> text;
      try {
        if (others.size() <= most_compared)
          text = read_plain(other.path, largest_submitted_file, why);
      } catch (const Unreadable&) {  // it is not needed
      }
      if (text != taken_.sources[mechanism]) different.push_back(other);
    }
    if (different.empty()) return;
    taken_.notes.push_back(fmt::format("for {}.cpp {} {} not used", mechanism, named(different),
                                       different.size() == 1 ? "is" : "are"));
  }

  Opened& opened_;
  const Sources& known_;
  Taken& taken_;
  bool failed_ = false;
  std::set<std::string> headers_;  ///< among the first `seen_` files
  std::size_t seen_ = 0;
};

/// Throws where something could be in a folder that we may not read.
void expect_all_read(const Opened& opened) {
  if (opened.closed().empty()) return;
  throw Unreadable(file_text(opened.closed().front()) + " cannot be read");
}

/// The folder in which everything lies, with its stroke; or "".
std::string common_folder(const std::vector<File>& files) {
  const std::size_t end = files.empty() ? std::string::npos : files.front().name.find('/');
  if (end == std::string::npos) return "";
  const std::string folder = files.front().name.substr(0, end + 1);
  const bool common = std::all_of(files.begin(), files.end(),
                                  [&](const File& file) { return file.name.starts_with(folder); });
  return common ? folder : "";
}

/// Does a word of the command look like a file of the submission?
bool may_be_file(const std::string& word) {
  return !word.starts_with("/") && !word.starts_with("-") && word.find('{') == std::string::npos &&
         fs::path(word).has_extension();
}

/// Sees to it that the files of a command are there under the names that it has for them.
void mend_names(std::vector<File>& files, const std::vector<std::string>& command,
                std::vector<std::string>& notes) {
  const auto there = [&](const std::string& word) {
    return std::any_of(files.begin(), files.end(),
                       [&](const File& file) { return file.name == word; });
  };
  for (const std::string& command_word : command) {
    const std::string word = fs::path(command_word).lexically_normal().string();
    if (!may_be_file(word) || there(word)) continue;
    for (std::string folder = common_folder(files); !folder.empty() && !there(word);
         folder = common_folder(files)) {
      for (File& file : files) file.name.erase(0, folder.size());
    }
    std::vector<std::size_t> like;
    for (std::size_t n = 0; n < files.size() && !there(word); ++n) {
      const std::string folder = fs::path(word).parent_path().string();
      if (fs::path(files[n].name).parent_path() == folder &&
          is_decorated(base_name(files[n].name), base_name(word))) {
        like.push_back(n);
      }
    }
    if (like.size() > 1) {
      notes.push_back(fmt::format("there are {} files that could be {}: expected one", like.size(),
                                  file_text(word)));
    } else if (like.size() == 1) {
      notes.push_back(file_text(word) + " is taken from " + file_text(files[like.front()].name));
      files[like.front()].name = word;
    }
  }
}

}  // namespace

Submission::Submission(const std::string& where) {
  fs::path full = fs::absolute(where).lexically_normal();
  if (!full.has_filename()) full = full.parent_path();
  path = full.string();
  name = full.filename().string();
  std::error_code ignored;
  if (fs::is_regular_file(fs::symlink_status(full, ignored)) && is_archive_name(name)) {
    name = without_archive_end(name);
  }
}

Taken take_sources(const Submission& submission, const std::vector<std::string>& wanted,
                   const Sources& known, Guard guard) {
  Taken taken;
  Opened opened(submission, guard);
  Finder finder(opened, known, taken);
  std::vector<std::string> missing;
  for (const std::string& mechanism : wanted) {
    if (!finder.take(mechanism)) missing.push_back(mechanism);
  }
  if (!missing.empty()) {
    const std::vector<File> archives = opened.archives();
    if (archives.size() == 1) {
      opened.unpack(archives.front());
      std::erase_if(missing, [&](const std::string& mechanism) { return finder.take(mechanism); });
    }
    if (!missing.empty()) expect_all_read(opened);
    if (opened.files().empty() && opened.problems().empty()) {
      taken.problems.emplace_back("it has no files");
    } else if (!opened.files().empty()) {
      for (const std::string& mechanism : missing) finder.miss(mechanism, archives);
    }
  }
  taken.problems.insert(taken.problems.begin(), opened.problems().begin(), opened.problems().end());
  taken.notes.insert(taken.notes.end(), opened.notes().begin(), opened.notes().end());
  return taken;
}

std::vector<std::string> copy_plain_files(const Submission& from, const std::string& to,
                                          Guard guard, const std::vector<std::string>& command) {
  Opened opened(from, guard);
  std::vector<File> files = opened.files();
  if (files.size() == 1 && is_archive_name(files.front().name)) {
    const File archive = files.front();
    opened.unpack(archive);
    files.clear();
    for (File file : opened.files()) {
      if (file.path == archive.path) continue;
      file.name.erase(0, archive.name.size() + 1);
      files.push_back(std::move(file));
    }
  }
  expect_all_read(opened);
  std::vector<std::string> notes = opened.problems();
  notes.insert(notes.end(), opened.notes().begin(), opened.notes().end());
  mend_names(files, command, notes);
  // The code is small, and what is left out is the data.
  std::vector<std::pair<std::uintmax_t, File>> by_size;
  for (const File& file : files) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file.path, error);
    by_size.emplace_back(error ? 0 : size, file);
  }
  std::stable_sort(by_size.begin(), by_size.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::uintmax_t bytes = 0;
  for (const auto& [size, file] : by_size) {
    bytes += size;
    std::string why;
    if (bytes > most_copied_bytes) {
      notes.push_back(fmt::format("{} is left out: with it there are more than {} MiB",
                                  file_text(file.name), most_copied_bytes >> 20U));
      continue;
    }
    if (!copy_plain(file.path, (fs::path(to) / file.name).string(), why)) {
      notes.push_back(file_text(file.name) + " is left out: it " + why);
    }
  }
  return notes;
}

void add_plain_files(const Submission& submission, Hash& hash) {
  const auto add = [&](const std::string& name, const std::string& path) {
    hash.add(name);
    std::string why;
    if (!add_plain(path, hash, why)) hash.add(why);
  };
  for (const Submission::Loose& loose : submission.loose) add(loose.file, loose.path);
  std::error_code error;
  if (submission.path.empty()) return;
  if (!fs::is_directory(fs::symlink_status(submission.path, error))) {
    add("", submission.path);
    return;
  }
  const FilesBelow below = files_below(submission.path);
  std::uintmax_t bytes = 0;
  for (const std::string& file : below.files) {
    const std::string path = submission.path + '/' + file;
    const std::uintmax_t size = fs::file_size(path, error);
    bytes += error ? 0 : size;
    // Nobody changes data of that size without changing its length.
    if (bytes > most_copied_bytes) {
      hash.add(fmt::format("{} {}", file, size));
    } else {
      add(file, path);
    }
  }
  for (const std::string& closed : below.closed) hash.add(closed);
}

}  // namespace attn::grading
