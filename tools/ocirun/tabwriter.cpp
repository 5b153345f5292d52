#include "tools/ocirun/tabwriter.h"

#include <algorithm>

#include "tools/ocirun/go_text.h"

namespace ocirun {

std::string table_text(const std::vector<Row>& rows, std::size_t min_width, std::size_t padding) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), min_width);
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      widths[i] = std::max(widths[i], rune_count(row[i]) + padding);
  }
  std::string out;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - rune_count(row[i]), ' ');
    }
    out += '\n';
  }
  return out;
}

}  // namespace ocirun
