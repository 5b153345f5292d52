// Any bytes as a plan for init: what View::open() accepts can be walked to its end.
#include <cstring>
#include <vector>

#include "lib/plan/init_plan.h"
#include "tests/fuzz/target.h"

using namespace oci::plan;

namespace {

volatile std::size_t sink;  // keeps the reads

void read(std::string_view text) {
  for (const char c : text) sink = sink + static_cast<unsigned char>(c);
  sink = sink + std::strlen(text.data());
}

}  // namespace

FUZZ_TARGET(init_plan) {
  // The frame is given, or nearly no input would pass the first line.
  std::vector<std::byte> buffer(sizeof(Header) + bytes.size());
  Header header{};
  header.magic = kMagic;
  header.version = kVersion;
  header.total = static_cast<std::uint32_t>(buffer.size());
  header.step_off = sizeof(Header);
  header.step_count = bytes.empty() ? 0 : static_cast<std::uint8_t>(bytes[0]) % 8u;
  std::memcpy(buffer.data(), &header, sizeof header);
  if (!bytes.empty()) std::memcpy(buffer.data() + sizeof header, bytes.data(), bytes.size());
  View view;
  if (!view.open(buffer)) return;
  for (const Step& step : view.steps()) {
    read(view.str(step.s0));
    for (const Ref item : view.list(step.list)) read(view.str(item));
    if (step.op != Op::kExec) read(view.str(step.s1));
    if (step.op == Op::kExec)
      for (const Ref item : view.list(step.s1)) read(view.str(item));
  }
}
