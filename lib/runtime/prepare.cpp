#include "lib/runtime/prepare.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>

#include "lib/base/try.h"
#include "lib/cgroup/placement.h"
#include "lib/plan/paths.h"
#include "lib/sys/error.h"
#include "oci/parse.h"
#include "oci/validate.h"

namespace oci::runtime {

Status check_request(const Context& context, std::string_view id, const CreateOptions& options) {
  // Of no matter to the commands that work with a container which is there (C033).
  if (context.options.cgroup_manager == CgroupManager::kSystemd)
    return Error{Code::kUnsupported,
                 "the systemd cgroup manager is not supported yet",
                 0,
                 "--systemd-cgroup",
                 {}};
  TRY(check_container_id(id));
  return check_handed_on(options.listen_fds, options.preserve_fds);
}

Result<std::string> absolute_bundle(const std::string& bundle) {
  char path[PATH_MAX];
  if (::realpath(bundle.empty() ? "." : bundle.c_str(), path) == nullptr)
    return sys::last_error("chdir", bundle);
  struct stat st;
  if (::stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
    return sys::call_error("chdir", bundle, ENOTDIR);
  return std::string(path);
}

Result<std::string> absolute_rootfs(const std::string& bundle, const spec::Spec& spec) {
  if (!spec.root)
    return Error{Code::kInvalidConfig, "root property must not be empty", 0, "/root", {}};
  const std::string path = plan::resolve_path(bundle, spec.root->path);
  char real[PATH_MAX];
  struct stat st;
  if (::realpath(path.c_str(), real) == nullptr || ::stat(real, &st) < 0) {
    Error error = sys::last_error("stat", path);
    error.text.insert(0, "invalid rootfs: ");
    error.where = "/root/path";
    return error;
  }
  const auto refuse = [&](const std::string& why) {
    return Error{Code::kInvalidConfig, "invalid rootfs: " + why, ENOTDIR, "/root/path", {}};
  };
  if (path != real) return refuse("not an absolute path, or a symlink");
  if (!S_ISDIR(st.st_mode)) return refuse(path + " is not a directory");
  return path;
}

namespace {

Result<Loaded> read_bundle(const CreateOptions& options) {
  Loaded loaded;
  loaded.bundle = TRY(absolute_bundle(options.bundle));
  loaded.spec = options.spec ? *options.spec : TRY(load_spec(loaded.bundle));
  return loaded;
}

Status check_spec(const Context& context, Loaded& loaded) {
  const auto findings = validate(loaded.spec);
  TRY(first_error(findings));
  for (const Finding& f : findings) loaded.warnings.say(context, f.text);
  return {};
}

}  // namespace

Result<Prepared> prepare(const Context& context, std::string_view id,
                         const CreateOptions& options) {
  TRY(check_request(context, id, options));
  Stage1 stage1 = TRY_CTX(
      kStart, Stage1::begin(options.listen_fds + options.preserve_fds, context.options.title));
  stage1.work_beside();
  Loaded loaded = TRY(read_bundle(options));
  const std::uint64_t early = plan::early_namespaces(loaded.spec);
  TRY_CTX(kStart, stage1.make_namespaces(early));
  TRY(check_spec(context, loaded));
  return Prepared{std::move(loaded), std::move(stage1), early};
}

Result<Loaded> load_bundle(const Context& context, std::string_view id,
                           const CreateOptions& options) {
  TRY(check_request(context, id, options));
  Loaded loaded = TRY(read_bundle(options));
  TRY(check_spec(context, loaded));
  return loaded;
}

Result<plan::CreateInput> create_input(const Context& context, std::string_view id,
                                       std::string bundle, const CreateOptions& options,
                                       const spec::Spec& spec, bool gate_on_disk) {
  plan::CreateInput input;
  input.id = std::string(id);
  input.bundle = std::move(bundle);
  input.rootfs = TRY(absolute_rootfs(input.bundle, spec));
  input.no_pivot = options.no_pivot;
  input.no_new_keyring = options.no_new_keyring;
  input.no_cgroup = context.options.cgroup_manager == CgroupManager::kDisabled;
  input.gate_on_disk = gate_on_disk;
  input.keep_fds = options.preserve_fds + options.listen_fds;
  input.listen_fds = options.listen_fds;
  input.explicit_stdio = options.stdio.in >= 0 || options.stdio.out >= 0 || options.stdio.err >= 0;
  return input;
}

void leave_out_cgroups(const Context& context, const spec::Spec& spec, plan::HostFacts& host,
                       plan::CreateInput& input) {
  const bool named = spec.linux_ && !spec.linux_->cgroups_path.empty();
  const bool without_rights = context.options.rootless == Rootless::kAuto
                                  ? host.euid != 0 || host.user_namespace
                                  : context.options.rootless == Rootless::kYes;
  if (!without_rights || named || input.no_cgroup) return;
  cgroup::Layout writable = cgroup::writable(host.cgroups);
  input.no_cgroup = writable.mode == cgroup::Mode::kNone;
  if (!input.no_cgroup) host.cgroups = std::move(writable);
}

}  // namespace oci::runtime
