// The program: found, waited for, executed.
#include <array>
#include <cstdint>
#include <cstring>

#include "lib/init/init.h"

namespace oci::init {
namespace {

constexpr int kNoEntry = 2, kTooBig = 7, kAccess = 13, kNotDir = 20, kIsDir = 21, kInval = 22;
constexpr unsigned kDir = 0040000;
constexpr std::size_t kMaxWords = 131072;

// 0, or why `path` cannot be executed by this process.
int executable(const char* path) noexcept {
  const Res opened = call::openat(kCwd, path, O_PATH);
  if (!opened.ok()) return opened.err();
  const Fd fd{opened};
  if (type_of(fd.get()) == kDir) return kIsDir;
  constexpr long kExecute = 1, kEffectiveIds = 0x200;
  const Res r{raw(__NR_faccessat2, fd.get(), word(""), kExecute, kEffectiveIds | sys::kEmptyPath)};
  return r.err();
}

int found(const char* path, std::size_t size) noexcept {
  std::memcpy(g.program, path, size + 1);
  return 0;
}

// As Go's exec.LookPath: what only the working directory offers is not executed.
int find_program(const Step& s) noexcept {
  const plan::Ref name = g.plan.list(s.list)[0];
  const std::string_view file = g.plan.str(name);
  if (file.size() + 1 > kPathMax) return fail("stat", 36);
  if (file.find('/') != std::string_view::npos) {
    const int e = executable(text(name));
    return e == 0 ? found(text(name), file.size())
                  : fail(e == kNoEntry || e == kNotDir ? "stat " : "", e);
  }
  std::string_view path = g.plan.str(s.s0);
  char candidate[kPathMax];
  for (bool more = !path.empty() && !file.empty(); more;) {
    const auto colon = path.find(':');
    std::string_view directory = path.substr(0, colon);
    more = colon != std::string_view::npos;
    if (more) path.remove_prefix(colon + 1);
    if (directory.empty()) directory = ".";
    if (directory.size() + file.size() + 2 > sizeof candidate) continue;
    std::memcpy(candidate, directory.data(), directory.size());
    candidate[directory.size()] = '/';
    std::memcpy(candidate + directory.size() + 1, file.data(), file.size());
    candidate[directory.size() + 1 + file.size()] = 0;
    if (executable(candidate) != 0) continue;
    if (directory[0] != '/')
      return fail("cannot run executable found relative to current directory", kInval);
    return found(candidate, directory.size() + 1 + file.size());
  }
  return fail("executable file not found in $PATH", kNoEntry);
}

// Field `index` of a colon-separated line.
std::string_view field(std::string_view line, int index) noexcept {
  for (; index > 0; --index) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    line.remove_prefix(colon + 1);
  }
  return line.substr(0, line.find(':'));
}

bool equals(std::string_view digits, std::uint64_t number) noexcept {
  if (digits.empty() || digits.size() > 10) return false;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value == number;
}

void set_home(std::string_view directory) noexcept {
  constexpr std::string_view kName = "HOME=";
  if (directory.empty() || directory.size() + kName.size() + 1 > sizeof g.home) directory = "/";
  std::memcpy(g.home, kName.data(), kName.size());
  std::memcpy(g.home + kName.size(), directory.data(), directory.size());
  g.home[kName.size() + directory.size()] = 0;
}

// The file belongs to the container: read as bytes, bounded, and only the first matching line
// counts.
int home(const Step& s) noexcept {
  set_home("/");
  const Res opened = call::openat2(
      dir(s.src), s.src != plan::kNoSlot ? "etc/passwd" : "/etc/passwd", O_RDONLY | O_NONBLOCK,
      s.src != plan::kNoSlot ? sys::kInRoot : RESOLVE_NO_MAGICLINKS);
  if (!opened.ok()) return 0;
  const Fd fd{opened};
  static char buffer[16384];
  std::size_t kept = 0;
  for (int rounds = 0; rounds < 4096; ++rounds) {
    const Res n = call::read(fd.get(), buffer + kept, sizeof buffer - kept);
    if (n.v <= 0 && kept == 0) return 0;
    const std::size_t have = kept + (n.v > 0 ? static_cast<std::size_t>(n.v) : 0);
    std::string_view rest{buffer, have};
    for (;;) {
      const auto end = rest.find('\n');
      if (end == std::string_view::npos && n.v > 0) break;
      const std::string_view line = rest.substr(0, end);
      if (equals(field(line, 2), s.n0)) {
        set_home(field(line, 5));
        return 0;
      }
      if (end == std::string_view::npos) return 0;
      rest.remove_prefix(end + 1);
    }
    if (rest.size() == sizeof buffer) return 0;  // a line longer than any real one
    std::memmove(buffer, rest.data(), rest.size());
    kept = rest.size();
  }
  return 0;
}

[[noreturn]] void end_by_signal(int signal) noexcept {
  for (;;) raw(__NR_exit_group, 128 + signal);
}

// The first process of a pid namespace does not die of a signal that it has no handler for:
// pid_namespaces(7). Who asks a waiting container to end shall see it end; execve(2) takes the
// handlers away again.
void end_when_asked() noexcept {
  constexpr std::uint64_t kRestorer = 0x04000000;  // x86-64 delivers no signal without one
  const auto handler = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&end_by_signal));
  const std::array<std::uint64_t, 4> action{handler, kRestorer, handler, 0};
  for (const int signal : {1, 2, 3, 15})  // SIGHUP, SIGINT, SIGQUIT, SIGTERM
    raw(__NR_rt_sigaction, signal, word(action.data()), 0, sizeof action[3]);
}

int gate(const Step& s) noexcept {
  if (s.src != plan::kNoSlot) end_when_asked();
  // A filter that forbids it must not leave both sides waiting.
  if (const int e = send(plan::ReportKind::kReady, 0, 0); e != 0) return fail("sendmsg", e);
  // The word on the channel says that the runtime has recorded this process; a runtime that was
  // killed before that takes it along.
  if (const int e = wait_word(g.channel); e != 0) return fail("waiting for the runtime", e);
  if (s.src == plan::kNoSlot) return 0;
  call::close(g.channel);  // the creating runtime may end now
  g.channel = -1;
  g.report = s.aux != plan::kNoSlot ? slot(s.aux) : -1;
  return fail("read", wait_word(slot(s.src)));
}

// What Go's table says, for the line that people see.
std::string_view reason(int err) noexcept {
  switch (err) {
    case kNoEntry: return "no such file or directory";
    case kTooBig: return "argument list too long";
    case 8: return "exec format error";
    case 12: return "cannot allocate memory";
    case kAccess: return "permission denied";
    case kNotDir: return "not a directory";
    case 26: return "text file busy";
    case 40: return "too many levels of symbolic links";
    default: return "cannot be executed";
  }
}

// The container had started: its own stderr is where this belongs, and 255 its exit code, as with
// runc (C009).
[[noreturn]] void exec_failed(int err) noexcept {
  for (const std::string_view part : {std::string_view{"exec "}, std::string_view{g.program},
                                      std::string_view{": "}, reason(err), std::string_view{"\n"}})
    call::write(2, part.data(), part.size());
  quit(255);
}

int exec(const Step& s) noexcept {
  static const char* words[kMaxWords];
  const auto args = g.plan.list(s.list);
  const auto env = g.plan.list(s.s1);
  if (args.size() + env.size() + 3 > kMaxWords) return fail("exec", kTooBig);
  const char** argv = words;
  for (std::size_t i = 0; i < args.size(); ++i) argv[i] = text(args[i]);
  argv[args.size()] = nullptr;
  const char** envp = argv + args.size() + 1;
  std::size_t n = 0;
  for (const plan::Ref e : env) envp[n++] = text(e);
  if (g.home[0] != 0) envp[n++] = g.home;
  envp[n] = nullptr;
  if (s.s0.len != 0) return fail("exec", call::execve(text(s.s0), argv, envp));
  exec_failed(call::execve(g.program, argv, envp).err());
}

}  // namespace

int do_program_step(const Step& s) noexcept {
  switch (s.op) {
    case Op::kFindProgram: return find_program(s);
    case Op::kHome: return home(s);
    case Op::kGate: return gate(s);
    default: return exec(s);
  }
}

}  // namespace oci::init
