#include "oci/check.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "lib/base/try.h"
#include "lib/check/compile.h"
#include "lib/check/host_rules.h"
#include "lib/check/outline.h"
#include "lib/plan/paths.h"
#include "lib/runtime/host.h"
#include "lib/runtime/prepare.h"
#include "lib/sys/file.h"
#include "oci/parse.h"

namespace oci {
namespace {

using namespace check_rules;

runtime::Context context_of(const CheckOptions& options) {
  runtime::Context context;
  context.options.cgroup_manager = options.cgroup_manager;
  context.options.rootless = options.rootless;
  return context;
}

CreateOptions create_options(const CheckOptions& options) {
  CreateOptions create;
  create.no_pivot = options.no_pivot;
  return create;
}

// A bundle under judgement. What has been found goes into `report`.
class Judge {
 public:
  Judge(const CheckOptions& options, std::string bundle)
      : options_(options), context_(context_of(options)) {
    report_.bundle = std::move(bundle);
  }

  CheckReport run(std::string_view json) {
    ParseNotes notes;
    auto spec = parse_spec(json, &notes);
    if (!spec) {
      add(finding_at(Level::kError, spec.error().where, spec.error().text), Scope::kSpec);
      return std::move(report_);
    }
    take(validate(*spec), Scope::kSpec);
    take(advise(*spec), Scope::kSpec);
    add_notes(notes);
    add_request();
    judge_plan(*spec);
    finish();
    return std::move(report_);
  }

 private:
  // Several rooms may notice the same.
  bool is_known(const Finding& finding) const {
    return std::any_of(report_.findings.begin(), report_.findings.end(), [&](const Finding& known) {
      const bool same_place = known.pointer == finding.pointer;
      const bool no_place = known.pointer.empty() || finding.pointer.empty();
      return (same_place && known.level == finding.level && known.level == Level::kError) ||
             (known.text == finding.text && (same_place || no_place));
    });
  }
  void add(Finding finding, Scope scope) {
    if (is_known(finding)) return;
    finding.scope = scope;
    report_.findings.push_back(std::move(finding));
  }
  // What one room finds is all told, however near to each other.
  void take(std::vector<Finding> findings, Scope scope) {
    for (Finding& finding : findings) finding.scope = scope;
    report_.findings.insert(report_.findings.end(), findings.begin(), findings.end());
  }

  static void belongs_to(Finding& finding, const char* requirement) {
    finding.requirement = requirement;
    finding.anchor.clear();
    validate_rules::describe(finding);
  }
  void note(const std::vector<std::string>& pointers, const char* requirement, const char* text) {
    for (const std::string& pointer : pointers) {
      Finding finding = finding_at(Level::kWarning, pointer, text);
      if (requirement != nullptr) belongs_to(finding, requirement);
      report_.findings.push_back(std::move(finding));
    }
  }
  void add_notes(const ParseNotes& notes) {
    note(notes.unknown, "S005", "the specification has no such member: ignored");
    note(notes.duplicate, "S003", "the member is given more than once: the last one counts");
    note(notes.ignored, nullptr, "this member has no effect on Linux");
  }

  void add_request() {
    const Status status = runtime::check_request(context_, options_.id, create_options(options_));
    if (status) return;
    Finding finding = finding_at(Level::kError, "/linux/cgroupsPath", status.error().text);
    finding.pointer.clear();
    add(std::move(finding), Scope::kRuntime);
  }

  // Where the rootfs cannot be had the plan is made all the same, for what else it finds.
  plan::CreateInput input_of(const spec::Spec& spec) {
    plan::CreateInput input;
    input.id = options_.id;
    input.bundle = report_.bundle;
    input.no_pivot = options_.no_pivot;
    input.no_cgroup = options_.cgroup_manager == CgroupManager::kDisabled;
    input.rootfs =
        plan::resolve_path(report_.bundle, spec.root ? spec.root->path : std::string("rootfs"));
    return input;
  }

  void judge_plan(const spec::Spec& spec) {
    plan::CreateInput input = input_of(spec);
    Compiled everywhere = compile_rest(spec, input, ideal_host());
    for (Finding& finding : everywhere.errors) {
      const Scope scope = finding.scope;  // what no host can help is missing in this version
      add(std::move(finding), scope);
    }
    if (!options_.host) return keep(everywhere, input);
    auto facts = runtime::probe_host(spec);
    if (!facts) {
      add(finding_at(Level::kError, "/linux/resources", facts.error().text), Scope::kHost);
      return;
    }
    runtime::leave_out_cgroups(context_, spec, *facts, input);
    if (auto rootfs = runtime::absolute_rootfs(report_.bundle, spec); rootfs)
      input.rootfs = rootfs.take();
    else if (spec.root)
      add(finding_at(Level::kError, "/root/path", rootfs.error().text), Scope::kHost);
    Compiled here = compile_rest(std::move(everywhere.rest), input, *facts);
    for (Finding& finding : here.errors) add(std::move(finding), Scope::kHost);
    const Host host = read_host(facts.take());
    const RootView root(input.rootfs, input.bundle, spec.mounts);
    judge_host({spec, host, input.bundle, root, here.plan ? &*here.plan : nullptr},
               std::filesystem::is_directory(input.rootfs));
    keep(here, input);
  }

  void judge_host(const Ground& ground, bool has_root) {
    std::vector<Finding> found;
    for (const auto rules : {file_host_rules(), namespace_host_rules(), resource_host_rules(),
                             kernel_host_rules(), process_host_rules()})
      validate_rules::apply(rules, ground, "", found);
    // Without a root there is nothing to be missing in it.
    if (!has_root)
      std::erase_if(found, [](const Finding& finding) { return finding.requirement == "S071"; });
    for (Finding& finding : found) add(std::move(finding), Scope::kHost);
  }

  // A warning of the plan begins with the member that it is about, if it is about one.
  void keep(const Compiled& compiled, const plan::CreateInput& input) {
    if (!compiled.plan) return;
    for (const std::string& text : compiled.plan->warnings) {
      const std::string pointer =
          text.starts_with("linux/") ? "/" + text.substr(0, text.find(' ')) : std::string();
      Finding finding = finding_at(Level::kWarning, pointer, text);
      if (text.starts_with("unknown seccomp syscall")) continue;  // all in one by S218
      if (text.find("no equivalent in cgroup v2") != std::string::npos) belongs_to(finding, "S187");
      add(std::move(finding), options_.host ? Scope::kHost : Scope::kSpec);
    }
    if (report_.count(Level::kError) == 0)
      report_.outline = outline_of(compiled.rest, input, *compiled.plan);
  }

  void finish() {
    std::stable_sort(report_.findings.begin(), report_.findings.end(),
                     [](const Finding& a, const Finding& b) {
                       return std::pair(a.level, a.scope) < std::pair(b.level, b.scope);
                     });
  }

  const CheckOptions& options_;
  runtime::Context context_;
  CheckReport report_;
};

Result<std::string> read_config(const std::string& bundle) {
  const std::string path = bundle + "/config.json";
  auto text = sys::read_file(path, kMaxDocumentBytes);
  if (text) return text;
  Error error = std::move(text).error();
  if (error.sys_errno == ENOENT)
    error.text = "JSON specification file config.json not found", error.code = Code::kInvalidConfig;
  error.where = path;
  return error;
}

}  // namespace

std::size_t CheckReport::count(Level level) const {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const Finding& finding) { return finding.level == level; }));
}

Result<CheckReport> check(const CheckOptions& options) {
  std::string bundle = TRY(runtime::absolute_bundle(options.bundle));
  const std::string json = TRY(read_config(bundle));
  return Judge(options, std::move(bundle)).run(json);
}

Result<CheckReport> check_document(std::string_view json, const CheckOptions& options) {
  return Judge(options, TRY(runtime::absolute_bundle(options.bundle))).run(json);
}

Result<Outline> outline(const CheckOptions& options) {
  const runtime::Context context = context_of(options);
  const CreateOptions create = [&] {
    CreateOptions out = create_options(options);
    out.bundle = options.bundle;
    return out;
  }();
  runtime::Loaded loaded = TRY(runtime::load_bundle(context, options.id, create));
  plan::CreateInput input =
      TRY(runtime::create_input(context, options.id, loaded.bundle, create, loaded.spec, true));
  plan::HostFacts host = ideal_host();
  if (options.host) {
    host = TRY(runtime::probe_host(loaded.spec));
    runtime::leave_out_cgroups(context, loaded.spec, host, input);
  }
  const plan::Plan plan = TRY(plan::compile_create(loaded.spec, input, host));
  return outline_of(loaded.spec, input, plan);
}

}  // namespace oci
