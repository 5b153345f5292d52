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
  std::string_view name;
  const char* src = nullptr;
  const char* aux = nullptr;
  Field n0{}, n1{}, n2{}, s0{}, s1{};
  const char* list = nullptr;
  const char* flags = nullptr;  // set where they are numbers rather than StepFlag
};

constexpr Field kPath{"path", As::kString};
constexpr Field kNone{};

constexpr Layout layout(Op op) {
  switch (op) {
    case Op::kEnd: return {"end"};
    case Op::kOomScoreAdj: return {"oom_score_adj", nullptr, nullptr, kNone, kNone, kNone, {"value", As::kString}};
    case Op::kCgroupEnter: return {"cgroup_enter", "tasks"};
    case Op::kSetns: return {"setns", "ns", nullptr, {"types", As::kHex}};
    case Op::kTimeOffsets: return {"time_offsets", nullptr, nullptr, kNone, kNone, kNone, {"lines", As::kString}};
    case Op::kOpenTree: return {"open_tree", "dir", nullptr, kNone, kNone, kNone, kPath};
    case Op::kOpenPath: return {"open_path", "dir", nullptr, {"open_flags", As::kOctal}, kNone, kNone, kPath};
    case Op::kClone: return {"clone", "cgroup", nullptr, {"types", As::kHex}};
    case Op::kSync: return {"sync", nullptr, nullptr, {"point"}};
    case Op::kUnshare: return {"unshare", nullptr, nullptr, {"types", As::kHex}};
    case Op::kBecomeRoot: return {"become_root"};
    case Op::kLoopbackUp: return {"loopback_up"};
    case Op::kPropagation: return {"propagation", "mount", nullptr, {"ms", As::kHex}};
    case Op::kOpenRoot: return {"open_root", nullptr, nullptr, kNone, kNone, kNone, kPath};
    case Op::kFsMount:
      return {"fs_mount", "root", nullptr, {"attr", As::kHex}, kNone, kNone, {"type", As::kString}, {"target", As::kString}, "keys"};
    case Op::kMountAttr: return {"mount_attr", "mount", nullptr, {"set", As::kHex}, {"clear", As::kHex}};
    case Op::kAttach: return {"attach", "root", "mount", kNone, kNone, kNone, kNone, kPath};
    case Op::kCopyUp: return {"copy_up", "root", "mount", kNone, kNone, kNone, kNone, kPath};
    case Op::kCheckDevice: return {"check_device", "node", nullptr, {"type", As::kOctal}, {"rdev", As::kHex}};
    case Op::kMakeDir: return {"make_dir", "root", nullptr, {"mode", As::kOctal}, kNone, kNone, kNone, kPath};
    case Op::kDevNode:
      return {"dev_node", "root", nullptr, {"mode", As::kOctal}, {"rdev", As::kHex}, {"owner", As::kPair}, kNone, kPath};
    case Op::kSymlink: return {"symlink", "root", nullptr, kNone, kNone, kNone, {"target", As::kString}, kPath};
    case Op::kMaskPath: return {"mask_path", "root", "null", kNone, kNone, kNone, kNone, kPath};
    case Op::kReadonlyPath: return {"readonly_path", "root", nullptr, kNone, kNone, kNone, kNone, kPath};
    case Op::kPivotRoot: return {"pivot_root", "root"};
    case Op::kMoveRoot: return {"move_root", "root"};
    case Op::kChroot: return {"chroot", "root"};
    case Op::kConsole: return {"console", "root", "devpts", {"size", As::kHex}, kNone, {"uid"}};
    case Op::kSetsid: return {"setsid"};
    case Op::kControllingTty: return {"controlling_tty", "slave"};
    case Op::kDup: return {"dup", "from", nullptr, {"fd"}};
    case Op::kHostname: return {"hostname", nullptr, nullptr, kNone, kNone, kNone, {"name", As::kString}};
    case Op::kDomainname: return {"domainname", nullptr, nullptr, kNone, kNone, kNone, {"name", As::kString}};
    case Op::kKeyring: return {"keyring", nullptr, nullptr, kNone, kNone, kNone, {"name", As::kString}};
    case Op::kOpenProc: return {"open_proc"};
    case Op::kSysctl: return {"sysctl", "proc", nullptr, kNone, kNone, kNone, {"value", As::kString}, kPath};
    case Op::kLsmAttr: return {"lsm_attr", "proc", nullptr, kNone, kNone, kNone, {"value", As::kString}, kNone, "files"};
    case Op::kRlimit: return {"rlimit", nullptr, nullptr, {"soft"}, {"hard"}, kNone, kNone, kNone, nullptr, "resource"};
    case Op::kScheduler: return {"scheduler", nullptr, nullptr, kNone, kNone, kNone, {"attr", As::kU32s}};
    case Op::kIoPriority: return {"io_priority", nullptr, nullptr, {"value", As::kHex}};
    case Op::kMemoryPolicy:
      return {"memory_policy", nullptr, nullptr, {"mode", As::kHex}, {"maxnode"}, kNone, {"nodes", As::kWords}};
    case Op::kPersonality: return {"personality", nullptr, nullptr, {"domain", As::kHex}};
    case Op::kAffinity: return {"affinity", nullptr, nullptr, kNone, kNone, kNone, {"mask", As::kWords}};
    case Op::kUmask: return {"umask", nullptr, nullptr, {"mask", As::kOctal}};
    case Op::kChdir: return {"chdir", nullptr, nullptr, kNone, kNone, kNone, kPath};
    case Op::kStdioOwner: return {"stdio_owner", nullptr, nullptr, {"uid"}};
    case Op::kStdioNull: return {"stdio_null", "root"};
    case Op::kSetIds: return {"set_ids", nullptr, nullptr, {"uid"}, {"gid"}, kNone, {"groups", As::kU32s}};
    case Op::kKeepCaps: return {"keep_caps", nullptr, nullptr, {"on"}};
    case Op::kBoundingCaps: return {"bounding_caps", nullptr, nullptr, {"mask", As::kHex}};
    case Op::kCaps:
      return {"caps", nullptr, nullptr, {"effective", As::kHex}, {"permitted", As::kHex}, {"inheritable", As::kHex}};
    case Op::kAmbientCaps: return {"ambient_caps", nullptr, nullptr, {"mask", As::kHex}};
    case Op::kNoNewPrivs: return {"no_new_privs"};
    case Op::kSeccomp:
      return {"seccomp", nullptr, nullptr, kNone, kNone, kNone, {"filter", As::kFilter}, kNone, nullptr, "flags"};
    case Op::kFindProgram:
      return {"find_program", nullptr, nullptr, kNone, kNone, kNone, {"path", As::kString}, kNone, "args"};
    case Op::kCloseFds: return {"close_fds", nullptr, nullptr, {"from"}};
    case Op::kGate: return {"gate", "from", "report"};
    case Op::kSetpgid: return {"setpgid"};
    case Op::kExec: return {"exec", nullptr, nullptr, kNone, kNone, kNone, {"program", As::kString}, kNone, "args"};
    case Op::kHome: return {"home", "root", nullptr, {"uid"}};
    case Op::kCount: break;
  }
  return {};
}

// In the order of their bits.
constexpr std::array<const char*, 11> kFlagNames{"recursive",        "no_follow",     "no_symlinks",   "allow_in_proc",
                                                 "keep",             "mode_from_target", "no_setgroups", "ignore_errors",
                                                 "bind_console",     "raise_effective",  "release"};

std::string number(std::uint64_t value, const char* format) {
  std::array<char, 40> text{};
  const int n = std::snprintf(text.data(), text.size(), format, static_cast<unsigned long long>(value));
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

std::string shown(std::string_view bytes, As as) {
  constexpr std::size_t kInstruction = 8;  // sizeof(struct sock_filter)
  switch (as) {
    case As::kU32s: return numbers<std::uint32_t>(bytes, "%llu");
    case As::kWords: return numbers<std::uint64_t>(bytes, "0x%llx");
    case As::kFilter: return std::to_string(bytes.size() / kInstruction) + " instructions";
    default: return quoted(bytes);
  }
}

class Line {
 public:
  Line(const View& view, std::size_t index, const Step& step) : view_(view), step_(step), layout_(layout(step.op)) {
    text_ = std::to_string(index) + " " + std::string(layout_.name);
  }

  std::string render(const Builder::Note* note) {
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
    if (note && !note->pointer.empty()) text_.append("  # ").append(note->pointer);
    return std::move(text_) + "\n";
  }

 private:
  void append(std::string_view name, std::string_view value) {
    text_.append(" ").append(name).append("=").append(value);
  }
  void slot(const char* name, Slot slot) {
    if (name && slot != kNoSlot) append(name, "%" + std::to_string(slot));
  }
  void string(const Field& field, Ref ref) {
    if (field.name && ref.len != 0) append(field.name, shown(view_.str(ref), field.as));
  }
  void number_field(const Field& field, std::uint64_t value) {
    if (field.name) append(field.name, shown(value, field.as));
  }
  void list(const char* name, Ref ref) {
    if (!name) return;
    std::string items;
    for (const Ref item : view_.list(ref)) items.append(items.empty() ? "" : " ").append(quoted(view_.str(item)));
    append(name, "[" + items + "]");
  }
  void flags() {
    if (layout_.flags) return append(layout_.flags, std::to_string(step_.flags));
    for (std::size_t bit = 0; bit < kFlagNames.size(); ++bit)
      if (step_.flags & 1u << bit) text_.append(" ").append(kFlagNames[bit]);
  }

  const View& view_;
  const Step& step_;
  const Layout layout_;
  std::string text_;
};

}  // namespace

std::string_view op_name(Op op) { return layout(op).name; }

std::string print(const Plan& plan) {
  View view;
  if (!view.open(plan.init)) return "not a plan\n";
  std::string out;
  const auto steps = view.steps();
  for (std::size_t i = 0; i < steps.size(); ++i)
    out += Line(view, i, steps[i]).render(i < plan.notes.size() ? &plan.notes[i] : nullptr);
  return out;
}

}  // namespace oci::plan
