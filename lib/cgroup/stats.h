// The counters of a cgroup, from the text of its files. Pure over a reader of them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oci/stats.h"

namespace oci::cgroup {

// The text of a file in the directory of a v1 controller (v2: an empty name); empty optional where
// there is no such controller or file.
using ReadFile =
    std::function<std::optional<std::string>(std::string_view controller, const std::string& file)>;

// `page_sizes`: of huge pages, "2MB".
Stats read_v1_stats(const ReadFile& read, const std::vector<std::string>& page_sizes);
Stats read_v2_stats(const ReadFile& read, const std::vector<std::string>& page_sizes);

// The page sizes that have files among `names`: hugetlb.2MB.current and the like.
std::vector<std::string> page_sizes_of(const std::vector<std::string>& names);

// ---- what the versions share ----

// "0-2,7". What is no number is left out.
std::vector<std::uint16_t> parse_number_list(std::string_view text);
// `some avg10=0.00 avg60=0.00 avg300=0.00 total=0` and a line `full`. Empty for anything else.
std::optional<Pressure> parse_pressure(std::string_view text);
// A file with one number; "max" is kUnlimited, what is no number 0.
std::uint64_t parse_value(std::string_view text);
// `device hca_handle=2 hca_object=2000`, one a line.
void parse_rdma(std::string_view text, RdmaStats::Use RdmaStats::*member,
                std::map<std::string, RdmaStats>& out);
// Calls `line(words)` for each line of text.
void each_line(std::string_view text,
               const std::function<void(const std::vector<std::string_view>& words)>& line);

}  // namespace oci::cgroup
