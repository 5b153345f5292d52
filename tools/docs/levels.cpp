#include <algorithm>

#include "tools/docs/docs.h"
#include "tools/ocirun/app.h"

namespace ocirun::docs {

std::vector<Level> levels() {
  const std::span<const Flag> global = global_flags();
  std::vector<Level> out{{.command = "", .flags = {global.begin(), global.end()}}};
  const auto help = std::find_if(global.begin(), global.end(),
                                 [](const Flag& flag) { return flag.name == "help"; });
  for (const Command* command : commands()) {
    Level level{command->name,
                {command->flags.begin(), command->flags.end()},
                command->order,
                command->operands};
    level.flags.push_back(*help);
    out.push_back(std::move(level));
  }
  return out;
}

}  // namespace ocirun::docs
