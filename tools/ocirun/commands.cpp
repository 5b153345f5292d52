#include <array>

#include "tools/ocirun/command.h"

namespace ocirun {

std::span<const Command* const> commands() {
  static constexpr std::array<const Command*, 21> kCommands{
      &kCheck, &kCheckpoint, &kCreate, &kDelete, &kEvents, &kExec,     &kKill,
      &kList,  &kMounts,     &kPause,  &kPlan,   &kPs,     &kRestore,  &kResume,
      &kRun,   &kSpec,       &kStart,  &kState,  &kUpdate, &kFeatures, &kHelp};
  return kCommands;
}

const Command* find_command(std::string_view name) {
  if (name == "h") return &kHelp;
  for (const Command* command : commands())
    if (command->name == name) return command;
  return nullptr;
}

oci::Status check_arguments(const Program& program, const Command& command, std::size_t count) {
  if (count >= command.min_arguments && count <= command.max_arguments) return {};
  std::string text = program.path + ": \"" + std::string(command.name) + "\" requires ";
  unsigned wanted = command.min_arguments;
  if (command.min_arguments == command.max_arguments) {
    text += "exactly ";
  } else if (count < command.min_arguments) {
    text += "a minimum of ";
  } else {
    text += "a maximum of ";
    wanted = command.max_arguments;
  }
  text += std::to_string(wanted) + " argument(s)";
  return oci::Error{oci::Code::kInvalidArgument, std::move(text), 0, {}, {}};
}

}  // namespace ocirun
