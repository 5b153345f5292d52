// Text in columns, as Go's text/tabwriter lays it out with padding of spaces.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ocirun {

using Row = std::vector<std::string>;

// Each column but the last is as wide as its longest cell plus `padding`, and at least `min_width`.
// Rows have the same number of cells.
std::string table_text(const std::vector<Row>& rows, std::size_t min_width, std::size_t padding);

}  // namespace ocirun
