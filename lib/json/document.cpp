#include <rapidjson/reader.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/try.h"
#include "lib/json/dom.h"
#include "lib/json/reader.h"
#include "lib/json/text.h"

namespace oci::json {

struct Document::Impl {
  explicit Impl(std::string bytes) : text(std::move(bytes)) {}
  std::string text;  // the DOM's strings live in here
  Dom dom;
};

namespace {

constexpr unsigned kFlags = rapidjson::kParseInsituFlag;  // recursive: the depth is limited

Error syntax_error(std::string text) {
  return Error{Code::kInvalidConfig, std::move(text), 0, {}, {}};
}

// Hands the reader's events to the DOM, counts levels and remembers whether a string has a fault.
class Builder {
 public:
  Builder(Dom& dom, unsigned depth) : dom_(dom), limit_(depth) {}

  bool too_deep() const { return too_deep_; }
  bool has_fault() const { return fault_; }

  bool Null() { return dom_.Null(); }
  bool Bool(bool v) { return dom_.Bool(v); }
  bool Int(int v) { return dom_.Int(v); }
  bool Uint(unsigned v) { return dom_.Uint(v); }
  bool Int64(std::int64_t v) { return dom_.Int64(v); }
  bool Uint64(std::uint64_t v) { return dom_.Uint64(v); }
  bool Double(double v) { return dom_.Double(v); }
  bool RawNumber(const char* s, rapidjson::SizeType n, bool copy) {
    return dom_.RawNumber(s, n, copy);
  }
  bool String(const char* s, rapidjson::SizeType n, bool copy) {
    check(s, n);
    return dom_.String(s, n, copy);
  }
  bool Key(const char* s, rapidjson::SizeType n, bool copy) {
    check(s, n);
    return dom_.Key(s, n, copy);
  }
  bool StartObject() { return enter() && dom_.StartObject(); }
  bool EndObject(rapidjson::SizeType n) { return leave() && dom_.EndObject(n); }
  bool StartArray() { return enter() && dom_.StartArray(); }
  bool EndArray(rapidjson::SizeType n) { return leave() && dom_.EndArray(n); }

 private:
  void check(const char* s, rapidjson::SizeType n) {
    if (find_fault({s, n}) != TextFault::kNone) [[unlikely]]
      fault_ = true;
  }
  bool enter() {
    too_deep_ = ++depth_ > limit_;
    return !too_deep_;
  }
  bool leave() {
    --depth_;
    return true;
  }

  Dom& dom_;
  const unsigned limit_;
  unsigned depth_ = 0;
  bool too_deep_ = false;
  bool fault_ = false;
};

// What the reader was looking for, in the words of Go's decoder.
std::string_view sought(rapidjson::ParseErrorCode code) {
  switch (code) {
    case rapidjson::kParseErrorDocumentRootNotSingular: return "after top-level value";
    case rapidjson::kParseErrorObjectMissName: return "looking for beginning of object key string";
    case rapidjson::kParseErrorObjectMissColon: return "after object key";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket: return "after object key:value pair";
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket: return "after array element";
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
      return "in \\u hexadecimal character escape";
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid: return "in \\u surrogate pair";
    case rapidjson::kParseErrorStringEscapeInvalid: return "in string escape code";
    case rapidjson::kParseErrorStringInvalidEncoding: return "in string literal";
    case rapidjson::kParseErrorNumberTooBig: return "in numeric literal (too big)";
    case rapidjson::kParseErrorNumberMissFraction:
    case rapidjson::kParseErrorNumberMissExponent: return "in numeric literal";
    default: return "looking for beginning of value";
  }
}

std::string describe_byte(char c) {
  if (c >= 0x20 && c < 0x7f) return {'\'', c, '\''};
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return {'\'', '\\', 'x', digits[byte >> 4], digits[byte & 15], '\''};
}

// By byte, not by line: parsing in place turns escapes into newlines.
Error parse_error(const std::string& text, rapidjson::ParseErrorCode code, std::size_t offset) {
  if (code == rapidjson::kParseErrorDocumentEmpty) return syntax_error("EOF");
  if (offset >= text.size()) return syntax_error("unexpected EOF");
  return syntax_error("invalid character " + describe_byte(text[offset]) + " " +
                      std::string(sought(code)) + " (byte " + std::to_string(offset + 1) + ")");
}

Status check_bytes(const std::string& text, const Limits& limits) {
  if (text.size() > limits.bytes)
    return syntax_error("the document is larger than " + std::to_string(limits.bytes) + " bytes");
  if (text.starts_with("\xef\xbb\xbf"))
    return syntax_error("invalid character '\\ufeff' looking for beginning of value");
  // The reader takes NUL for the end of its input.
  if (const auto at = text.find('\0'); at != std::string::npos)
    return syntax_error("invalid character '\\x00' (byte " + std::to_string(at + 1) + ")");
  return {};
}

Status check_text(const Cursor& at, std::string_view text, std::string_view what) {
  switch (find_fault(text)) {
    case TextFault::kNone: return {};
    case TextFault::kNul: return at.error(std::string(what) + " contains a NUL character");
    case TextFault::kNotUtf8: return at.error(std::string(what) + " is not valid UTF-8");
  }
  return {};
}

// Only after a fault was seen: walks the document to say where. The depth is limited already.
Status find_faulty_string(const Cursor& at) {
  std::string_view text;
  if (at.get(text)) return check_text(at, text, "the string");
  for (std::size_t i = 0; i < at.size(); ++i) {
    const Cursor child = at.child(i);
    TRY(check_text(child, child.name(), "the name"));
    TRY(find_faulty_string(child));
  }
  return {};
}

}  // namespace

Document::Document(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Cursor Document::root() const noexcept {
  return Cursor(static_cast<const Node*>(&impl_->dom), nullptr, {}, 0);
}

Result<Document> Document::parse(std::string text, const Limits& limits) {
  TRY(check_bytes(text, limits));
  auto impl = std::make_unique<Impl>(std::move(text));
  Builder builder(impl->dom, limits.depth);
  rapidjson::InsituStringStream stream(impl->text.data());
  rapidjson::Reader reader;
  rapidjson::ParseResult outcome;
  auto generate = [&](Dom&) {
    outcome = reader.Parse<kFlags>(stream, builder);
    return !outcome.IsError();
  };
  impl->dom.Populate(generate);
  if (builder.too_deep())
    return syntax_error("exceeded max depth: more than " + std::to_string(limits.depth) +
                        " levels");
  if (outcome.IsError()) return parse_error(impl->text, outcome.Code(), outcome.Offset());
  Document document(std::move(impl));
  if (builder.has_fault()) {
    const Cursor root = document.root();
    TRY(find_faulty_string(root));
  }
  return document;
}

}  // namespace oci::json
