// Any bytes as config.json: parse, render and parse again, validate, compile. What compiles is a
// plan that init accepts.
#include "lib/plan/plan.h"
#include "oci/parse.h"
#include "oci/validate.h"
#include "tests/fuzz/plan_input.h"
#include "tests/fuzz/target.h"

using namespace oci;
using fuzz::require;

FUZZ_TARGET(config_json) {
  const auto spec = parse_spec(bytes);
  if (!spec) return;
  const std::string rendered = render_spec(*spec);
  const auto again = parse_spec(rendered);
  require(again && render_spec(*again) == rendered, "what is rendered is read as the same");
  (void)advise(*spec);
  if (!first_error(validate(*spec))) return;

  const auto plan = plan::compile_create(*spec, fuzz::create_input(), fuzz::host());
  plan::View view;
  require(!plan || view.open(plan->init), "init takes the plan");
}
