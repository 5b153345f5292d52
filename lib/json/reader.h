// Reading JSON: a whole document in memory, and cursors into it that know where they are.
//
// Most code wants lib/json/fields.h instead: a table per struct, then `json::decode<T>(text)`. A
// cursor is for what a table cannot say.
//
//   const auto doc = TRY(json::Document::parse(std::move(text)));
//   const json::Cursor root = doc.root();
//   const auto pid = root.find("pid");                        // empty when absent or null
//   if (!pid) return root.error("pid is missing");
//   std::int64_t number = 0;
//   if (!pid->get(number)) return pid->expected("an integer");  // "/pid: expected an integer,
//   found ..."
//
// Rules for every document: UTF-8 without BOM, one value and nothing after it, no NUL in any string
// (such a string cannot reach the kernel whole), at most Limits::depth levels and Limits::bytes
// bytes. Lifetimes: a Cursor borrows its document and its parent cursor; keep both alive. Children
// of temporaries do not compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "oci/result.h"

namespace oci::json {

struct Limits {
  std::size_t bytes = std::size_t{16} << 20;
  unsigned depth = 512;
};

enum class Kind { kNull, kBoolean, kNumber, kString, kArray, kObject };

// One value of a document and the way to it.
class Cursor {
 public:
  Kind kind() const noexcept;
  bool is_null() const noexcept { return kind() == Kind::kNull; }

  // Elements of an array or members of an object, in document order; 0 for other kinds.
  std::size_t size() const noexcept;
  // Precondition: i < size().
  Cursor child(std::size_t i) const& noexcept;
  Cursor child(std::size_t i) const&& = delete;
  // The member of this name: the last one where it is given twice; empty where it is absent or
  // null.
  std::optional<Cursor> find(std::string_view name) const& noexcept;
  std::optional<Cursor> find(std::string_view name) const&& = delete;
  // The name under which the parent object holds this value; empty for elements and for the root.
  std::string_view name() const noexcept { return name_; }

  // The value, if it is of this kind: false otherwise. Numbers must be written as integers (no
  // fraction, no exponent) and fit. The text lives as long as the document.
  bool get(bool& out) const noexcept;
  bool get(std::int64_t& out) const noexcept;
  bool get(std::uint64_t& out) const noexcept;
  bool get(std::string_view& out) const noexcept;

  // RFC 6901; the root is "".
  std::string pointer() const;
  // kInvalidConfig, "<pointer>: text", where = pointer.
  Error error(std::string_view text) const;
  // error("expected <what>, found <this value, shortened>")
  Error expected(std::string_view what) const;

 private:
  friend class Document;
  Cursor(const void* value, const Cursor* parent, std::string_view name, std::size_t index) noexcept
      : value_(value), parent_(parent), name_(name), index_(index) {}

  const void* value_;  // the DOM node; its type is known to the .cpp files of this room only
  const Cursor* parent_;
  std::string_view name_;
  std::size_t index_;
};

// A parsed document. Movable; cursors stay valid when it moves.
class Document {
 public:
  // Errors: kInvalidConfig with the position in the text ("EOF" for an empty one, "unexpected EOF"
  // for a truncated one), or with the pointer of a string that is not allowed.
  static Result<Document> parse(std::string text, const Limits& limits = {});

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  Cursor root() const noexcept;

 private:
  struct Impl;
  explicit Document(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace oci::json
