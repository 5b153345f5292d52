// What a group of resctrl has and uses, in the form of runc's events.
#include <dirent.h>

#include <algorithm>
#include <memory>

#include "lib/base/numbers.h"
#include "lib/base/text.h"
#include "lib/base/try.h"
#include "lib/runtime/rdt.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::runtime {
namespace {

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

Result<std::string> read_word(const std::string& path) {
  return std::string(without_blanks(TRY(sys::read_file(path))));
}

// "Unavailable" and "Error" stand in the place of a number that cannot be told: 0.
Result<std::uint64_t> read_count(const std::string& path) {
  return base::parse_number<std::uint64_t>(TRY(read_word(path))).value_or(0);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (text = without_blanks(text); !text.empty();)
    lines.emplace_back(base::take_until(text, '\n'));
  return lines;
}

// As runc: the last one that has the word in it, which with code and data apart is one of two.
std::string line_with(const std::vector<std::string>& lines, std::string_view word) {
  std::string found;
  for (const std::string& line : lines)
    if (line.find(word) != std::string::npos) found = without_blanks(line);
  return found;
}

Result<std::vector<std::string>> domains_of(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path.c_str()), ::closedir);
  if (!dir) return sys::last_error("open", path);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(dir.get()))
    if (entry->d_type == DT_DIR && entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());
  return names;
}

Status add_limits(RdtStats& stats, const plan::HostFacts& host,
                  const std::vector<std::string>& of_root) {
  const std::string info = host.resctrl + "/info";
  if (host.resctrl_l3) {
    stats.cache = RdtStats::Cache{TRY(read_word(info + "/L3/cbm_mask")),
                                  TRY(read_count(info + "/L3/min_cbm_bits")),
                                  TRY(read_count(info + "/L3/num_closids"))};
    stats.cache_schema_root = line_with(of_root, "L3");
    stats.cache_schema = line_with(stats.schemata, "L3");
  }
  if (host.resctrl_mb) {
    stats.bandwidth = RdtStats::Bandwidth{
        TRY(read_count(info + "/MB/bandwidth_gran")), TRY(read_count(info + "/MB/delay_linear")),
        TRY(read_count(info + "/MB/min_bandwidth")), TRY(read_count(info + "/MB/num_closids"))};
    stats.bandwidth_schema_root = line_with(of_root, "MB");
    stats.bandwidth_schema = line_with(stats.schemata, "MB");
  }
  return {};
}

Status add_use(RdtStats& stats, const std::string& root, const std::string& group) {
  const auto features = sys::read_file(root + "/info/L3_MON/mon_features");
  if (!features) return {};  // nothing is monitored here
  const auto known = lines_of(*features);
  const auto has = [&](std::string_view name) {
    return std::find(known.begin(), known.end(), name) != known.end();
  };
  const bool total = has("mbm_total_bytes"), local = has("mbm_local_bytes");
  if (total || local) stats.traffic.emplace();
  if (has("llc_occupancy")) stats.cache_bytes.emplace();
  for (const std::string& domain : TRY(domains_of(group + "/mon_data"))) {
    const std::string at = group + "/mon_data/" + domain;
    if (stats.traffic)
      stats.traffic->push_back({total ? TRY(read_count(at + "/mbm_total_bytes")) : 0,
                                local ? TRY(read_count(at + "/mbm_local_bytes")) : 0});
    if (stats.cache_bytes) stats.cache_bytes->push_back(TRY(read_count(at + "/llc_occupancy")));
  }
  return {};
}

Result<RdtStats> stats_of(const Record& record, const plan::HostFacts& host) {
  RdtStats stats;
  stats.schemata = lines_of(TRY(sys::read_file(record.rdt_group + "/schemata")));
  const auto of_root = lines_of(TRY(sys::read_file(host.resctrl + "/schemata")));
  TRY(add_limits(stats, host, of_root));
  TRY(add_use(stats, host.resctrl,
              record.rdt_monitoring.empty() ? record.rdt_group : record.rdt_monitoring));
  return stats;
}

}  // namespace

Result<std::optional<RdtStats>> rdt_stats(const Record& record) {
  if (record.rdt_group.empty()) return std::optional<RdtStats>{};
  plan::HostFacts host;
  probe_rdt(host);
  return std::optional<RdtStats>{
      TRY_CTX("unable to get container Intel RDT stats", stats_of(record, host))};
}

}  // namespace oci::runtime
