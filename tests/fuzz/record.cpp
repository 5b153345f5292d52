// Any bytes as our own state.json: what is read is written so that it is read as the same.
#include "lib/runtime/record.h"
#include "tests/fuzz/target.h"

using namespace oci;
using fuzz::require;

FUZZ_TARGET(record) {
  const auto record = runtime::parse_record(bytes, "fuzz");
  if (!record) {
    require(record.error().code == Code::kCorruptState, "a bad record is told as one");
    return;
  }
  const std::string rendered = runtime::render_record(*record);
  const auto again = runtime::parse_record(rendered, "fuzz");
  require(again && runtime::render_record(*again) == rendered,
          "what is rendered is read as the same");
  require(record->cgroup.made.size() == record->cgroup.dirs.size(),
          "of each cgroup it is known whose it is");
}
