#include <unistd.h>

#include "oci/parse.h"
#include "tools/ocirun/command.h"
#include "tools/ocirun/info_json.h"
#include "tools/ocirun/output.h"
#include "tools/ocirun/read_file.h"
#include "tools/ocirun/tabwriter.h"

namespace ocirun {
namespace {

constexpr Flag kFlags[] = {
    kFormatFlag,
    {"quiet", "q", FlagType::kBool, "print ids only"},
};

constexpr Example kExamples[] = {
    {"The ids of all containers of a state root, as a script wants them:",
     "{} --root /run/my-root list --quiet"},
};

using Infos = std::vector<oci::ContainerInfo>;

// Those that can be read; the others are told of on standard error and do not make the command
// fail.
Infos readable(const std::vector<oci::ListedContainer>& listed) {
  Infos infos;
  for (const oci::ListedContainer& entry : listed) {
    if (entry.info)
      infos.push_back(*entry.info);
    else
      (void)write_all(STDERR_FILENO,
                      "load container " + entry.id + ": " + entry.info.error().text + "\n");
  }
  return infos;
}

std::string as_ids(const Infos& infos) {
  std::string out;
  for (const oci::ContainerInfo& info : infos) (out += info.id) += '\n';
  return out;
}

std::string as_json(const Infos& infos, std::string_view passwd) {
  if (infos.empty()) return "null\n";
  std::string out;
  for (const oci::ContainerInfo& info : infos) {
    out += out.empty() ? '[' : ',';
    out += info_json(info, owner_name(passwd, info.owner), 0);
  }
  return out += "]\n";
}

std::string as_table(const Infos& infos, std::string_view passwd) {
  std::vector<Row> rows{{"ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"}};
  for (const oci::ContainerInfo& info : infos)
    rows.push_back({info.id, std::to_string(info.pid), std::string(oci::status_name(info.status)),
                    info.bundle, info.created, owner_name(passwd, info.owner)});
  constexpr std::size_t kMinWidth = 12, kPadding = 3;
  return table_text(rows, kMinWidth, kPadding);
}

int run_list(Invocation& call) {
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  const auto listed = runtime->list();
  if (!listed) return call.fail(listed.error());
  const Infos infos = readable(*listed);
  const std::string& format = call.flags.text("format");
  std::string out;
  if (call.flags.on("quiet")) {
    out = as_ids(infos);
  } else if (call.flags.is_set("format") && format != "table" && format != "json") {
    return call.fail({oci::Code::kInvalidArgument, "invalid format option", 0, "--format", {}});
  } else {
    // Without the file every owner is a number.
    const auto passwd =
        infos.empty() ? std::string() : read_file("/etc/passwd", oci::kMaxDocumentBytes);
    const std::string_view names = passwd ? std::string_view(*passwd) : std::string_view();
    out = format == "json" ? as_json(infos, names) : as_table(infos, names);
  }
  const oci::Status status = print(out);
  return status ? 0 : call.fail(status.error());
}

}  // namespace

constinit const Command kList{
    .name = "list",
    .summary = "list the containers of the state root",
    .description = "Those that \"{}\" made with the same --root.",
    .examples = kExamples,
    .see_also = "{}-state(8), {}-ps(8)",
    .flags = kFlags,
    .run = run_list,
};

}  // namespace ocirun
