// Runs inside a container and prints what it finds there, one key=value a line. Static: it needs no
// rootfs.
//   probe                     identity, limits, namespaces, descriptors, signals, environment
//   probe stat PATH...        what each path is: type mode uid gid rdev, or the error
//   probe open-write PATH...  whether each can be opened for writing
//   probe xattr PATH...       the extended attributes of each path: path.name=value
//   probe fds                 the open descriptors alone
//   probe settings            scheduling, I/O priority, CPUs, memory policy, personality
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <initializer_list>

namespace {

void print_stat(const char* path) {
  struct stat s;
  if (::lstat(path, &s) != 0) {
    std::printf("%s=%s\n", path, ::strerrorname_np(errno));
    return;
  }
  const char* type = S_ISREG(s.st_mode)    ? "file"
                     : S_ISDIR(s.st_mode)  ? "dir"
                     : S_ISCHR(s.st_mode)  ? "char"
                     : S_ISBLK(s.st_mode)  ? "block"
                     : S_ISLNK(s.st_mode)  ? "link"
                     : S_ISFIFO(s.st_mode) ? "fifo"
                                           : "other";
  std::printf("%s=%s %04o %u:%u %u:%u size=%lld\n", path, type, s.st_mode & 07777, s.st_uid,
              s.st_gid, major(s.st_rdev), minor(s.st_rdev), static_cast<long long>(s.st_size));
  if (S_ISLNK(s.st_mode)) {
    char target[4096];
    const ssize_t n = ::readlink(path, target, sizeof target);
    std::printf("%s.target=%.*s\n", path, static_cast<int>(n), target);
  }
}

void print_open_write(const char* path) {
  const int fd = ::open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  std::printf("%s=%s\n", path, fd >= 0 ? "ok" : ::strerrorname_np(errno));
  if (fd >= 0) ::close(fd);
}

void print_attributes(const char* path) {
  char names[4096], value[4096];
  const ssize_t size = ::llistxattr(path, names, sizeof names);
  for (const char* name = names; name < names + size; name += std::strlen(name) + 1) {
    const ssize_t n = ::lgetxattr(path, name, value, sizeof value);
    if (n >= 0) std::printf("%s.%s=%.*s\n", path, name, static_cast<int>(n), value);
  }
}

void print_link(const char* key, const char* path) {
  char target[4096];
  const ssize_t n = ::readlink(path, target, sizeof target);
  if (n >= 0) std::printf("%s=%.*s\n", key, static_cast<int>(n), target);
}

void print_fds() {
  for (int fd = 0; fd < 1024; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) continue;
    char key[32], path[64];
    std::snprintf(key, sizeof key, "fd.%d", fd);
    std::snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct stat s;
    ::fstat(fd, &s);
    char target[4096];
    const ssize_t n = ::readlink(path, target, sizeof target);
    std::printf("%s=%.*s uid=%u\n", key, n < 0 ? 1 : static_cast<int>(n), n < 0 ? "?" : target,
                s.st_uid);
  }
}

void print_limits() {
  constexpr struct {
    const char* name;
    int id;
  } kLimits[] = {
      {"AS", RLIMIT_AS},           {"CORE", RLIMIT_CORE},         {"CPU", RLIMIT_CPU},
      {"DATA", RLIMIT_DATA},       {"FSIZE", RLIMIT_FSIZE},       {"LOCKS", RLIMIT_LOCKS},
      {"MEMLOCK", RLIMIT_MEMLOCK}, {"MSGQUEUE", RLIMIT_MSGQUEUE}, {"NICE", RLIMIT_NICE},
      {"NOFILE", RLIMIT_NOFILE},   {"NPROC", RLIMIT_NPROC},       {"RSS", RLIMIT_RSS},
      {"RTPRIO", RLIMIT_RTPRIO},   {"RTTIME", RLIMIT_RTTIME},     {"SIGPENDING", RLIMIT_SIGPENDING},
      {"STACK", RLIMIT_STACK}};
  for (const auto& limit : kLimits) {
    rlimit r;
    ::getrlimit(static_cast<__rlimit_resource>(limit.id), &r);
    std::printf("rlimit.%s=%llu:%llu\n", limit.name, static_cast<unsigned long long>(r.rlim_cur),
                static_cast<unsigned long long>(r.rlim_max));
  }
}

// From /proc/self/status: capabilities, seccomp, signals.
void print_status() {
  std::FILE* file = std::fopen("/proc/self/status", "r");
  char line[512];
  while (file != nullptr && std::fgets(line, sizeof line, file) != nullptr) {
    for (const char* key : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs",
                            "Seccomp", "SigBlk", "SigIgn", "SigPnd", "Cpus_allowed_list"}) {
      const std::size_t n = std::strlen(key);
      if (std::strncmp(line, key, n) == 0 && line[n] == ':')
        std::printf("%s=%s", key, line + n + 2);
    }
  }
  if (file != nullptr) std::fclose(file);
}

void print_identity() {
  std::printf("uid=%u\neuid=%u\ngid=%u\negid=%u\ngroups=", ::getuid(), ::geteuid(), ::getgid(),
              ::getegid());
  gid_t groups[256];
  const int n = ::getgroups(256, groups);
  for (int i = 0; i < n; ++i) std::printf(i == 0 ? "%u" : ",%u", groups[i]);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  std::printf("\numask=%04o\npid=%d\nppid=%d\nsid=%d\npgid=%d\n", mask, ::getpid(), ::getppid(),
              ::getsid(0), ::getpgrp());
  char name[256] = "";
  ::gethostname(name, sizeof name);
  std::printf("hostname=%s\n", name);
  ::getdomainname(name, sizeof name);
  std::printf("domainname=%s\n", name);
  char cwd[4096] = "?";
  if (::getcwd(cwd, sizeof cwd) == nullptr)
    std::snprintf(cwd, sizeof cwd, "%s", ::strerrorname_np(errno));
  std::printf("cwd=%s\npdeathsig=", cwd);
  int signal = 0;
  ::prctl(PR_GET_PDEATHSIG, &signal);
  std::printf("%d\ndumpable=%d\nkeepcaps=%d\nsecurebits=%d\ntty=%d\nforeground=%d\nctty=%s\n",
              signal, ::prctl(PR_GET_DUMPABLE), ::prctl(PR_GET_KEEPCAPS),
              ::prctl(PR_GET_SECUREBITS), ::isatty(0), ::tcgetpgrp(0) == ::getpgrp(),
              ::open("/dev/tty", O_RDWR | O_CLOEXEC) >= 0 ? "yes" : "no");
}

// sched_setattr(2)
void print_scheduler() {
  struct {
    unsigned size, policy;
    unsigned long long flags;
    int nice;
    unsigned priority;
    unsigned long long runtime, deadline, period;
  } a{};
  ::syscall(SYS_sched_getattr, 0, &a, sizeof a, 0);
  std::printf("policy=%u\nnice=%d\npriority=%u\nflags=%llu\ndeadline=%llu:%llu:%llu\n", a.policy,
              a.nice, a.priority, a.flags, a.runtime, a.deadline, a.period);
}

void print_settings() {
  print_scheduler();
  constexpr int kProcess = 1;
  const long io = ::syscall(SYS_ioprio_get, kProcess, 0);
  std::printf("ioprio=%ld:%ld\n", io >> 13, io & 7);
  int mode = 0;
  unsigned long nodes[64] = {};
  ::syscall(SYS_get_mempolicy, &mode, nodes, sizeof nodes * 8, nullptr, 0);
  std::printf("mempolicy=%d:%lx\n", mode, nodes[0]);
  std::printf("personality=%x\n", static_cast<unsigned>(::personality(0xffffffff)));
  print_status();
}

void print_process(char** argv, char** env) {
  print_identity();
  print_status();
  print_limits();
  for (const char* type : {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"}) {
    char key[32], path[64];
    std::snprintf(key, sizeof key, "ns.%s", type);
    std::snprintf(path, sizeof path, "/proc/self/ns/%s", type);
    print_link(key, path);
  }
  // Ignored or blocked signals come from the kernel itself, whatever /proc says.
  sigset_t blocked;
  ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
  int blocked_count = 0, ignored_count = 0;
  for (int s = 1; s < NSIG; ++s) {
    if (::sigismember(&blocked, s) == 1) ++blocked_count;
    struct sigaction action;
    if (::sigaction(s, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) ++ignored_count;
  }
  std::printf("blocked=%d\nignored=%d\n", blocked_count, ignored_count);
  for (char** a = argv; *a != nullptr; ++a)
    std::printf("argv.%d=%s\n", static_cast<int>(a - argv), *a);
  for (char** e = env; *e != nullptr; ++e) std::printf("env.%s\n", *e);
}

}  // namespace

int main(int argc, char** argv, char** env) {
  const char* verb = argc > 1 ? argv[1] : "";
  if (std::strcmp(verb, "stat") == 0) {
    for (int i = 2; i < argc; ++i) print_stat(argv[i]);
  } else if (std::strcmp(verb, "open-write") == 0) {
    for (int i = 2; i < argc; ++i) print_open_write(argv[i]);
  } else if (std::strcmp(verb, "xattr") == 0) {
    for (int i = 2; i < argc; ++i) print_attributes(argv[i]);
  } else if (std::strcmp(verb, "fds") == 0) {
    print_fds();
  } else if (std::strcmp(verb, "settings") == 0) {
    print_settings();
  } else {
    print_fds();
    print_process(argv, env);
  }
  return 0;
}
