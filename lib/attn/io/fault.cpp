#include "attn/io/fault.hpp"

namespace attn::io {
namespace {

std::string lines_of(const std::vector<Fault>& faults) {
  std::string text;
  for (const Fault& fault : faults) {
    if (!text.empty()) text += '\n';
    text += to_string(fault.place) + ": " + fault.message;
  }
  return text;
}

}  // namespace

std::string to_string(const Place& place) {
  if (place.line == 0) return place.source;
  return place.source + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

InputError::InputError(std::vector<Fault> faults)
    : std::runtime_error(lines_of(faults)), faults_(std::move(faults)) {}

InputError::InputError(Place place, std::string message)
    : InputError(std::vector<Fault>{{std::move(place), std::move(message)}}) {}

}  // namespace attn::io
