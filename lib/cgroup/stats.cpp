#include "lib/cgroup/stats.h"

#include <algorithm>
#include <charconv>

#include "lib/base/numbers.h"
#include "lib/base/text.h"

namespace oci::cgroup {
namespace {

// `key=value`, or an empty optional.
std::optional<std::string_view> value_of(std::string_view word, std::string_view key) {
  if (word.size() <= key.size() || !word.starts_with(key) || word[key.size()] != '=')
    return std::nullopt;
  return word.substr(key.size() + 1);
}

void set_average(std::string_view word, std::string_view key, double& out) {
  if (const auto text = value_of(word, key))
    std::from_chars(text->data(), text->data() + text->size(), out);
}

}  // namespace

void each_line(std::string_view text,
               const std::function<void(const std::vector<std::string_view>& words)>& line) {
  while (!text.empty()) {
    std::string_view rest = base::take_until(text, '\n');
    std::vector<std::string_view> words;
    while (!rest.empty()) {
      const std::size_t space = std::min(rest.find_first_of(" \t"), rest.size());
      if (space > 0) words.push_back(rest.substr(0, space));
      rest.remove_prefix(std::min(space + 1, rest.size()));
    }
    if (!words.empty()) line(words);
  }
}

std::uint64_t parse_value(std::string_view text) {
  text = text.substr(0, text.find_first_of("\n "));
  if (text == "max") return kUnlimited;
  return base::parse_number<std::uint64_t>(text).value_or(0);
}

std::vector<std::uint16_t> parse_number_list(std::string_view text) {
  std::vector<std::uint16_t> out;
  text = text.substr(0, text.find('\n'));
  while (!text.empty()) {
    const std::string_view range = base::take_until(text, ',');
    const std::size_t dash = std::min(range.find('-'), range.size());
    const auto first = base::parse_number<std::uint16_t>(range.substr(0, dash));
    const auto last =
        dash < range.size() ? base::parse_number<std::uint16_t>(range.substr(dash + 1)) : first;
    if (!first || !last) continue;
    for (unsigned number = *first; number <= *last; ++number)
      out.push_back(static_cast<std::uint16_t>(number));
  }
  return out;
}

std::optional<Pressure> parse_pressure(std::string_view text) {
  std::optional<Pressure> out;
  each_line(text, [&](const std::vector<std::string_view>& words) {
    if (words[0] != "some" && words[0] != "full") return;
    if (!out) out.emplace();
    Pressure::Line& line = words[0] == "some" ? out->some : out->full;
    for (const std::string_view word : words) {
      set_average(word, "avg10", line.avg10);
      set_average(word, "avg60", line.avg60);
      set_average(word, "avg300", line.avg300);
      if (const auto total = value_of(word, "total")) line.total = parse_value(*total);
    }
  });
  return out;
}

void parse_rdma(std::string_view text, RdmaStats::Use RdmaStats::*member,
                std::map<std::string, RdmaStats>& out) {
  each_line(text, [&](const std::vector<std::string_view>& words) {
    RdmaStats::Use& use = out[std::string(words[0])].*member;
    for (const std::string_view word : words) {
      if (const auto count = value_of(word, "hca_handle")) use.handles = parse_value(*count);
      if (const auto count = value_of(word, "hca_object")) use.objects = parse_value(*count);
    }
  });
}

std::vector<std::string> page_sizes_of(const std::vector<std::string>& names) {
  constexpr std::string_view kPrefix = "hugetlb.";
  std::vector<std::string> out;
  for (const std::string& name : names) {
    if (!name.starts_with(kPrefix)) continue;
    const std::size_t dot = name.find('.', kPrefix.size());
    std::string size = name.substr(kPrefix.size(), dot - kPrefix.size());
    if (dot != std::string::npos && std::find(out.begin(), out.end(), size) == out.end())
      out.push_back(std::move(size));
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace oci::cgroup
