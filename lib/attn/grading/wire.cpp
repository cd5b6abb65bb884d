#include "attn/grading/wire.hpp"

#include <cstring>

namespace attn::grading {
namespace {

// A message: its kind, a byte; the size of what follows, 8 bytes; a text as it is, or a tensor: the
// size of its name and the number of its axes, 4 bytes each, the name, 8 bytes an extent, 8 a
// value.
constexpr std::size_t head = 9;
constexpr std::uint32_t most_axes = 8, longest_name = 1000;
constexpr std::uint64_t most_cells = std::uint64_t{1} << 40;

template <class Number>
void put(std::string& bytes, Number number) {
  char raw[sizeof number];
  std::memcpy(raw, &number, sizeof number);
  bytes.append(raw, sizeof number);
}

template <class Number>
Number take(std::string_view& bytes) {
  Number number{};
  if (bytes.size() < sizeof number) throw WireError("a message ends too early");
  std::memcpy(&number, bytes.data(), sizeof number);
  bytes.remove_prefix(sizeof number);
  return number;
}

std::string tensor_bytes(const trace::Tensor& tensor) {
  std::string bytes;
  put(bytes, static_cast<std::uint32_t>(tensor.name.size()));
  put(bytes, static_cast<std::uint32_t>(tensor.shape.size()));
  bytes += tensor.name;
  for (const std::size_t extent : tensor.shape) put(bytes, static_cast<std::uint64_t>(extent));
  const std::size_t before = bytes.size();
  bytes.resize(before + tensor.values.size() * sizeof(double));
  if (!tensor.values.empty()) {
    std::memcpy(bytes.data() + before, tensor.values.data(), tensor.values.size() * sizeof(double));
  }
  return bytes;
}

trace::Tensor tensor_of(std::string_view bytes) {
  const auto name = take<std::uint32_t>(bytes);
  const auto axes = take<std::uint32_t>(bytes);
  if (name > longest_name || name > bytes.size()) throw WireError("a name is too long");
  if (axes > most_axes) throw WireError("a tensor has too many axes");
  trace::Tensor tensor;
  tensor.name = std::string(bytes.substr(0, name));
  bytes.remove_prefix(name);
  std::uint64_t cells = 1;
  for (std::uint32_t axis = 0; axis < axes; ++axis) {
    const auto extent = take<std::uint64_t>(bytes);
    if (extent > most_cells || (extent > 0 && cells > most_cells / extent)) {
      throw WireError("an extent is too large");
    }
    cells *= extent;
    tensor.shape.push_back(static_cast<std::size_t>(extent));
    tensor.axes.push_back(std::to_string(axis));
  }
  tensor.labels.resize(tensor.axes.size());
  if (!bytes.empty() && bytes.size() != cells * sizeof(double)) {
    throw WireError("a tensor has other values than its shape says");
  }
  tensor.values.resize(bytes.size() / sizeof(double));
  if (!bytes.empty()) std::memcpy(tensor.values.data(), bytes.data(), bytes.size());
  return tensor;
}

bool is_tensor(Message::Kind kind) {
  return kind == Message::Kind::result || kind == Message::Kind::answer;
}

}  // namespace

std::string encoded(const Message& message) {
  const std::string body = is_tensor(message.kind) ? tensor_bytes(message.tensor) : message.text;
  std::string bytes(1, static_cast<char>(message.kind));
  put(bytes, static_cast<std::uint64_t>(body.size()));
  return bytes + body;
}

std::optional<Message> MessageReader::next() {
  std::string_view rest = std::string_view(bytes_).substr(read_);
  if (rest.size() < head) return std::nullopt;
  Message message;
  message.kind = static_cast<Message::Kind>(take<char>(rest));
  const auto size = take<std::uint64_t>(rest);
  if (std::string_view("ratps").find(static_cast<char>(message.kind)) == std::string_view::npos) {
    throw WireError("a message is of no known kind");
  }
  if (size > largest_) throw WireError("a message is too long");
  if (rest.size() < size) return std::nullopt;
  rest = rest.substr(0, static_cast<std::size_t>(size));
  if (is_tensor(message.kind)) {
    message.tensor = tensor_of(rest);
  } else {
    message.text = std::string(rest);
  }
  read_ += head + static_cast<std::size_t>(size);
  if (read_ == bytes_.size() || read_ > (std::size_t{1} << 20)) {
    bytes_.erase(0, read_);
    read_ = 0;
  }
  return message;
}

}  // namespace attn::grading
