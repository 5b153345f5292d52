// Crash drills: the tests fail or kill the runtime at every point of its work and look for what is
// left. Only in builds with OCI_DRILLS is there anything behind this; OCI_DRILL=fail:N fails init's
// N-th step, OCI_DRILL=kill:N ends this process at its N-th drill point.
#pragma once

#include <cstdint>

namespace oci::runtime {

#ifdef OCI_DRILLS
// Stands between two side effects of this process.
void drill_point();
// For plan::Header::fail_step: N + 1, or 0.
std::uint32_t drilled_step();
// OCI_RESCTRL: a directory that stands for resctrl, which few machines have. Null: none.
const char* drilled_resctrl();
#else
inline void drill_point() {}
inline std::uint32_t drilled_step() { return 0; }
inline const char* drilled_resctrl() { return nullptr; }
#endif

}  // namespace oci::runtime
