#include "attn/grading/inbox/submissions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "attn/grading/inbox/file_names.hpp"
#include "attn/grading/report/words.hpp"
#include "attn/io/fault.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

/// A folder such as .git is none; one that is called like a way out is somebody's.
bool is_hidden_name(const std::string& name) {
  return name.starts_with(".") && !name.starts_with("..");
}

/// What systems leave in every folder, and nobody misses.
bool is_of_no_interest(const std::string& name) {
  return name == ".DS_Store" || name == "Thumbs.db" || name == "desktop.ini" ||
         name == "__MACOSX" || name.starts_with("._");
}

class Sorter {
 public:
  void add(const fs::directory_entry& entry) {
    std::error_code ignored;
    const std::string name = entry.path().filename().string();
    if (is_of_no_interest(name)) return;
    // What a link leads to, or that it leads nowhere, is nothing that ends the batch.
    const fs::file_type type = entry.symlink_status(ignored).type();
    if (is_hidden_name(name)) {
      tell(name, "is hidden, and not graded");
    } else if (type == fs::file_type::directory || type == fs::file_type::symlink) {
      inbox_.submissions.emplace_back(entry.path().string());
    } else if (type != fs::file_type::regular) {
      tell(name, "is no plain file, and not graded");
    } else if (const auto of = student_in(name)) {
      loose_[of->student].push_back({entry.path().string(), of->file});
    } else if (is_archive_name(name)) {
      inbox_.submissions.emplace_back(entry.path().string());
    } else {
      others_.push_back(name);
    }
  }

  Inbox sorted() {
    for (auto& [student, files] : loose_) {
      std::sort(files.begin(), files.end(),
                [](const auto& a, const auto& b) { return a.path < b.path; });
      // Handed in twice, under two numbers: then nobody knows which is meant.
      std::map<std::string, std::size_t> count;
      for (const Submission::Loose& file : files) ++count[file.file];
      for (Submission::Loose& file : files) {
        if (count[file.file] > 1) file.file = fs::path(file.path).filename().string();
      }
      Submission one(student, std::move(files));
      // An archive is all that there is: its files need no folder more.
      if (one.loose.size() == 1 && is_archive_name(one.loose.front().file)) {
        one.path = one.loose.front().path;
        one.loose.clear();
      }
      inbox_.submissions.push_back(std::move(one));
    }
    keep_apart();
    tell_others();
    return std::move(inbox_);
  }

 private:
  void tell(const std::string& name, const std::string& what) {
    inbox_.told.push_back(file_text(name) + ' ' + what);
  }

  void tell_others() {
    constexpr std::size_t most = 10;
    std::sort(others_.begin(), others_.end());
    for (std::size_t n = 0; n < std::min(others_.size(), most); ++n) {
      tell(others_[n],
           "is not graded: a loose file whose name does not say whose it is; expected a folder or "
           "an archive for each student");
    }
    if (others_.size() > most) {
      inbox_.told.push_back(
          fmt::format("and {} more loose files are not graded", others_.size() - most));
    }
  }

  /// No two submissions have one name: a folder keeps it.
  void keep_apart() {
    std::vector<Submission>& all = inbox_.submissions;
    std::set<std::string> taken;
    const auto take = [&](Submission& one, const std::string& name) {
      if (!taken.insert(name).second) return false;
      one.name = name;
      return true;
    };
    std::sort(all.begin(), all.end(), [](const Submission& a, const Submission& b) {
      return std::pair(a.name, a.path) < std::pair(b.name, b.path);
    });
    const auto own_name = [](const Submission& one) {
      return fs::path(one.path).filename().string() == one.name;
    };
    for (Submission& one : all) {
      if (own_name(one)) take(one, one.name);
    }
    for (Submission& one : all) {
      if (own_name(one) || take(one, one.name)) continue;
      const std::string other =
          one.path.empty() ? one.name + " (loose files)" : fs::path(one.path).filename().string();
      for (int n = 2; !take(one, n == 2 ? other : fmt::format("{} ({})", other, n)); ++n) {
      }
    }
    std::sort(all.begin(), all.end(),
              [](const Submission& a, const Submission& b) { return a.name < b.name; });
  }

  Inbox inbox_;
  std::map<std::string, std::vector<Submission::Loose>> loose_;
  std::vector<std::string> others_;
};

}  // namespace

Inbox submissions_in(const std::string& folder) {
  Sorter sorter;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    sorter.add(*at);
  }
  if (error) throw io::InputError({.source = folder}, "cannot be read: " + error.message());
  Inbox inbox = sorter.sorted();
  if (inbox.submissions.empty()) {
    std::string why = "has no submissions, expected a folder or an archive for each";
    if (!inbox.told.empty()) why += "; " + inbox.told.front();
    throw io::InputError({.source = folder}, why);
  }
  return inbox;
}

Submission submission_at(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) throw io::InputError({.source = path}, "there is no such submission");
  const bool source = fs::path(path).extension() != "" && !is_archive_name(path);
  if (fs::is_directory(status)) return path;
  if (fs::is_regular_file(status) && (is_archive_name(path) || source)) return path;
  throw io::InputError({.source = path},
                       "is no folder, expected a submission: a folder, an "
                       "archive or a source");
}

std::vector<std::string> file_names_of(const std::vector<std::string>& names) {
  constexpr std::size_t longest = 200;
  std::map<std::string, std::size_t> alike;
  for (const std::string& name : names) ++alike[folded(name)];
  std::vector<std::string> files;
  for (const std::string& name : names) {
    if (name.size() <= longest && alike[folded(name)] == 1) {
      files.push_back(name);
      continue;
    }
    std::string start = name.substr(0, longest);
    // Not in the middle of a character.
    for (int n = 0; n < 3 && name.size() > longest && (name[start.size()] & 0xC0) == 0x80; ++n) {
      start.pop_back();
    }
    files.push_back(start + '-' + Hash().add(name).text());
  }
  return files;
}

}  // namespace attn::grading
