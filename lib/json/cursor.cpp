#include <cstdio>
#include <string>
#include <string_view>

#include "lib/json/dom.h"
#include "lib/json/reader.h"
#include "lib/json/writer.h"

namespace oci::json {
namespace {

constexpr std::size_t kShownBytes = 40;

std::string show_number(const Node& value) {
  char buffer[40];
  if (value.IsInt64()) return std::to_string(value.GetInt64());
  if (value.IsUint64()) return std::to_string(value.GetUint64());
  const int n = std::snprintf(buffer, sizeof buffer, "%.17g", value.GetDouble());
  return std::string(buffer, static_cast<std::size_t>(n));
}

std::string show_string(std::string_view text) {
  if (text.size() <= kShownBytes) return quoted(text);
  std::size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return quoted(text.substr(0, end)) + "...";
}

std::string show(const Node& value) {
  switch (value.GetType()) {
    case rapidjson::kNullType: return "null";
    case rapidjson::kFalseType: return "false";
    case rapidjson::kTrueType: return "true";
    case rapidjson::kObjectType: return "an object";
    case rapidjson::kArrayType: return "an array";
    case rapidjson::kStringType: return "string " + show_string(text_of(value));
    case rapidjson::kNumberType: return "number " + show_number(value);
  }
  return "something else";
}

void append_token(std::string& out, std::string_view name) {
  for (const char c : name) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
}

}  // namespace

Kind Cursor::kind() const noexcept {
  switch (node(value_).GetType()) {
    case rapidjson::kFalseType:
    case rapidjson::kTrueType: return Kind::kBoolean;
    case rapidjson::kObjectType: return Kind::kObject;
    case rapidjson::kArrayType: return Kind::kArray;
    case rapidjson::kStringType: return Kind::kString;
    case rapidjson::kNumberType: return Kind::kNumber;
    case rapidjson::kNullType: break;
  }
  return Kind::kNull;
}

std::size_t Cursor::size() const noexcept {
  const Node& value = node(value_);
  if (value.IsObject()) return value.MemberCount();
  return value.IsArray() ? value.Size() : 0;
}

Cursor Cursor::child(std::size_t i) const& noexcept {
  const Node& value = node(value_);
  if (value.IsArray()) return Cursor(value.Begin() + i, this, {}, i);
  const auto& member = *(value.MemberBegin() + static_cast<std::ptrdiff_t>(i));
  return Cursor(&member.value, this, text_of(member.name), i);
}

std::optional<Cursor> Cursor::find(std::string_view name) const& noexcept {
  const Node& value = node(value_);
  if (!value.IsObject()) return std::nullopt;
  for (std::size_t i = value.MemberCount(); i-- > 0;) {
    const auto& member = *(value.MemberBegin() + static_cast<std::ptrdiff_t>(i));
    if (text_of(member.name) != name) continue;
    if (member.value.IsNull()) return std::nullopt;
    return Cursor(&member.value, this, text_of(member.name), i);
  }
  return std::nullopt;
}

bool Cursor::get(bool& out) const noexcept {
  const Node& value = node(value_);
  if (!value.IsBool()) return false;
  out = value.GetBool();
  return true;
}

bool Cursor::get(std::int64_t& out) const noexcept {
  const Node& value = node(value_);
  if (!value.IsInt64()) return false;
  out = value.GetInt64();
  return true;
}

bool Cursor::get(std::uint64_t& out) const noexcept {
  const Node& value = node(value_);
  if (!value.IsUint64()) return false;
  out = value.GetUint64();
  return true;
}

bool Cursor::get(std::string_view& out) const noexcept {
  const Node& value = node(value_);
  if (!value.IsString()) return false;
  out = text_of(value);
  return true;
}

std::string Cursor::pointer() const {
  if (parent_ == nullptr) return {};
  std::string out = parent_->pointer();
  out += '/';
  if (parent_->kind() == Kind::kArray)
    out += std::to_string(index_);
  else
    append_token(out, name_);
  return out;
}

Error Cursor::error(std::string_view text) const {
  std::string where = pointer();
  std::string words = where;
  if (!words.empty()) words += ": ";
  words += text;
  return Error{Code::kInvalidConfig, std::move(words), 0, std::move(where), {}};
}

Error Cursor::expected(std::string_view what) const {
  std::string text = "expected ";
  text.append(what).append(", found ").append(show(node(value_)));
  return error(text);
}

}  // namespace oci::json
