#include "attn/io/config/faults.hpp"

#include <algorithm>
#include <tuple>

namespace attn::io {

void Faults::add(const Place& place, std::string message, std::string field) {
  if (faults_.size() < most) {
    faults_.push_back({place, std::move(message), std::move(field)});
  } else {
    if (left_out_++ == 0) next_ = place;
  }
}

void Faults::add(const Node& node, std::string message, std::string field) {
  add(node.place(), std::move(message), std::move(field));
}

void Faults::add(const std::vector<Fault>& faults) {
  for (const Fault& fault : faults) add(fault);
}

void Faults::throw_if_any(const std::string& file) const {
  if (faults_.empty()) return;
  std::vector<Fault> sorted = faults_;
  const auto key = [&](const Fault& fault) {
    const Place& place = fault.place;
    return std::tuple(place.source != file, place.line, place.column);
  };
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Fault& a, const Fault& b) {
    if (a.place.source != file && b.place.source != file) return false;
    return key(a) < key(b);
  });
  const auto same = [](const Fault& a, const Fault& b) {
    return a.message == b.message && to_string(a.place) == to_string(b.place);
  };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
  if (left_out_ > 0) {
    sorted.push_back({next_, left_out_ == 1 ? "and one more fault"
                                            : "and " + std::to_string(left_out_) +
                                                  " more faults, the first of them here"});
  }
  throw InputError(std::move(sorted));
}

}  // namespace attn::io
