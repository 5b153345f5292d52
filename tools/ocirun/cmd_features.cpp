#include "oci/parse.h"
#include "tools/ocirun/command.h"
#include "tools/ocirun/output.h"

namespace ocirun {
namespace {

int run_features(Invocation& call) {
  const oci::Status status = print(oci::render_features() + "\n");
  return status ? 0 : call.fail(status.error());
}

}  // namespace

constinit const Command kFeatures{
    .name = "features",
    .summary = "print what this runtime can do as JSON",
    .description = "Form: the runtime specification's features document.",
    .see_also = "{}-spec(8)",
    .run = run_features,
};

}  // namespace ocirun
