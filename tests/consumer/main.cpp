// One query looks at two keys; the config's first line is read with the library's own reader.
#include <attn/io/config.hpp>
#include <attn/mechanisms/scaled_dot.hpp>
#include <iostream>

int main() {
  const attn::Mat query{{1, 0}};
  const attn::Mat keys{{3, 0}, {3, 4}};
  const attn::Mat values{{2}, {4}};
  const attn::scaled_dot::Forward forward = attn::scaled_dot::forward(query, keys, values);
  std::cout << attn::io::chapter_of({"here", "chapter: mine"}).name << ' ' << forward.context(0, 0)
            << '\n';
}
