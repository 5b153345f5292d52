#include "lib/json/fields.h"
#include "lib/spec/config_table.h"
#include "oci/parse.h"

namespace oci {

std::string render_spec(const spec::Spec& spec) { return json::encode(spec); }

std::string render_process(const spec::Process& process) { return json::encode(process); }

std::string render_state(const spec::State& state) { return json::encode(state); }

std::string render_process_state(const spec::ContainerProcessState& state) {
  return json::encode(state);
}

}  // namespace oci
