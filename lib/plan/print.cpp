#include "lib/plan/print.h"

#include <array>
#include <cstdio>
#include <cstring>

#include "lib/plan/paths.h"

namespace oci::plan {
namespace {

// How a field is shown.
enum class As { kNumber, kHex, kOctal, kString, kU32s, kWords, kFilter, kPair };

struct Field {
  const char* name = nullptr;  // null: the op has no such argument
  As as = As::kNumber;
};

struct Layout {
  Op op{};
  std::string_view name{};
  const char* src = nullptr;
  const char* aux = nullptr;
  Field n0{}, n1{}, n2{}, s0{}, s1{};
  const char* list = nullptr;
  const char* flags = nullptr;  // set where they are numbers rather than StepFlag
};

// In the order of Op.
constexpr std::array<Layout, static_cast<std::size_t>(Op::kCount)> kLayouts{{
    {.op = Op::kEnd, .name = "end"},
    {.op = Op::kOomScoreAdj, .name = "oom_score_adj", .s0 = {"value", As::kString}},
    {.op = Op::kCgroupEnter, .name = "cgroup_enter", .src = "tasks"},
    {.op = Op::kSetns, .name = "setns", .src = "ns", .n0 = {"types", As::kHex}},
    {.op = Op::kTimeOffsets, .name = "time_offsets", .s0 = {"lines", As::kString}},
    {.op = Op::kOpenTree, .name = "open_tree", .src = "dir", .s0 = {"path", As::kString}},
    {.op = Op::kOpenPath,
     .name = "open_path",
     .src = "dir",
     .n0 = {"open_flags", As::kOctal},
     .s0 = {"path", As::kString}},
    {.op = Op::kClone, .name = "clone", .src = "cgroup", .n0 = {"types", As::kHex}},
    {.op = Op::kSync, .name = "sync", .n0 = {"point"}},
    {.op = Op::kUnshare, .name = "unshare", .n0 = {"types", As::kHex}},
    {.op = Op::kBecomeRoot, .name = "become_root"},
    {.op = Op::kLoopbackUp, .name = "loopback_up"},
    {.op = Op::kPropagation, .name = "propagation", .src = "mount", .n0 = {"ms", As::kHex}},
    {.op = Op::kOpenRoot, .name = "open_root", .s0 = {"path", As::kString}},
    {.op = Op::kFsMount,
     .name = "fs_mount",
     .src = "root",
     .n0 = {"attr", As::kHex},
     .s0 = {"type", As::kString},
     .s1 = {"target", As::kString},
     .list = "keys"},
    {.op = Op::kMountAttr,
     .name = "mount_attr",
     .src = "mount",
     .n0 = {"set", As::kHex},
     .n1 = {"clear", As::kHex}},
    {.op = Op::kAttach,
     .name = "attach",
     .src = "root",
     .aux = "mount",
     .s1 = {"path", As::kString}},
    {.op = Op::kRemount,
     .name = "remount",
     .src = "root",
     .n0 = {"set", As::kHex},
     .n1 = {"clear", As::kHex},
     .s1 = {"path", As::kString},
     .list = "keys"},
    {.op = Op::kDetachMount,
     .name = "detach_mount",
     .src = "root",
     .s0 = {"name", As::kString},
     .s1 = {"directory", As::kString}},
    {.op = Op::kCopyUp,
     .name = "copy_up",
     .src = "root",
     .aux = "mount",
     .s1 = {"path", As::kString}},
    {.op = Op::kCheckDevice,
     .name = "check_device",
     .src = "node",
     .n0 = {"type", As::kOctal},
     .n1 = {"rdev", As::kHex}},
    {.op = Op::kMakeDir,
     .name = "make_dir",
     .src = "root",
     .n0 = {"mode", As::kOctal},
     .s1 = {"path", As::kString}},
    {.op = Op::kDevNode,
     .name = "dev_node",
     .src = "root",
     .n0 = {"mode", As::kOctal},
     .n1 = {"rdev", As::kHex},
     .n2 = {"owner", As::kPair},
     .s1 = {"path", As::kString}},
    {.op = Op::kSymlink,
     .name = "symlink",
     .src = "root",
     .s0 = {"target", As::kString},
     .s1 = {"path", As::kString}},
    {.op = Op::kMaskPath,
     .name = "mask_path",
     .src = "root",
     .aux = "null",
     .s1 = {"path", As::kString}},
    {.op = Op::kReadonlyPath, .name = "readonly_path", .src = "root", .s1 = {"path", As::kString}},
    {.op = Op::kPivotRoot, .name = "pivot_root", .src = "root"},
    {.op = Op::kMoveRoot, .name = "move_root", .src = "root"},
    {.op = Op::kChroot, .name = "chroot", .src = "root"},
    {.op = Op::kConsole,
     .name = "console",
     .src = "root",
     .aux = "devpts",
     .n0 = {"size", As::kHex},
     .n2 = {"uid"}},
    {.op = Op::kSetsid, .name = "setsid"},
    {.op = Op::kControllingTty, .name = "controlling_tty", .src = "slave"},
    {.op = Op::kDup, .name = "dup", .src = "from", .n0 = {"fd"}},
    {.op = Op::kHostname, .name = "hostname", .s0 = {"name", As::kString}},
    {.op = Op::kDomainname, .name = "domainname", .s0 = {"name", As::kString}},
    {.op = Op::kKeyring, .name = "keyring", .s0 = {"name", As::kString}},
    {.op = Op::kOpenProc, .name = "open_proc"},
    {.op = Op::kSysctl,
     .name = "sysctl",
     .src = "proc",
     .s0 = {"value", As::kString},
     .s1 = {"path", As::kString}},
    {.op = Op::kLsmAttr,
     .name = "lsm_attr",
     .src = "proc",
     .s0 = {"value", As::kString},
     .list = "files"},
    {.op = Op::kRlimit,
     .name = "rlimit",
     .n0 = {"soft"},
     .n1 = {"hard"},
     .n2 = {"only-raise"},
     .flags = "resource"},
    {.op = Op::kScheduler, .name = "scheduler", .s0 = {"attr", As::kU32s}},
    {.op = Op::kIoPriority, .name = "io_priority", .n0 = {"value", As::kHex}},
    {.op = Op::kMemoryPolicy,
     .name = "memory_policy",
     .n0 = {"mode", As::kHex},
     .n1 = {"maxnode"},
     .s0 = {"nodes", As::kWords}},
    {.op = Op::kPersonality, .name = "personality", .n0 = {"domain", As::kHex}},
    {.op = Op::kAffinity, .name = "affinity", .s0 = {"mask", As::kWords}},
    {.op = Op::kUmask, .name = "umask", .n0 = {"mask", As::kOctal}},
    {.op = Op::kChdir, .name = "chdir", .s0 = {"path", As::kString}},
    {.op = Op::kStdioOwner, .name = "stdio_owner", .n0 = {"uid"}},
    {.op = Op::kStdioNull, .name = "stdio_null", .src = "root"},
    {.op = Op::kSetIds,
     .name = "set_ids",
     .n0 = {"uid"},
     .n1 = {"gid"},
     .s0 = {"groups", As::kU32s}},
    {.op = Op::kKeepCaps, .name = "keep_caps", .n0 = {"on"}},
    {.op = Op::kBoundingCaps, .name = "bounding_caps", .n0 = {"mask", As::kHex}},
    {.op = Op::kCaps,
     .name = "caps",
     .n0 = {"effective", As::kHex},
     .n1 = {"permitted", As::kHex},
     .n2 = {"inheritable", As::kHex}},
    {.op = Op::kAmbientCaps, .name = "ambient_caps", .n0 = {"mask", As::kHex}},
    {.op = Op::kNoNewPrivs, .name = "no_new_privs"},
    {.op = Op::kSeccomp, .name = "seccomp", .s0 = {"filter", As::kFilter}, .flags = "flags"},
    {.op = Op::kFindProgram, .name = "find_program", .s0 = {"path", As::kString}, .list = "args"},
    {.op = Op::kCloseFds, .name = "close_fds", .n0 = {"from"}},
    {.op = Op::kGate, .name = "gate", .src = "from", .aux = "report"},
    {.op = Op::kSetpgid, .name = "setpgid"},
    {.op = Op::kExec, .name = "exec", .s0 = {"program", As::kString}, .list = "args"},
    {.op = Op::kDumpable, .name = "dumpable", .n0 = {"value"}},
    {.op = Op::kHome, .name = "home", .src = "root", .n0 = {"uid"}},
}};

constexpr bool in_order_of_ops() {
  for (std::size_t i = 0; i < kLayouts.size(); ++i)
    if (kLayouts[i].op != static_cast<Op>(i) || kLayouts[i].name.empty()) return false;
  return true;
}
static_assert(in_order_of_ops());

// In the order of their bits.
constexpr std::array<const char*, 13> kFlagNames{
    "recursive",        "no_follow",    "no_symlinks",   "allow_in_proc", "keep",
    "mode_from_target", "no_setgroups", "ignore_errors", "bind_console",  "raise_effective",
    "release",          "copy_symlink", "no_links"};

std::string number(std::uint64_t value, const char* format) {
  std::array<char, 40> text{};
  const int n =
      std::snprintf(text.data(), text.size(), format, static_cast<unsigned long long>(value));
  return {text.data(), static_cast<std::size_t>(n)};
}

template <class T>
std::string numbers(std::string_view bytes, const char* format) {
  std::string out = "[";
  for (std::size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    out.append(at ? " " : "").append(number(value, format));
  }
  return out + "]";
}

std::string shown(std::uint64_t value, As as) {
  switch (as) {
    case As::kHex: return number(value, "0x%llx");
    case As::kOctal: return number(value, "0%llo");
    case As::kPair: return number(value & 0xffffffff, "%llu") + ":" + number(value >> 32, "%llu");
    default: return number(value, "%llu");
  }
}

using Form = OutlineArgument::Form;

OutlineArgument argument_of(const char* name, std::string_view bytes, As as) {
  constexpr std::size_t kInstruction = 8;  // sizeof(struct sock_filter)
  switch (as) {
    case As::kU32s: return {name, Form::kWord, {numbers<std::uint32_t>(bytes, "%llu")}};
    case As::kWords: return {name, Form::kWord, {numbers<std::uint64_t>(bytes, "0x%llx")}};
    case As::kFilter:
      return {name, Form::kWord, {std::to_string(bytes.size() / kInstruction) + " instructions"}};
    default: return {name, Form::kText, {std::string(bytes)}};
  }
}

class Reader {
 public:
  Reader(const View& view, const Step& step)
      : view_(view), step_(step), layout_(kLayouts[static_cast<std::size_t>(step.op)]) {
    out_.name = layout_.name;
  }

  OutlineStep read() {
    slot("to", step_.dst);
    slot(layout_.aux, step_.aux);
    slot(layout_.src, step_.src);
    string(layout_.s0, step_.s0);
    if (step_.op != Op::kExec) string(layout_.s1, step_.s1);
    number_field(layout_.n0, step_.n0);
    number_field(layout_.n1, step_.n1);
    number_field(layout_.n2, step_.n2);
    list(layout_.list, step_.list);
    if (step_.op == Op::kExec) list("env", step_.s1);
    flags();
    return std::move(out_);
  }

 private:
  void slot(const char* name, Slot slot) {
    if (name && slot != kNoSlot)
      out_.arguments.push_back({name, Form::kWord, {"%" + std::to_string(slot)}});
  }
  void string(const Field& field, Ref ref) {
    if (field.name && ref.len != 0)
      out_.arguments.push_back(argument_of(field.name, view_.str(ref), field.as));
  }
  void number_field(const Field& field, std::uint64_t value) {
    if (!field.name) return;
    const Form form = field.as == As::kNumber ? Form::kNumber : Form::kWord;
    out_.arguments.push_back({field.name, form, {shown(value, field.as)}});
  }
  void list(const char* name, Ref ref) {
    if (!name) return;
    OutlineArgument items{name, Form::kList, {}};
    for (const Ref item : view_.list(ref)) items.values.emplace_back(view_.str(item));
    out_.arguments.push_back(std::move(items));
  }
  void flags() {
    if (layout_.flags)
      return out_.arguments.push_back(
          {layout_.flags, Form::kNumber, {std::to_string(step_.flags)}});
    for (std::size_t bit = 0; bit < kFlagNames.size(); ++bit)
      if (step_.flags & 1u << bit) out_.flags.emplace_back(kFlagNames[bit]);
  }

  const View& view_;
  const Step& step_;
  const Layout& layout_;
  OutlineStep out_;
};

std::string argument_text(const OutlineArgument& argument) {
  if (argument.form == Form::kText) return quoted(argument.values[0]);
  if (argument.form != Form::kList) return argument.values[0];
  std::string items;
  for (const std::string& item : argument.values)
    items.append(items.empty() ? "" : " ").append(quoted(item));
  return "[" + items + "]";
}

}  // namespace

std::string_view op_name(Op op) {
  return op < Op::kCount ? kLayouts[static_cast<std::size_t>(op)].name : std::string_view{};
}

std::vector<OutlineStep> outline_steps(const Plan& plan) {
  View view;
  std::vector<OutlineStep> out;
  if (!view.open(plan.init)) return out;
  bool inside = false;
  for (const Step& step : view.steps()) {
    OutlineStep& shown = out.emplace_back(Reader(view, step).read());
    if (out.size() <= plan.notes.size()) shown.pointer = plan.notes[out.size() - 1].pointer;
    shown.inside = inside;
    inside = inside || step.op == Op::kClone;
  }
  return out;
}

std::string step_text(const OutlineStep& step) {
  std::string text = step.name;
  for (const OutlineArgument& argument : step.arguments)
    text.append(" ").append(argument.name).append("=").append(argument_text(argument));
  for (const std::string& flag : step.flags) text.append(" ").append(flag);
  if (!step.pointer.empty()) text.append("  # ").append(step.pointer);
  return text;
}

std::string print(const Plan& plan) {
  const std::vector<OutlineStep> steps = outline_steps(plan);
  if (steps.empty()) return "not a plan\n";
  std::string out;
  for (std::size_t i = 0; i < steps.size(); ++i)
    out += std::to_string(i) + " " + step_text(steps[i]) + "\n";
  return out;
}

}  // namespace oci::plan
