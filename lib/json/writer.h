// Writing JSON as Go's encoder does, because that is what readers of runc's output are used to:
// `<`, `>`,
// `&`, U+2028 and U+2029 are escaped, bytes that are not UTF-8 become U+FFFD, and an indented
// document has `[]` and `{}` for what is empty and no newline at its end.
//
//   json::Writer out("    ");           // four spaces; "" is compact, "\t" a tab
//   out.begin_object();
//   out.key("id").string(id);
//   out.key("pids").begin_array();
//   for (pid_t pid : pids) out.integer(pid);
//   out.end_array();
//   out.end_object();
//   return out.take();
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace oci::json {

class Writer {
 public:
  explicit Writer(std::string_view indent = {}) : indent_(indent) {}

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }
  // The name of the next member; one value must follow.
  Writer& key(std::string_view name);

  Writer& string(std::string_view text);
  Writer& boolean(bool value);
  Writer& null();
  template <std::integral T>
  Writer& integer(T value) {
    if constexpr (std::signed_integral<T>)
      return signed_integer(value);
    else
      return unsigned_integer(value);
  }
  // A finished piece of JSON, taken as it is.
  Writer& raw(std::string_view json);

  const std::string& text() const& noexcept { return out_; }
  std::string take() && { return std::move(out_); }
  std::string take() & { return std::move(out_); }

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  Writer& signed_integer(std::int64_t value);
  Writer& unsigned_integer(std::uint64_t value);
  void separate();
  void newline();

  std::string out_;
  std::string indent_;
  unsigned level_ = 0;
  bool first_ = true;       // nothing in the current object or array yet
  bool after_key_ = false;  // the value of a member comes next
};

// `text` in double quotes, escaped in the same way.
std::string quoted(std::string_view text);

}  // namespace oci::json
