#include "lib/runtime/drill.h"

#ifdef OCI_DRILLS

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <string_view>

namespace oci::runtime {
namespace {

// The number after `kind`, or -1.
long drilled(std::string_view kind) {
  const char* drill = ::getenv("OCI_DRILL");
  if (drill == nullptr || !std::string_view(drill).starts_with(kind)) return -1;
  return ::strtol(drill + kind.size(), nullptr, 10);
}

}  // namespace

void drill_point() {
  static long reached = 0;
  if (reached++ == drilled("kill:")) ::kill(::getpid(), SIGKILL);
}

std::uint32_t drilled_step() { return static_cast<std::uint32_t>(drilled("fail:") + 1); }

const char* drilled_resctrl() { return ::getenv("OCI_RESCTRL"); }

}  // namespace oci::runtime

#endif
