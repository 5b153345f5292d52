#include <string_view>

#include "lib/base/numbers.h"
#include "lib/base/text.h"
#include "lib/check/host.h"

namespace oci::check_rules {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  return base::parse_number<std::uint64_t>(text);
}

// The next word of a line whose words are padded with blanks.
std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(" \t"));
  line.remove_prefix(word.size());
  return word;
}

}  // namespace

std::set<unsigned> parse_list(std::string_view text) {
  constexpr std::uint64_t kMost = 65536;
  std::set<unsigned> out;
  while (text.ends_with('\n')) text.remove_suffix(1);
  while (!text.empty()) {
    std::string_view item = base::take_until(text, ',');
    const bool is_range = item.find('-') != std::string_view::npos;
    const auto low = number(base::take_until(item, '-'));
    const auto high = is_range ? number(item) : low;
    if (!low || !high || *high >= kMost) return {};
    for (std::uint64_t i = *low; i <= *high; ++i) out.insert(static_cast<unsigned>(i));
  }
  return out;
}

std::vector<IdRange> parse_sub_ids(std::string_view text, std::string_view name,
                                   std::string_view id) {
  std::vector<IdRange> out;
  while (!text.empty()) {
    std::string_view line = base::take_until(text, '\n');
    const std::string_view user = base::take_until(line, ':');
    const auto first = number(base::take_until(line, ':')), count = number(line);
    if ((user == name || user == id) && !user.empty() && first && count)
      out.push_back({*first, *count});
  }
  return out;
}

std::vector<IdRange> parse_id_map(std::string_view text) {
  std::vector<IdRange> out;
  while (!text.empty()) {
    std::string_view line = base::take_until(text, '\n');
    const auto inside = number(next_word(line));
    (void)next_word(line);
    const auto count = number(next_word(line));
    if (inside && count) out.push_back({*inside, *count});
  }
  return out;
}

std::string page_size_of(std::string_view directory) {
  constexpr std::string_view kPrefix = "hugepages-", kSuffix = "kB";
  if (!directory.starts_with(kPrefix) || !directory.ends_with(kSuffix)) return {};
  directory.remove_prefix(kPrefix.size());
  directory.remove_suffix(kSuffix.size());
  auto kilobytes = number(directory);
  if (!kilobytes) return {};
  const char* unit = "KB";
  if (*kilobytes % 1024 == 0) *kilobytes /= 1024, unit = "MB";
  if (*kilobytes % 1024 == 0) *kilobytes /= 1024, unit = "GB";
  return std::to_string(*kilobytes) + unit;
}

std::string name_of_user(std::string_view passwd, std::string_view id) {
  while (!passwd.empty()) {
    std::string_view line = base::take_until(passwd, '\n');
    const std::string_view name = base::take_until(line, ':');
    (void)base::take_until(line, ':');
    if (base::take_until(line, ':') == id) return std::string(name);
  }
  return {};
}

}  // namespace oci::check_rules
