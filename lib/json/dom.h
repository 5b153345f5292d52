// The DOM type behind Cursor and Document. For the .cpp files of this room only.
#pragma once

#include <rapidjson/document.h>
#include <rapidjson/error/error.h>

#include <string_view>

namespace oci::json {

using Dom = rapidjson::Document;
using Node = rapidjson::Value;

inline const Node& node(const void* value) noexcept { return *static_cast<const Node*>(value); }

inline std::string_view text_of(const Node& value) noexcept {
  return {value.GetString(), value.GetStringLength()};
}

}  // namespace oci::json
