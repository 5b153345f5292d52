#include "lib/json/fields.h"

#include <bitset>

namespace oci::json {
namespace {

// Documents list members mostly in table order: looking on from the last hit makes one comparison
// the usual case.
const Row* find_row(Rows rows, std::string_view name, std::size_t& next) {
  for (std::size_t tried = 0; tried < rows.size(); ++tried) {
    if (next >= rows.size()) next = 0;
    const Row& row = rows[next++];
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace

void note_duplicate(const Cursor& at, Session& session) {
  session.notes.duplicate.push_back(at.pointer());
}

bool parse_object(const Cursor& at, Rows rows, void* object, Session& session) {
  if (at.kind() != Kind::kObject) [[unlikely]]
    return session.fail(at.expected("an object"));
  std::bitset<kMaxRows> seen;
  std::size_t next = 0;
  const std::size_t count = at.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Cursor member = at.child(i);
    const Row* row = find_row(rows, member.name(), next);
    if (row == nullptr) {
      session.notes.unknown.push_back(member.pointer());
      continue;
    }
    const auto index = static_cast<std::size_t>(row - rows.data());
    if (seen.test(index)) [[unlikely]] {
      note_duplicate(member, session);
      if (row->reset != nullptr) row->reset(object);
    }
    seen.set(index);
    if (member.is_null()) continue;
    if (row->parse == nullptr) {
      session.notes.ignored.push_back(member.pointer());
      continue;
    }
    if (!row->parse(member, object, session)) return false;
  }
  return true;
}

void render_object(Writer& out, Rows rows, const void* object) {
  out.begin_object();
  for (const Row& row : rows) {
    if (row.render == nullptr) continue;
    if (row.keep == Keep::kUnlessAbsent && row.absent(object)) continue;
    out.key(row.name);
    row.render(out, object);
  }
  out.end_object();
}

bool object_absent(Rows rows, const void* object) {
  for (const Row& row : rows)
    if (row.absent != nullptr && !row.absent(object)) return false;
  return true;
}

std::string integer_words(bool is_signed, unsigned bits) {
  return std::string(is_signed ? "a signed " : "an unsigned ") + std::to_string(bits) +
         "-bit integer";
}

}  // namespace oci::json
