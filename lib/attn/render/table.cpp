#include "attn/render/table.hpp"

#include <algorithm>

#include "attn/render/display_width.hpp"
#include "attn/render/labels.hpp"

namespace attn::render {
namespace {

constexpr std::size_t between_columns = 2;
constexpr std::size_t longest_column_name = 16, longest_row_name = 40;

/// How wide the parts of one column are.
struct Measure {
  std::size_t left = 0, right = 0, mark = 0;
  std::size_t content = 0;  ///< heading or number with mark, whichever is wider
};

Style style_of(const Heading& heading) { return heading.named ? palette::label : palette::faint; }

std::vector<Measure> measure(const Table& table) {
  std::vector<Measure> columns(table.columns.size());
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    const Cell& cell = table.cells[i];
    Measure& m = columns[table.uniform ? 0 : i % columns.size()];
    m.left = std::max(m.left, display_width(cell.left));
    m.right = std::max(m.right, display_width(cell.right));
    m.mark = std::max(m.mark, display_width(cell.mark));
  }
  if (table.uniform) std::fill(columns.begin(), columns.end(), Measure(columns.front()));
  for (std::size_t c = 0; c < columns.size(); ++c) {
    Measure& m = columns[c];
    if (m.mark > 0) ++m.mark;  // a space before it
    m.content = std::max(m.left + m.right + m.mark, display_width(table.columns[c].text));
  }
  return columns;
}

void add_heading(Line& line, const Table& table, const Heading& heading, const Measure& m) {
  const std::size_t free = m.content - display_width(heading.text);
  const std::size_t before = table.centered ? (free + 1) / 2 : free;
  line.add(std::string(before, ' ')).add(heading.text, style_of(heading));
  line.add(std::string(free - before, ' '));
}

void add_cell(Line& line, const Table& table, const Cell& cell, const Measure& m) {
  const std::size_t number = m.left + m.right;
  const std::size_t free = m.content - number - m.mark;
  const std::size_t before = table.centered ? (free + 1) / 2 : free;
  const std::size_t inner = m.left - display_width(cell.left);
  const std::size_t after = number - inner - display_width(cell.left) - display_width(cell.right);
  std::string text(before + inner, ' ');
  text += cell.left + cell.right;
  if (table.filled) {
    text += std::string(after + free - before, ' ');
    line.add(" " + text + " ", cell.style);
    return;
  }
  line.add(text, cell.style);
  std::string rest(after, ' ');
  if (m.mark > 0) rest += " " + cell.mark;
  rest += std::string(m.mark > 0 ? m.mark - 1 - display_width(cell.mark) : 0, ' ');
  line.add(rest + std::string(free - before, ' '));
}

/// The columns `first` to `end`, with the rows' headings before them.
Block block_of(const Table& table, const std::vector<Measure>& measures, std::size_t heads,
               std::size_t first, std::size_t end) {
  Block block;
  const auto between = [&](Line& line) {
    line.add(std::string(table.filled ? 0 : between_columns, ' '));
  };
  const bool headed = std::any_of(table.columns.begin(), table.columns.end(),
                                  [](const Heading& h) { return !h.text.empty(); });
  if (headed) {
    Line head(table.corner, palette::faint);
    head.pad_to(heads);
    for (std::size_t c = first; c < end; ++c) {
      if (c > first || heads > 0) between(head);
      if (table.filled) head.add(" ");
      add_heading(head, table, table.columns[c], measures[c]);
      if (table.filled) head.add(" ");
    }
    block.push_back(std::move(head));
  }
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const Heading& heading = table.rows[row];
    Line line;
    if (!heading.named) line.pad_to(heads - display_width(heading.text));
    line.add(heading.text, style_of(heading)).pad_to(heads);
    for (std::size_t c = first; c < end; ++c) {
      if (c > first || heads > 0) between(line);
      add_cell(line, table, table.cells[row * table.columns.size() + c], measures[c]);
    }
    block.push_back(std::move(line));
  }
  return block;
}

void shorten(std::vector<Heading>& headings, std::size_t columns) {
  std::vector<std::string> names;
  for (const Heading& heading : headings) names.push_back(heading.text);
  names = shortened_apart(names, columns);
  for (std::size_t i = 0; i < names.size(); ++i) headings[i].text = names[i];
}

}  // namespace

Block lay_out(Table table, std::size_t columns) {
  // However long the names, there is room for a number beside them.
  const std::size_t longest = std::max<std::size_t>(columns / 4, 4);
  shorten(table.columns, std::min(longest, longest_column_name));
  table.corner = shortened(table.corner, std::max<std::size_t>(longest, 8));
  const std::vector<Measure> measures = measure(table);

  // The rows' names may have what the numbers leave.
  std::size_t numbers = table.filled ? 1 : 0;
  for (const Measure& m : measures) numbers += m.content + between_columns;
  const std::size_t left = columns - std::min(columns, numbers);
  shorten(table.rows, std::clamp(left, std::min(longest, longest_column_name), longest_row_name));
  std::size_t heads = display_width(table.corner);
  for (const Heading& row : table.rows) heads = std::max(heads, display_width(row.text));
  if (table.filled) ++heads;

  Block page;
  for (std::size_t first = 0; first < measures.size();) {
    std::size_t used = heads;
    std::size_t end = first;
    while (end < measures.size()) {
      const std::size_t margin = table.filled ? 2 : end > first || heads > 0 ? between_columns : 0;
      if (end > first && used + margin + measures[end].content > columns) break;
      used += margin + measures[end].content;
      ++end;
    }
    if (!page.empty()) page.emplace_back();
    append(page, block_of(table, measures, heads, first, end));
    first = end;
  }
  return page;
}

}  // namespace attn::render
