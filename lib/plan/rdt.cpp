#include "lib/plan/rdt.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "lib/base/text.h"
#include "lib/base/try.h"
#include "lib/plan/draft.h"

namespace oci::plan {
namespace {

constexpr std::string_view kBandwidth = "MB:";
using Domains = std::map<std::string, std::string>;

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// "00F" and "f" are one mask, "020" and "20" one percentage.
std::string plain_number(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// "L3:0=f;1=ff" of any number of lines, by resource and domain.
std::map<std::string, Domains> parse_schemata(std::string_view text) {
  std::map<std::string, Domains> all;
  while (!text.empty()) {
    std::string_view line = base::take_until(text, '\n');
    Domains& domains = all[std::string(trimmed(base::take_until(line, ':')))];
    while (!line.empty()) {
      std::string_view value = base::take_until(line, ';');
      const std::string domain(trimmed(base::take_until(value, '=')));
      if (!domain.empty()) domains[domain] = plain_number(value);
    }
  }
  return all;
}

}  // namespace

spec::Strings schemata_lines(const spec::IntelRdt& wanted) {
  spec::Strings lines;
  for (std::string_view rest = wanted.l3_cache_schema; !rest.empty();) {
    const std::string_view line = base::take_until(rest, '\n');
    if (!line.empty() && !line.starts_with(kBandwidth)) lines.emplace_back(line);
  }
  if (!wanted.mem_bw_schema.empty()) lines.push_back(wanted.mem_bw_schema);
  for (const std::string& line : wanted.schemata)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

std::string schemata_difference(const spec::Strings& lines, std::string_view file) {
  const auto have = parse_schemata(file);
  for (const std::string& line : lines)
    for (const auto& [resource, domains] : parse_schemata(line)) {
      const auto found = have.find(resource);
      for (const auto& [domain, value] : domains)
        if (found == have.end() || !found->second.contains(domain) ||
            found->second.at(domain) != value)
          return resource + ":" + domain + "=" + value;
    }
  return {};
}

Result<Rdt> plan_rdt(const spec::IntelRdt& wanted, const std::string& id, const HostFacts& host) {
  if (host.resctrl.empty())
    return unsupported("intelRdt is specified in config, but Intel RDT is not enabled",
                       "/linux/intelRdt");
  if (!host.resctrl_l3 && !wanted.l3_cache_schema.empty())
    return unsupported(
        "intelRdt.l3CacheSchema is specified in config, but Intel RDT/CAT is not enabled",
        "/linux/intelRdt/l3CacheSchema");
  if (!host.resctrl_mb && !wanted.mem_bw_schema.empty())
    return unsupported(
        "intelRdt.memBwSchema is specified in config, but Intel RDT/MBA is not enabled",
        "/linux/intelRdt/memBwSchema");
  Rdt out;
  out.root = out.group = host.resctrl;
  out.named = !wanted.clos_id.empty();
  if (wanted.clos_id != "/") out.group += "/" + (out.named ? wanted.clos_id : id);
  if (wanted.enable_monitoring) out.monitoring = out.group + "/mon_groups/" + id;
  out.lines = schemata_lines(wanted);
  return out;
}

}  // namespace oci::plan
