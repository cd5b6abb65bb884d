/// Who may see what is kept for grading: submissions run as another user than we do.
#pragma once

#include <filesystem>

namespace attn::grading::access {

using std::filesystem::perms;

/// A folder or a file for us alone.
inline constexpr perms closed = perms::owner_all;
/// A folder that others may go through, but not list.
inline constexpr perms passed = perms::owner_all | perms::group_exec | perms::others_exec;
/// A file that others may read.
inline constexpr perms readable =
    perms::owner_read | perms::owner_write | perms::group_read | perms::others_read;

}  // namespace attn::grading::access
