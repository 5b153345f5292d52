// JSON text as Go's encoding/json writes it: `<`, `>`, `&`, U+2028 and U+2029 are escaped, bad
// UTF-8 replaced.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ocirun {

// The string with its quotes.
void append_json_string(std::string& out, std::string_view text);

// Writes one object, compact or indented; members come out in the order they are given.
class JsonObject {
 public:
  // `indent` spaces for each level of depth; 0: compact.
  explicit JsonObject(std::string& out, int indent = 0, int depth = 1)
      : out_(out), indent_(indent), depth_(depth) {
    out_ += '{';
  }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;

  void member(std::string_view key, std::string_view value) {
    name(key);
    append_json_string(out_, value);
  }
  void member(std::string_view key, std::int64_t value) {
    name(key);
    out_ += std::to_string(value);
  }
  void number(std::string_view key, std::uint64_t value) { raw(key, std::to_string(value)); }
  // The value is JSON already.
  void raw(std::string_view key, std::string_view json) {
    name(key);
    out_ += json;
  }
  // A member whose value is an object; end() it before the next member.
  JsonObject object(std::string_view key) {
    name(key);
    return JsonObject(out_, indent_, depth_ + 1);
  }
  void end() {
    if (!first_) new_line(depth_ - 1);
    out_ += '}';
  }

 private:
  void name(std::string_view key);
  void new_line(int depth);
  std::string& out_;
  int indent_;
  int depth_;
  bool first_ = true;
};

}  // namespace ocirun
