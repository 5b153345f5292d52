#include "tests/support/config.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <cstring>
#include <stdexcept>

namespace oci::test {

std::string json_array(const std::vector<std::string>& words) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartArray();
  for (const std::string& word : words)
    writer.String(word.data(), static_cast<rapidjson::SizeType>(word.size()));
  writer.EndArray();
  return buffer.GetString();
}

void Config::parse(const std::string& text) {
  document_.Parse(text.c_str());
  if (document_.HasParseError()) throw std::runtime_error("bad JSON: " + text);
}

Config& Config::set(const char* pointer, const std::string& json) {
  rapidjson::Document value(&document_.GetAllocator());
  value.Parse(json.c_str());
  if (value.HasParseError()) throw std::runtime_error("bad JSON in a test: " + json);
  rapidjson::Pointer(pointer).Set(document_, value);
  return *this;
}

Config& Config::set_text(const char* pointer, const std::string& text) {
  rapidjson::Pointer(pointer).Set(document_, text.c_str());
  return *this;
}

Config& Config::add(const char* pointer, const std::string& json) {
  if (rapidjson::Pointer(pointer).Get(document_) == nullptr) set(pointer, "[]");
  return set((std::string(pointer) + "/-").c_str(), json);
}

Config& Config::drop(const char* pointer) {
  rapidjson::Pointer(pointer).Erase(document_);
  return *this;
}

Config& Config::drop_where(const char* pointer, const char* key, const char* value) {
  rapidjson::Value* array = rapidjson::Pointer(pointer).Get(document_);
  if (array == nullptr) return *this;
  for (auto it = array->Begin(); it != array->End();)
    it = std::strcmp((*it)[key].GetString(), value) == 0 ? array->Erase(it) : it + 1;
  return *this;
}

std::string Config::text() const {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  document_.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace oci::test
