// A config.json that a test changes.
#pragma once

#include <rapidjson/document.h>
#include <rapidjson/pointer.h>

#include <string>
#include <vector>

namespace oci::test {

// Adding to, removing from and reading a document by JSON pointer.
class Config {
 public:
  Config& set(const char* pointer, const std::string& json);       // parents are made
  Config& set_text(const char* pointer, const std::string& text);  // a string
  Config& add(const char* pointer,
              const std::string& json);  // to an array, which is made if missing
  Config& drop(const char* pointer);
  // Drops the elements of an array whose member `key` is `value`.
  Config& drop_where(const char* pointer, const char* key, const char* value);
  std::string text() const;
  rapidjson::Document& document() { return document_; }
  void parse(const std::string& text);

 private:
  rapidjson::Document document_;
};

std::string json_array(const std::vector<std::string>& words);

}  // namespace oci::test
