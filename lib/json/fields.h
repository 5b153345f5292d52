// Field tables: one constexpr table for each struct drives both parsing and rendering.
//
//   struct Owner { std::uint32_t uid = 0; std::string name; std::optional<int> limit; };
//
//   template <>
//   struct oci::json::Table<Owner> {
//     static constexpr Row rows[] = {
//         field<&Owner::uid>("uid", Keep::kAlways),
//         field<&Owner::name>("name"),
//         field<&Owner::limit>("limit"),
//         ignored("legacyName"),
//     };
//   };
//
//   Result<Owner> owner = json::decode<Owner>(std::move(text));   // errors name the JSON pointer
//   std::string text = json::encode(*owner);                      // or encode(*owner, "  ")
//
// Types of members: bool, integers, std::string, structs that have a table, and std::optional,
// std::vector and std::map<std::string, ·> of all these; for more, specialise Codec. Define tables
// before the tables that use them. Parsing: null is the same as absent (in an array or a map: the
// type's default value); a member given twice counts the last time; unknown members are noted and
// skipped; every other deviation is an error. Rendering: rows in table order; a member is left out
// when it is "absent": false, 0, "", empty vector, map or optional, or a struct of nothing but
// absent members; Keep::kAlways writes it all the same. So decode(encode(x)) equals x; a member
// whose initial value is not the absent one needs kAlways for that.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "lib/base/try.h"
#include "lib/json/reader.h"
#include "lib/json/writer.h"
#include "oci/result.h"

namespace oci::json {

// JSON pointers of what was tolerated.
struct Notes {
  std::vector<std::string> unknown;    // members without a row
  std::vector<std::string> duplicate;  // members given again
  std::vector<std::string> ignored;    // members with a row that has no effect
};

// What one decode has to report: `error` is set where a parse function answered false.
struct Session {
  Notes notes;
  Error error;

  bool fail(Error e) {
    error = std::move(e);
    return false;
  }
};

enum class Keep { kUnlessAbsent, kAlways };

// A member of a struct, with the struct's type erased.
struct Row {
  std::string_view name;
  Keep keep = Keep::kUnlessAbsent;
  bool (*parse)(const Cursor& at, void* object,
                Session& session) = nullptr;  // null: an ignored member
  void (*reset)(void* object) = nullptr;
  bool (*absent)(const void* object) = nullptr;
  void (*render)(Writer& out, const void* object) = nullptr;
};
using Rows = std::span<const Row>;

// Specialise with `static constexpr Row rows[]`.
template <class T>
struct Table;

inline constexpr std::size_t kMaxRows = 64;

// The engine behind all tables. `object` is of the struct that `rows` is about.
bool parse_object(const Cursor& at, Rows rows, void* object, Session& session);
void render_object(Writer& out, Rows rows, const void* object);
bool object_absent(Rows rows, const void* object);
// Notes a member name that appeared before in this object.
void note_duplicate(const Cursor& at, Session& session);

// ---- how a type is read and written ----

// Structs with a table.
template <class T>
struct Codec {
  static bool parse(const Cursor& at, T& out, Session& session) {
    static_assert(std::size(Table<T>::rows) <= kMaxRows);
    return parse_object(at, Table<T>::rows, &out, session);
  }
  static void render(Writer& out, const T& value) { render_object(out, Table<T>::rows, &value); }
  static bool absent(const T& value) { return object_absent(Table<T>::rows, &value); }
};

// An element of a container: null stands for the default value.
template <class T>
bool parse_element(const Cursor& at, T& out, Session& session) {
  return at.is_null() || Codec<T>::parse(at, out, session);
}

template <>
struct Codec<bool> {
  static bool parse(const Cursor& at, bool& out, Session& session) {
    return at.get(out) || session.fail(at.expected("a boolean"));
  }
  static void render(Writer& out, bool value) { out.boolean(value); }
  static bool absent(bool value) { return !value; }
};

// "an unsigned 32-bit integer"
std::string integer_words(bool is_signed, unsigned bits);

template <std::integral T>
struct Codec<T> {
  using Wide = std::conditional_t<std::signed_integral<T>, std::int64_t, std::uint64_t>;
  static bool parse(const Cursor& at, T& out, Session& session) {
    Wide wide = 0;
    if (!at.get(wide) || !std::in_range<T>(wide)) [[unlikely]]
      return session.fail(at.expected(integer_words(std::signed_integral<T>, 8 * sizeof(T))));
    out = static_cast<T>(wide);
    return true;
  }
  static void render(Writer& out, T value) { out.integer(value); }
  static bool absent(T value) { return value == 0; }
};

template <>
struct Codec<std::string> {
  static bool parse(const Cursor& at, std::string& out, Session& session) {
    std::string_view text;
    if (!at.get(text)) [[unlikely]]
      return session.fail(at.expected("a string"));
    out = text;
    return true;
  }
  static void render(Writer& out, const std::string& value) { out.string(value); }
  static bool absent(const std::string& value) { return value.empty(); }
};

template <class T>
struct Codec<std::optional<T>> {
  static bool parse(const Cursor& at, std::optional<T>& out, Session& session) {
    return Codec<T>::parse(at, out.emplace(), session);
  }
  static void render(Writer& out, const std::optional<T>& value) {
    if (value)
      Codec<T>::render(out, *value);
    else
      out.null();
  }
  static bool absent(const std::optional<T>& value) { return !value; }
};

template <class T>
struct Codec<std::vector<T>> {
  static bool parse(const Cursor& at, std::vector<T>& out, Session& session) {
    if (at.kind() != Kind::kArray) [[unlikely]]
      return session.fail(at.expected("an array"));
    const std::size_t count = at.size();
    out.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
      if (!parse_element(at.child(i), out.emplace_back(), session)) return false;
    return true;
  }
  static void render(Writer& out, const std::vector<T>& value) {
    out.begin_array();
    for (const T& element : value) Codec<T>::render(out, element);
    out.end_array();
  }
  static bool absent(const std::vector<T>& value) { return value.empty(); }
};

template <class T>
struct Codec<std::map<std::string, T>> {
  using Map = std::map<std::string, T>;
  static bool parse(const Cursor& at, Map& out, Session& session) {
    if (at.kind() != Kind::kObject) [[unlikely]]
      return session.fail(at.expected("an object"));
    for (std::size_t i = 0; i < at.size(); ++i) {
      const Cursor member = at.child(i);
      const auto [slot, added] = out.try_emplace(std::string(member.name()));
      if (!added) {
        note_duplicate(member, session);
        slot->second = T{};
      }
      if (!parse_element(member, slot->second, session)) return false;
    }
    return true;
  }
  static void render(Writer& out, const Map& value) {
    out.begin_object();
    for (const auto& [name, element] : value) {
      out.key(name);
      Codec<T>::render(out, element);
    }
    out.end_object();
  }
  static bool absent(const Map& value) { return value.empty(); }
};

// ---- rows ----

template <class M>
struct MemberOf;
template <class S, class T>
struct MemberOf<T S::*> {
  using Struct = S;
  using Type = T;
};

// A member that is read and written under `name`.
template <auto Member>
constexpr Row field(std::string_view name, Keep keep = Keep::kUnlessAbsent) {
  using S = typename MemberOf<decltype(Member)>::Struct;
  using T = typename MemberOf<decltype(Member)>::Type;
  return Row{
      name,
      keep,
      [](const Cursor& at, void* object, Session& session) {
        return Codec<T>::parse(at, static_cast<S*>(object)->*Member, session);
      },
      [](void* object) { static_cast<S*>(object)->*Member = S{}.*Member; },
      [](const void* object) { return Codec<T>::absent(static_cast<const S*>(object)->*Member); },
      [](Writer& out, const void* object) {
        Codec<T>::render(out, static_cast<const S*>(object)->*Member);
      }};
}

// A known member whose value is of no interest, whatever it is.
constexpr Row ignored(std::string_view name) { return Row{.name = name}; }

// ---- whole documents ----

template <class T>
Result<T> decode(const Document& document, Notes* notes = nullptr) {
  Session session;
  T out{};
  const bool ok = Codec<T>::parse(document.root(), out, session);
  if (!ok) return std::move(session.error);
  if (notes != nullptr) *notes = std::move(session.notes);
  return out;
}

template <class T>
Result<T> decode(std::string text, Notes* notes = nullptr) {
  const Document document = TRY(Document::parse(std::move(text)));
  return decode<T>(document, notes);
}

template <class T>
std::string encode(const T& value, std::string_view indent = {}) {
  Writer out(indent);
  Codec<T>::render(out, value);
  return out.take();
}

}  // namespace oci::json
