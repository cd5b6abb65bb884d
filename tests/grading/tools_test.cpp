/// The tools of grading: hashes, work in parallel, locks.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <set>
#include <thread>

#include "attn/grading/hash.hpp"
#include "attn/grading/lock.hpp"
#include "attn/grading/parallel.hpp"
#include "tests/support/message.hpp"
#include "tests/support/program.hpp"

using namespace attn::grading;

TEST_CASE("hash: it is FNV-1a, with an end after each text", "[grading][hash]") {
  // The offset basis and FNV-1a of "a" and "foobar", as Fowler, Noll and Vo publish them.
  const auto ended = [](std::uint64_t state) {
    state = (state ^ 256U) * 0x100000001b3ULL;
    std::string digits;
    for (int shift = 60; shift >= 0; shift -= 4) {
      digits += "0123456789abcdef"[(state >> static_cast<unsigned>(shift)) & 15U];
    }
    return digits;
  };
  CHECK(Hash().text() == "cbf29ce484222325");
  CHECK(Hash().add("").text() == ended(0xcbf29ce484222325ULL));
  CHECK(Hash().add("a").text() == ended(0xaf63dc4c8601ec8cULL));
  CHECK(Hash().add("foobar").text() == ended(0x85944171f73967e8ULL));
}

TEST_CASE("hash: texts cannot run into each other", "[grading][hash]") {
  const std::set<std::string> all{
      Hash().add("ab").add("c").text(), Hash().add("a").add("bc").text(),
      Hash().add("abc").text(),         Hash().add("abc").add("").text(),
      Hash().add("").add("abc").text(), Hash().add(std::string("abc\0", 4)).text(),
      Hash().add("\xff").text(),        Hash().add("").text()};
  CHECK(all.size() == 8);
}

TEST_CASE("parallel: each piece is done once", "[grading][parallel]") {
  for (const std::size_t workers : {0U, 1U, 2U, 7U, 100U}) {
    for (const std::size_t count : {0U, 1U, 5U, 50U}) {
      std::vector<std::atomic<int>> done(count);
      in_parallel(workers, count, [&](std::size_t n) { ++done[n]; });
      for (const std::atomic<int>& times : done) CHECK(times == 1);
    }
  }
}

TEST_CASE("parallel: no more than so many work at a time", "[grading][parallel]") {
  std::atomic<int> now{0};
  std::atomic<int> most{0};
  in_parallel(3, 30, [&](std::size_t) {
    const int here = ++now;
    int seen = most;
    while (here > seen && !most.compare_exchange_weak(seen, here)) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    --now;
  });
  CHECK(most <= 3);
  CHECK(most >= 2);
}

TEST_CASE("parallel: a piece that fails is told when all have ended", "[grading][parallel]") {
  for (const std::size_t workers : {1U, 4U}) {
    std::atomic<int> done{0};
    const std::string said = attn::test::message_of<std::runtime_error>([&] {
      in_parallel(workers, 20, [&](std::size_t n) {
        if (n == 3) throw std::runtime_error("the third");
        ++done;
      });
    });
    CHECK(said == "the third");
    CHECK(done == 19);
  }
}

TEST_CASE("lock: whoever comes second waits", "[grading][lock]") {
  const attn::test::Folder folder;
  const std::string path = folder.path() / "lock";
  std::atomic<bool> in{false};
  std::thread second;
  {
    const Lock first(path);
    second = std::thread([&] {
      const Lock lock(path);
      in = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK_FALSE(in);
  }
  second.join();
  CHECK(in);
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("lock: where no file can be made nobody is kept out", "[grading][lock]") {
  const Lock first("/nowhere/lock");
  const Lock second("/nowhere/lock");
  SUCCEED();
}
