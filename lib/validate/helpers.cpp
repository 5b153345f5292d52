#include <cstdint>

#include "lib/base/numbers.h"
#include "lib/validate/rules.h"

namespace oci::validate_rules {
namespace {

// The list format allows leading zeros, which a plain number does not.
std::optional<std::uint32_t> list_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  return base::parse_number<std::uint32_t>(text);
}

bool is_number_or_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto low = list_number(text.substr(0, dash));
  if (dash == std::string_view::npos) return low.has_value();
  const auto high = list_number(text.substr(dash + 1));
  return low && high && *low <= *high;
}

}  // namespace

std::string at(std::string_view list, std::size_t index, std::string_view member) {
  std::string out(list);
  out.append("/").append(std::to_string(index)).append(member);
  return out;
}

std::string token(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

std::string quote(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out.append({'\\', c});
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (byte < 0x20 || byte == 0x7f)
      out.append({'\\', 'x', digits[byte >> 4], digits[byte & 15]});
    else
      out += c;
  }
  return out += '"';
}

bool is_number_list(std::string_view text) {
  for (;;) {
    const std::size_t comma = text.find(',');
    if (!is_number_or_range(text.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

const spec::Namespace* find_namespace(const spec::Linux& block, std::string_view type) {
  for (const spec::Namespace& ns : block.namespaces)
    if (ns.type == type) return &ns;
  return nullptr;
}

bool has_namespace(const spec::Spec& spec, std::string_view type) {
  return spec.linux_ && find_namespace(*spec.linux_, type) != nullptr;
}

}  // namespace oci::validate_rules
