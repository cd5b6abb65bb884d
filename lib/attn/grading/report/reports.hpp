/// Results as others want to read them. Every writer is a function from results to text, in UTF-8.
///
/// Names, problems and messages may be anything: what a terminal, a spreadsheet or a browser would
/// obey comes out as visible text.
///
/// Who may read what: `gradescope` (without Details) and `github_classroom` are for the student,
/// and have no number of a hidden case: neither `detail` nor what a program says that has read it.
/// All the others have these, and are for the teacher.
///
/// What compilers and programs say is quoted, and said to be theirs (report/words.hpp).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "attn/grading/report/result.hpp"

namespace attn::grading {

/// A table for the teacher at the terminal: name, points, a sign for each step, known mistakes and
/// problems; then how the class did, step by step. No line has more than `width` columns (below 40
/// it counts as 40). With `color`, ANSI escape sequences; nothing is said by colour alone.
std::string text_table(std::span<const SubmissionResult> results, std::size_t width, bool color);

/// RFC 4180, in UTF-8 with a byte order mark, without which Excel reads umlauts as other letters
/// (Moodle drops it when it imports; Canvas takes only tables that it has made). A header, then a
/// row for each submission with row, name, points, possible, percent (empty where nothing was
/// possible), problem, remarks (the problem with its detail, notes, and first lines of what was
/// said), and the points of each step (empty where the submission does not have it).
///
/// Spreadsheets run a text that begins like a formula. So one that begins with = + - @ (also the
/// full-width ones), a tab, a carriage return or a newline gets an apostrophe in front; numbers
/// are left alone.
std::string csv(std::span<const SubmissionResult> results);

/// JUnit XML as Jenkins and pytest know it: a testsuite for each submission, a testcase for each
/// step. A step that is wrong or not written is a <failure> of type "wrong" or "not_written"; a
/// step that was asked for is never "skipped". A problem is an <error> in a testcase "grading",
/// with all remarks; without a problem these are the suite's <system-out>. \throws
/// std::invalid_argument if seconds are not finite.
std::string junit(std::span<const SubmissionResult> results);

/// Where `detail` goes in Gradescope's results.
enum class Details {
  none,
  /// `extra_data` is stored, and not among what Gradescope shows to students. But the next time
  /// that they submit, the container is given the old results whole, in
  /// /autograder/submission_metadata.json ("previous_submissions"): only for graders whose
  /// submissions cannot read that file.
  extra_data,
};

/// Gradescope's results.json. The student sees each step's name, points and `message`; above them
/// the problem, the notes and the first lines of what the compiler said. Every output_format is
/// "text": what is in a submission is shown as it is, and not as HTML, Markdown or escape
/// sequences.
///
/// Format: https://gradescope-autograders.readthedocs.io/en/latest/specs/ ("Output format"; its
/// text is docs/specs.md in gradescope/autograder_samples on GitHub).
/// \throws std::invalid_argument if a number is not finite.
std::string gradescope(const SubmissionResult& result, Details details = Details::none);

/// What GitHub Classroom's graders hand to its reporter; `base64` of it is the value of the
/// environment variable <ID>_RESULTS. The student sees the same as on Gradescope. Since the
/// reporter prints only the name of a step that failed, the name has the message with it.
///
/// Format: classroom-resources/autograding-io-grader, src/main.js (written), and
/// classroom-resources/autograding-grading-reporter, src/ (read), on GitHub. Its README says that
/// GitHub Classroom itself has come to an end; the reporter still runs as a workflow step.
/// \throws std::invalid_argument if a number is not finite.
std::string github_classroom(const SubmissionResult& result);

/// RFC 4648, section 4: with padding, without line breaks.
std::string base64(std::string_view bytes);

/// Our own record, to go on with a batch: {"format": "attn-result", "version": 2, …}. Reads back as
/// it was, but for bytes that are not UTF-8, which become U+FFFD.
/// \throws std::invalid_argument if a number is not finite.
std::string to_json(const SubmissionResult& result);

/// `file` is its name, for messages.
/// \throws io::InputError if the text is not such a record: every key must be there, and no other.
SubmissionResult result_from_json(const std::string& text, const std::string& file);

}  // namespace attn::grading
