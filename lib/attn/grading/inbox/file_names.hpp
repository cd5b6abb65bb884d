/// What learning platforms, browsers and systems make of the name of a file.
///
///   Canvas       lovelaceada_late_12345_67890_scaled_dot-1.cpp
///   Moodle       Ada Lovelace_12345_assignsubmission_file_scaled_dot.cpp
///   Blackboard   Exercise 1_alovelace_attempt_2026-11-30-17-37-51_scaled_dot.cpp
///   ILIAS        20261130173751_scaled_dot.cpp
///   browsers     scaled_dot (1).cpp, scaled_dot(1).cpp, scaled_dot-1.cpp
///   systems      Copy of scaled_dot.cpp, scaled_dot - Copy.cpp, scaled_dot copy 2.cpp,
///   SCALED_DOT.CPP,
///                scaled_dot.cpp.txt
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace attn::grading {

/// How much the name of a file is that of a mechanism's source.
enum class Likeness {
  unlike,
  near,       ///< a person meant it, perhaps: scaled_dto.cpp, scaled_dot_final.cpp, scaled_dot.hpp
  decorated,  ///< a platform explains the difference, or capitals, separators or .cc, .cxx, .C do
  exact,
};

/// \param file without folders
Likeness name_likeness(std::string_view file, std::string_view mechanism);

/// Does a platform, a browser or a system explain how `wanted` ("solve.py") came to this name?
bool is_decorated(std::string_view file, std::string_view wanted);

/// The name without its folders, whichever system wrote them: a\b.cpp is b.cpp.
std::string_view base_name(std::string_view path);

/// zip, tar.gz and others, by the end of the name.
bool is_archive_name(std::string_view file);

/// The file's name without the end that says that it is an archive.
std::string without_archive_end(std::string_view file);

/// Whose file it is, where a platform has put that into its name.
struct OfStudent {
  std::string student;  ///< "lovelaceada_12345": with the number that tells namesakes apart
  std::string file;     ///< "scaled_dot-1.cpp": what the platform was given
};
std::optional<OfStudent> student_in(std::string_view file);

/// Equal for names that some system takes for the same: small letters, without accents.
std::string folded(std::string_view name);

}  // namespace attn::grading
