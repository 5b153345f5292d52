// Any bytes as a plan for init: what View::open() accepts can be walked to its end.
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "lib/plan/init_plan.h"

namespace {

volatile std::size_t sink;  // keeps the reads

void read(std::string_view text) {
  for (const char c : text) sink = sink + static_cast<unsigned char>(c);
  sink = sink + std::strlen(text.data());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace oci::plan;
  // The frame is given, or nearly no input would pass the first line.
  std::vector<std::byte> buffer(sizeof(Header) + size);
  Header header{};
  header.magic = kMagic;
  header.version = kVersion;
  header.total = static_cast<std::uint32_t>(buffer.size());
  header.step_off = sizeof(Header);
  header.step_count = size > 0 ? data[0] % 8u : 0;
  std::memcpy(buffer.data(), &header, sizeof header);
  if (size > 0) std::memcpy(buffer.data() + sizeof header, data, size);
  View view;
  if (!view.open(buffer)) return 0;
  for (const Step& step : view.steps()) {
    read(view.str(step.s0));
    for (const Ref item : view.list(step.list)) read(view.str(item));
    if (step.op != Op::kExec) read(view.str(step.s1));
    if (step.op == Op::kExec)
      for (const Ref item : view.list(step.s1)) read(view.str(item));
  }
  return 0;
}
