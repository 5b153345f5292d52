// The runtime-spec's JSON schema, walked to the paths of all its properties.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lib/json/reader.h"
#include "tests/unit/spec/documents.h"

namespace oci::test {

// $OCI_SPEC_FIXTURES, or shared/fixtures/runtime-spec beside the checkout; empty where there is
// none.
inline std::filesystem::path spec_fixtures() {
  const char* given = std::getenv("OCI_SPEC_FIXTURES");
  const std::filesystem::path dir =
      given != nullptr ? std::filesystem::path(given)
                       : std::filesystem::path(OCI_SOURCE_DIR) / "../shared/fixtures/runtime-spec";
  return std::filesystem::exists(dir / "config-schema.json") ? dir : std::filesystem::path();
}

// A way into a document: names of members, "[]" for an element of an array.
using Way = std::vector<std::string>;

class SchemaWalk {
 public:
  explicit SchemaWalk(std::filesystem::path dir) : dir_(std::move(dir)) {}

  // All properties below the schema's root, without those below `skipped`.
  std::set<Way> properties(const std::string& file, const std::set<std::string>& skipped) {
    skipped_ = skipped;
    visit(file, root(file), {});
    return found_;
  }

 private:
  const json::Cursor& root(const std::string& file) {
    auto& entry = files_[file];
    if (!entry) {
      auto document = json::Document::parse(read_text(dir_ / file));
      BOOST_REQUIRE_MESSAGE(document.ok(), file);
      entry = std::make_unique<File>(File{document.take(), nullptr});
      entry->root = std::make_unique<json::Cursor>(entry->document.root());
    }
    return *entry->root;
  }

  // "defs.json#/definitions/Hook", "#/definitions/x" or "file.json"
  void follow(const std::string& file, const std::string& reference, const Way& way) {
    const std::size_t hash = reference.find('#');
    const std::string target = hash == 0 ? file : reference.substr(0, hash);
    const std::string pointer = hash == std::string::npos ? "" : reference.substr(hash + 1);
    descend(target, root(target), pointer, way);
  }

  void descend(const std::string& file, const json::Cursor& at, const std::string& pointer,
               const Way& way) {
    if (pointer.size() <= 1) return visit(file, at, way);
    const std::size_t end = pointer.find('/', 1);
    const auto next = at.find(pointer.substr(1, end == std::string::npos ? end : end - 1));
    BOOST_REQUIRE_MESSAGE(next, file << " lacks " << pointer);
    descend(file, *next, end == std::string::npos ? "" : pointer.substr(end), way);
  }

  void visit(const std::string& file, const json::Cursor& schema, const Way& way) {
    std::string_view reference;
    if (const auto ref = schema.find("$ref"); ref && ref->get(reference))
      follow(file, std::string(reference), way);
    if (const auto list = schema.find("properties")) members(file, *list, way);
    if (const auto items = schema.find("items")) visit(file, *items, extend(way, "[]"));
    // Maps with free keys.
    for (const char* name : {"patternProperties", "additionalProperties"})
      if (const auto free = schema.find(name); free && free->kind() == json::Kind::kObject) {
        if (std::string(name) == "additionalProperties")
          visit(file, *free, extend(way, "key"));
        else
          for (std::size_t i = 0; i < free->size(); ++i)
            visit(file, free->child(i), extend(way, "key"));
      }
    for (const char* name : {"allOf", "anyOf", "oneOf"})
      if (const auto list = schema.find(name))
        for (std::size_t i = 0; i < list->size(); ++i) {
          const json::Cursor part = list->child(i);
          visit(file, part, way);
        }
  }

  void members(const std::string& file, const json::Cursor& list, const Way& way) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const json::Cursor member = list.child(i);
      if (way.empty() && skipped_.count(std::string(member.name())) != 0) continue;
      const Way next = extend(way, std::string(member.name()));
      found_.insert(next);
      visit(file, member, next);
    }
  }

  static Way extend(Way way, std::string step) {
    way.push_back(std::move(step));
    return way;
  }

  struct File {
    json::Document document;
    std::unique_ptr<json::Cursor> root;
  };
  std::filesystem::path dir_;
  std::map<std::string, std::unique_ptr<File>> files_;
  std::set<std::string> skipped_;
  std::set<Way> found_;
};

}  // namespace oci::test
