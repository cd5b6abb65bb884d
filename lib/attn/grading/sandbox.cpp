#include "attn/grading/sandbox.hpp"
#include "attn/grading/launch.hpp"
namespace attn::grading {
bool bubblewrap_works() { return false; }
Guard best_guard() { return bubblewrap_works() ? Guard::bubblewrap : Guard::kernel; }
Ended run_in(Guard, const Sandbox&, const Command&, const Limits&) {
  return not_started("there is no sandbox yet");
}
std::string what_holds(Guard) { return ""; }
}  // namespace attn::grading
