#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <stdexcept>

#include "attn/grading/report/reports.hpp"
#include "tests/grading/report/samples.hpp"

using namespace attn::grading;

namespace {

/// Whether tags are closed in order, attributes are in quotes, and every & begins a reference: as
/// far as our own output can go wrong.
bool well_formed(const std::string& xml) {
  std::vector<std::string> open;
  for (std::size_t i = 0; i < xml.size(); ++i) {
    if (xml[i] == '&') {
      const std::string entity = xml.substr(i + 1, xml.find(';', i) - i - 1);
      if (entity != "amp" && entity != "lt" && entity != "gt" && entity != "quot" &&
          entity != "#10" && entity != "#9") {
        return false;
      }
    }
    if (xml[i] == '>') return false;  // tags are skipped over below; in texts it is &gt;
    if (xml[i] != '<') continue;
    const std::size_t end = xml.find('>', i);
    if (end == std::string::npos) return false;
    const std::string tag = xml.substr(i + 1, end - i - 1);
    if (tag.find('<') != std::string::npos) return false;
    const std::string element = tag.substr(0, tag.find_first_of(" /", 1));
    if (tag[0] == '/') {
      if (open.empty() || "/" + open.back() != tag) return false;
      open.pop_back();
    } else if (tag[0] != '?' && tag.back() != '/') {
      open.push_back(element);
    }
    if (std::count(tag.begin(), tag.end(), '"') % 2 != 0) return false;
    i = end;
  }
  return open.empty();
}

/// What xmllint says: true if it is not there.
bool xmllint_agrees(const std::string& xml) {
  if (std::system("command -v xmllint >/dev/null 2>&1") != 0) return true;
  std::FILE* pipe = ::popen("xmllint --noout - >/dev/null 2>&1", "w");
  if (pipe == nullptr) return false;
  std::fwrite(xml.data(), 1, xml.size(), pipe);
  return ::pclose(pipe) == 0;
}

}  // namespace

TEST_CASE("junit: a small class", "[grading][reports][junit]") {
  const std::string xml = junit(test::small_class());
  CHECK(xml == R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="attn" tests="9" failures="2" errors="1" time="3.250">
  <testsuite name="ada" tests="4" failures="2" errors="0" time="1.500" skipped="0">
    <testcase classname="ada" name="dot.scores"/>
    <testcase classname="ada" name="dot.weights">
      <failure type="wrong" message="The root of dk is missing.">hidden-2: weights[0, 1] expected 0.731058, got 0.880797
mistake: no root</failure>
    </testcase>
    <testcase classname="ada" name="dot.output"/>
    <testcase classname="ada" name="dot.mask">
      <failure type="not_written" message=""></failure>
    </testcase>
  </testsuite>
  <testsuite name="bob" tests="4" failures="0" errors="0" time="1.500" skipped="0">
    <testcase classname="bob" name="dot.scores"/>
    <testcase classname="bob" name="dot.weights"/>
    <testcase classname="bob" name="dot.output"/>
    <testcase classname="bob" name="dot.mask"/>
  </testsuite>
  <testsuite name="eve" tests="1" failures="0" errors="1" time="0.250" skipped="0">
    <testcase classname="eve" name="grading">
      <error type="problem" message="does not compile">does not compile
hidden-2: 0.731058
scores.cpp is taken from scores-1.cpp
the compiler says of scores.cpp:
  | In file included from x:
  | scores.cpp:3:1: error: 'q' was not declared
the program prints as it ends:
  | 0.731058</error>
    </testcase>
  </testsuite>
</testsuites>
)");
  CHECK(well_formed(xml));
  CHECK(xmllint_agrees(xml));
}

TEST_CASE("junit: hostile texts stay texts", "[grading][reports][junit]") {
  const SubmissionResult mallory = test::mallory();
  const std::string xml = junit({&mallory, 1});
  CHECK(test::harmless(xml, "\t"));
  CHECK(well_formed(xml));
  CHECK(xmllint_agrees(xml));
  CHECK(xml.find("<testsuite name=\"=cmd|'/c calc'!A1,&quot;q&quot;&#10;&lt;b&gt;&amp;amp;]]&gt;"
                 "&lt;/b&gt;&#9;\\␛[31m") != std::string::npos);
}

TEST_CASE("junit: an empty batch, three hundred, and no seconds", "[grading][reports][junit]") {
  CHECK(xmllint_agrees(junit({})));
  const std::string xml = junit(test::many(300));
  CHECK(well_formed(xml));
  CHECK(xmllint_agrees(xml));
  SubmissionResult odd = test::ada();
  odd.seconds = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(junit({&odd, 1}), std::invalid_argument);
}

TEST_CASE("junit: the check of this test finds what is wrong", "[grading][reports][junit]") {
  CHECK(well_formed("<a b=\"c\"><d/>&amp;</a>"));
  CHECK_FALSE(well_formed("<a><b></a></b>"));
  CHECK_FALSE(well_formed("<a>&nbsp;</a>"));
  CHECK_FALSE(well_formed("<a b=\"c>d</a>"));
  CHECK_FALSE(well_formed("<a>]]></a>"));
}
