// Any bytes as config.json: parse, render and parse again, validate, compile. What compiles is a
// plan that init accepts.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/plan/plan.h"
#include "oci/parse.h"
#include "oci/validate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto spec = oci::parse_spec({reinterpret_cast<const char*>(data), size});
  if (!spec) return 0;
  const std::string rendered = oci::render_spec(*spec);
  const auto again = oci::parse_spec(rendered);
  if (!again || oci::render_spec(*again) != rendered) std::abort();
  (void)oci::advise(*spec);
  if (!oci::first_error(oci::validate(*spec))) return 0;

  oci::plan::CreateInput input;
  input.id = "fuzz";
  input.bundle = "/bundle";
  input.rootfs = "/bundle/rootfs";
  oci::plan::HostFacts host;
  host.kernel_major = 6;
  host.kernel_minor = 1;
  const auto plan = oci::plan::compile_create(*spec, input, host);
  oci::plan::View view;
  if (plan && !view.open(plan->init)) std::abort();
  return 0;
}
