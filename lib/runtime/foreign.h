// Containers that runc (1.1 to 1.5) or crun made, in their own state directories. Their records are
// read into a Record, so that what comes after does not know the difference; they are never written
// to. docs/decisions/foreign-records.md says what is taken from where.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/cgroup/layout.h"
#include "lib/cgroup/probe.h"
#include "lib/runtime/context.h"
#include "lib/runtime/record.h"
#include "oci/fd.h"
#include "oci/result.h"

namespace oci::runtime {

// What was read, and what is wrong with it. With a fault the record names only what there is to
// kill and to remove, as far as that can be told.
struct Foreign {
  Record record;
  std::optional<Error> fault;
};

// A file of a container's directory: no link, the caller's own, for nobody else to write, of
// bounded size. Errors: kCorruptState; ENOENT as it is.
Result<std::string> read_record_file(FdRef dir, std::string_view id, const std::string& name);

// Of the directory of container `id`. `state` is its state.json as read_record_file() gives it.
// Fault kNotFound: nothing in it is a record.
Foreign read_foreign(FdRef dir, const std::string& id, const Result<std::string>& state);

// runc_state.cpp. Pure. `name` says in errors which file it is.
Foreign parse_runc_state(std::string_view json, std::string_view name,
                         const std::vector<cgroup::CgroupMount>& mounts);

// crun_status.cpp. Pure but for `exists`, which tells whether there is a directory of that path.
// `config` is the config.json beside the status.
Foreign parse_crun_status(std::string_view status, const Result<std::string>& config,
                          std::string_view name, const cgroup::Layout& layout,
                          const std::function<bool(const std::string&)>& exists);

// runc records no user, environment, working directory, limits and AppArmor profile: exec takes
// them from the bundle, as runc does. Does nothing for other makers.
Status take_process_defaults(Record& record);

// Opens the gate of a container in the created state, by its maker's protocol.
Status start_foreign(const Context& context, const Store& store, Entry& entry, Record& record,
                     const StartOptions& options, FdRef pidfd);

}  // namespace oci::runtime
