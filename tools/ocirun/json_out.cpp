#include "tools/ocirun/json_out.h"

#include "tools/ocirun/go_text.h"

namespace ocirun {
namespace {

// The escape of a code point, or an empty string where it stands for itself.
std::string escape_of(char32_t c) {
  switch (c) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    case '\b': return "\\b";
    case '\f': return "\\f";
    case 0x2028: return "\\u2028";
    case 0x2029: return "\\u2029";
    default: break;
  }
  if (c >= ' ' && c != '<' && c != '>' && c != '&') return {};
  constexpr std::string_view kHex = "0123456789abcdef";
  return std::string("\\u00") + kHex[(c >> 4) & 15] + kHex[c & 15];
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    const std::string escape = rune.valid ? escape_of(rune.value) : "\\ufffd";
    out += escape.empty() ? text.substr(0, rune.length) : std::string_view(escape);
    text.remove_prefix(rune.length);
  }
  out += '"';
}

void JsonObject::new_line(int depth) {
  if (indent_ == 0) return;
  out_ += '\n';
  out_.append(static_cast<std::size_t>(indent_ * depth), ' ');
}

void JsonObject::name(std::string_view key) {
  if (!first_) out_ += ',';
  first_ = false;
  new_line(depth_);
  append_json_string(out_, key);
  out_ += indent_ != 0 ? ": " : ":";
}

}  // namespace ocirun
