// The documents that engines wrote, from tests/fixtures/engine-configs.
#pragma once

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace oci::test {

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  BOOST_REQUIRE_MESSAGE(file, "cannot read " << path);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct EngineDocument {
  std::string name;
  std::string text;
  enum Kind { kConfig, kProcess, kResources } kind;
};

// All that INDEX.tsv lists.
inline std::vector<EngineDocument> engine_documents() {
  const std::filesystem::path dir =
      std::filesystem::path(OCI_SOURCE_DIR) / "tests/fixtures/engine-configs";
  std::ifstream index(dir / "INDEX.tsv");
  BOOST_REQUIRE(index);
  std::vector<EngineDocument> out;
  for (std::string line; std::getline(index, line);) {
    const std::string name = line.substr(0, line.find('\t'));
    if (!name.ends_with(".json")) continue;
    const auto kind = line.find("exec --process") != std::string::npos ? EngineDocument::kProcess
                      : line.find("update --resources") != std::string::npos
                          ? EngineDocument::kResources
                          : EngineDocument::kConfig;
    out.push_back({name, read_text(dir / name), kind});
  }
  BOOST_REQUIRE_GT(out.size(), 150u);
  return out;
}

}  // namespace oci::test
