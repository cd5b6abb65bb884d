#include "attn/grading/inbox/opened.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "attn/grading/inbox/file_names.hpp"
#include "attn/grading/inbox/plain_files.hpp"
#include "attn/grading/inbox/unpack.hpp"
#include "attn/grading/report/words.hpp"

namespace attn::grading {

namespace fs = std::filesystem;

Opened::Opened(const Submission& submission, Guard guard) : guard_(guard) {
  for (const Submission::Loose& loose : submission.loose) {
    files_.push_back({loose.file, loose.path});
  }
  if (submission.path.empty()) return;
  std::error_code error;
  const fs::file_status status = fs::symlink_status(submission.path, error);
  if (fs::is_symlink(status)) {
    problems_.emplace_back("it is a symbolic link");
  } else if (fs::is_directory(status)) {
    folder_ = submission.path;
    add_folder(folder_, "");
    if (!closed_.empty() && files_.empty())
      throw Unreadable("it cannot be read: " + closed_.front());
  } else if (is_archive_name(submission.path)) {
    add_archive(submission.path, std::string(base_name(submission.path)), "");
  } else if (fs::exists(status)) {
    files_.push_back({std::string(base_name(submission.path)), submission.path});
  }
}

std::vector<Opened::File> Opened::archives() const {
  std::vector<File> found;
  for (const File& file : files_) {
    if (is_archive_name(file.name)) found.push_back(file);
  }
  return found;
}

void Opened::unpack(const File& archive) {
  add_archive(archive.path, archive.name, archive.name + '/');
}

void Opened::add_archive(const std::string& path, const std::string& shown,
                         const std::string& named) {
  unpacked_.push_back(std::make_unique<OwnFolder>(submission_folder));
  const std::string inside = *unpacked_.back() / "unpacked";
  fs::create_directory(inside);
  const Unpacked result = grading::unpack(path, inside, guard_);
  if (!result.why.empty()) {
    const Said said{.who = Said::Who::program, .text = result.said};
    const std::string words = result.said.empty() ? "" : ": " + in_quotes(telling_line(said));
    (result.some ? notes_ : problems_)
        .push_back(fmt::format("{} could not be unpacked{}: {}{}", file_text(shown),
                               result.some ? " whole" : "", result.why, words));
  }
  add_folder(inside, named);
}

void Opened::add_folder(const std::string& folder, const std::string& named) {
  const FilesBelow below = files_below(folder);
  for (const std::string& file : below.files) files_.push_back({named + file, folder + '/' + file});
  for (const std::string& closed : below.closed) closed_.push_back(named + closed);
  for (const std::string& left : below.left_out) {
    notes_.push_back(file_text(named + left) + " is left out");
  }
  if (!below.all) {
    notes_.push_back(
        fmt::format("it has more files than {}, or folders very deep: not all were "
                    "looked at",
                    most_submitted_files));
  }
}

}  // namespace attn::grading
