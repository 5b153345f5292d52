// Any bytes as the process document of exec: parse, render and parse again, validate, compile.
#include <sched.h>

#include "lib/plan/plan.h"
#include "oci/parse.h"
#include "oci/validate.h"
#include "tests/fuzz/plan_input.h"
#include "tests/fuzz/target.h"

using namespace oci;
using fuzz::require;

FUZZ_TARGET(process_json) {
  const auto process = parse_process(bytes);
  if (!process) return;
  const std::string rendered = render_process(*process);
  const auto again = parse_process(rendered);
  require(again && render_process(*again) == rendered, "what is rendered is read as the same");
  if (!first_error(validate_process(*process))) return;

  plan::ExecInput input;
  input.id = "fuzz";
  input.join = CLONE_NEWNS | CLONE_NEWPID;
  const auto plan = plan::compile_exec(*process, input, fuzz::host());
  plan::View view;
  require(!plan || view.open(plan->init), "init takes the plan");
}
