// The floor of the benchmark: the fewest system calls that make the container of the default configuration.
// It parses nothing, records nothing, checks nothing and undoes nothing; no runtime can be faster than this
// and still be one. Build it with musl: glibc's start-up alone costs more than a fifth of a whole run here.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/if.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CGROUP_TOP "/sys/fs/cgroup/"
#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static const char *const kControllers[] = {"cpuset", "cpu",     "cpuacct", "memory", "devices",
                                           "freezer", "blkio", "pids",    "systemd"};
enum { kCpuset = 0, kDevices = 4 };

static const char *mode = "run", *id = "floor", *pid_file, *rootfs;
static int v1;
static char **program;
static int cgroup_fds[COUNT(kControllers)];
static int gate = -1, ready = -1;  // create: the FIFO of start, the pipe that says "made"
static char gate_path[128];

static void die(const char *what) {
  char text[256];
  const int n = snprintf(text, sizeof text, "floor: %s: %s\n", what, strerror(errno));
  if (write(2, text, n) < 0) _exit(2);
  _exit(1);
}
#define CHECK(call)                      \
  do {                                   \
    if ((long)(call) < 0) die(#call);    \
  } while (0)

static void put(int dir, const char *name, const char *text) {
  const int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) die(name);
  close(fd);
}

// --- inside ---------------------------------------------------------------------------------------

static void raise_loopback(void) {
  struct ifreq request = {.ifr_flags = IFF_UP | IFF_RUNNING};
  strcpy(request.ifr_name, "lo");
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  CHECK(fd);
  CHECK(ioctl(fd, SIOCSIFFLAGS, &request));
  close(fd);
}

static void mount_cgroups(void) {
  const unsigned long hard = MS_NOSUID | MS_NOEXEC | MS_NODEV;
  if (!v1) {
    CHECK(mount("cgroup", "sys/fs/cgroup", "cgroup2", hard | MS_RDONLY | MS_RELATIME, 0));
    return;
  }
  CHECK(mount("tmpfs", "sys/fs/cgroup", "tmpfs", hard, "mode=755"));
  for (int i = 0; i < COUNT(kControllers); i++) {
    if (cgroup_fds[i] < 0) continue;
    char path[64];
    snprintf(path, sizeof path, "sys/fs/cgroup/%s", kControllers[i]);
    CHECK(mkdir(path, 0755));
    const char *options = i == COUNT(kControllers) - 1 ? "none,name=systemd" : kControllers[i];
    CHECK(mount("cgroup", path, "cgroup", hard | MS_RDONLY | MS_RELATIME, options));
  }
  CHECK(mount(0, "sys/fs/cgroup", 0, MS_REMOUNT | MS_BIND | MS_RDONLY | hard, 0));
}

static void mount_all(void) {
  const unsigned long hard = MS_NOSUID | MS_NOEXEC | MS_NODEV;
  CHECK(mount(0, "/", 0, MS_REC | MS_PRIVATE, 0));
  CHECK(mount(rootfs, rootfs, 0, MS_BIND | MS_REC, 0));
  CHECK(chdir(rootfs));
  CHECK(mount("proc", "proc", "proc", 0, 0));
  CHECK(mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k"));
  CHECK(mkdir("dev/pts", 0755));
  CHECK(mkdir("dev/shm", 0755));
  CHECK(mkdir("dev/mqueue", 0755));
  CHECK(mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5"));
  CHECK(mount("shm", "dev/shm", "tmpfs", hard, "mode=1777,size=65536k"));
  CHECK(mount("mqueue", "dev/mqueue", "mqueue", hard, 0));
  CHECK(mount("sysfs", "sys", "sysfs", hard | MS_RDONLY, 0));
  mount_cgroups();
}

static void make_devices(void) {
  static const struct {
    const char *path;
    int minor, major;
  } devices[] = {{"dev/null", 3, 1},   {"dev/zero", 5, 1},    {"dev/full", 7, 1},
                 {"dev/random", 8, 1}, {"dev/urandom", 9, 1}, {"dev/tty", 0, 5}};
  static const char *const links[][2] = {
      {"/proc/self/fd", "dev/fd"},         {"/proc/self/fd/0", "dev/stdin"}, {"/proc/self/fd/1", "dev/stdout"},
      {"/proc/self/fd/2", "dev/stderr"}, {"/proc/kcore", "dev/core"},      {"pts/ptmx", "dev/ptmx"}};
  const mode_t mask = umask(0);
  for (int i = 0; i < COUNT(devices); i++)
    CHECK(mknod(devices[i].path, S_IFCHR | 0666, devices[i].major << 8 | devices[i].minor));
  umask(mask);
  for (int i = 0; i < COUNT(links); i++) CHECK(symlink(links[i][0], links[i][1]));
}

static void protect_paths(void) {
  static const char *const masked[] = {
      "proc/acpi",       "proc/asound",      "proc/kcore",       "proc/keys",    "proc/latency_stats",
      "proc/timer_list", "proc/timer_stats", "proc/sched_debug", "sys/firmware", "proc/scsi"};
  static const char *const readonly[] = {"proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"};
  const char *first = 0;  // the tmpfs that all masked directories share
  for (int i = 0; i < COUNT(masked); i++) {
    struct stat st;
    if (stat(masked[i], &st) < 0) continue;
    if (!S_ISDIR(st.st_mode)) {
      CHECK(mount("dev/null", masked[i], 0, MS_BIND, 0));
    } else if (first) {
      CHECK(mount(first, masked[i], 0, MS_BIND, 0));
    } else {
      CHECK(mount("tmpfs", masked[i], "tmpfs", MS_RDONLY, "nr_blocks=1,nr_inodes=1"));
      first = masked[i];
    }
  }
  for (int i = 0; i < COUNT(readonly); i++) {
    if (mount(readonly[i], readonly[i], 0, MS_BIND | MS_REC, 0) < 0) {
      if (errno == ENOENT) continue;
      die(readonly[i]);
    }
    CHECK(mount(0, readonly[i], 0, MS_REMOUNT | MS_BIND | MS_RDONLY, 0));
  }
}

static void take_identity(void) {
  syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, "_ses.floor");
  const struct rlimit files = {1024, 1024};
  CHECK(prlimit(0, RLIMIT_NOFILE, &files, 0));
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  const unsigned kept = 1u << CAP_AUDIT_WRITE | 1u << CAP_KILL | 1u << CAP_NET_BIND_SERVICE;
  for (unsigned c = 0; c <= CAP_LAST_CAP; c++)
    if (c >= 32 || !(kept & 1u << c)) prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{kept, kept, 0}, {0, 0, 0}};
  CHECK(syscall(SYS_capset, &header, data));
  CHECK(syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */));
}

static void wait_for_start(void) {
  char path[64];
  if (write(ready, "", 1) != 1) die("ready");
  close(ready);
  // Blocks until start opens the other end.
  snprintf(path, sizeof path, "/proc/self/fd/%d", gate);
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  CHECK(fd);
  if (write(fd, "", 1) != 1) die("gate");
}

static void become_program(void) {
  static char *const environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                      "TERM=xterm", 0};
  execve(program[0], program, environment);
  die("execve");
}

static void enter_v1(void) {
  for (int i = 0; i < COUNT(kControllers); i++)
    if (cgroup_fds[i] >= 0) put(cgroup_fds[i], "tasks", "0");
}

static void be_init(void) {
  if (v1) {
    enter_v1();
    CHECK(unshare(CLONE_NEWCGROUP));
  }
  raise_loopback();
  mount_all();
  make_devices();
  protect_paths();
  CHECK(mount(0, ".", 0, MS_REMOUNT | MS_BIND | MS_RDONLY, 0));
  CHECK(syscall(SYS_pivot_root, ".", "."));
  CHECK(umount2(".", MNT_DETACH));
  CHECK(chdir("/"));
  CHECK(sethostname("runc", 4));
  take_identity();
  if (gate >= 0) wait_for_start();
  become_program();
}

static void be_tenant(void) {
  if (v1) enter_v1();
  take_identity();
  become_program();
}

// --- outside --------------------------------------------------------------------------------------

static void cgroup_path(char *path, size_t size, int controller) {
  if (v1) snprintf(path, size, CGROUP_TOP "%s/%s", kControllers[controller], id);
  else snprintf(path, size, CGROUP_TOP "%s", id);
}

static void open_cgroups(int make) {
  char path[256];
  for (int i = 0; i < (v1 ? COUNT(kControllers) : 1); i++) {
    cgroup_path(path, sizeof path, i);
    cgroup_fds[i] = -1;
    if (make && mkdir(path, 0755) < 0) {
      if (v1 && errno == ENOENT) continue;  // this kernel or view lacks the controller
      die(path);
    }
    cgroup_fds[i] = open(path, O_DIRECTORY | O_CLOEXEC);
    if (cgroup_fds[i] < 0 && !(v1 && errno == ENOENT)) die(path);
  }
}

static void remove_cgroups(void) {
  char path[256];
  for (int i = 0; i < (v1 ? COUNT(kControllers) : 1); i++) {
    cgroup_path(path, sizeof path, i);
    while (rmdir(path) < 0 && errno != ENOENT) {
      if (errno != EBUSY) die(path);
      usleep(50);
    }
  }
}

static void fill_cpuset(void) {
  static const char *const files[][2] = {{CGROUP_TOP "cpuset/cpuset.cpus", "cpuset.cpus"},
                                         {CGROUP_TOP "cpuset/cpuset.mems", "cpuset.mems"}};
  for (int i = 0; i < 2; i++) {
    char text[64] = "";
    const int fd = open(files[i][0], O_RDONLY | O_CLOEXEC);
    CHECK(fd);
    CHECK(read(fd, text, sizeof text - 1));
    close(fd);
    put(cgroup_fds[kCpuset], files[i][1], text);
  }
}

static void allow_devices_v1(void) {
  static const char *const rules[] = {"c *:* m",   "b *:* m",   "c 1:3 rwm", "c 1:8 rwm",   "c 1:7 rwm",
                                      "c 5:0 rwm", "c 1:5 rwm", "c 1:9 rwm", "c 136:* rwm", "c 5:2 rwm"};
  put(cgroup_fds[kDevices], "devices.deny", "a");
  const int fd = openat(cgroup_fds[kDevices], "devices.allow", O_WRONLY | O_CLOEXEC);
  for (int i = 0; i < COUNT(rules); i++) CHECK(write(fd, rules[i], strlen(rules[i])));
  close(fd);
}

static void allow_devices_v2(void) {
  static const int rules[][2] = {{1, 3}, {1, 8}, {1, 7}, {5, 0}, {1, 5}, {1, 9}, {136, -1}, {5, 2}};
  static struct bpf_insn code[64];
  int n = 0;
#define EMIT(op, dst, src, jump, value) code[n++] = (struct bpf_insn){op, dst, src, jump, value}
#define ANSWER(value) EMIT(0xb7, 0, 0, 0, value), EMIT(0x95, 0, 0, 0, 0)
  EMIT(0x61, 2, 1, 0, 0), EMIT(0x54, 2, 0, 0, 0xffff);  // r2 = type
  EMIT(0x61, 3, 1, 0, 0), EMIT(0x74, 3, 0, 0, 16);      // r3 = access
  EMIT(0x61, 4, 1, 4, 0), EMIT(0x61, 5, 1, 8, 0);       // r4, r5 = major, minor
  for (int i = 0; i < COUNT(rules); i++) {
    const int any = rules[i][1] < 0;
    EMIT(0x55, 2, 0, any ? 3 : 4, 2);
    EMIT(0x55, 4, 0, any ? 2 : 3, rules[i][0]);
    if (!any) EMIT(0x55, 5, 0, 2, rules[i][1]);
    ANSWER(1);
  }
  EMIT(0x55, 3, 0, 2, 1);  // mknod of anything
  ANSWER(1);
  ANSWER(0);
  union bpf_attr load = {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE};
  load.insn_cnt = n, load.insns = (unsigned long)code, load.license = (unsigned long)"Apache";
  const int fd = syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load);
  CHECK(fd);
  union bpf_attr attach = {.target_fd = cgroup_fds[0]};
  attach.attach_bpf_fd = fd, attach.attach_type = BPF_CGROUP_DEVICE, attach.attach_flags = BPF_F_ALLOW_MULTI;
  CHECK(syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof attach));
  close(fd);
}

// A child that shares the caller's memory until it executes; where that is not written for, a copy.
static pid_t clone_shared(struct clone_args *args, void (*body)(void)) {
#ifdef __x86_64__
  static char stack[65536] __attribute__((aligned(16)));
  args->flags |= CLONE_VM | CLONE_VFORK;
  args->stack = (unsigned long)stack, args->stack_size = sizeof stack;
  long result;
  __asm__ volatile(
      "syscall\n\ttest %%rax, %%rax\n\tjnz 1f\n\tcall *%[body]\n\tmov $231, %%eax\n\tsyscall\n1:"
      : "=a"(result)
      : "a"(SYS_clone3), "D"(args), "S"(sizeof *args), [body] "r"(body)
      : "rcx", "rdx", "r8", "r10", "r11", "memory");
  if (result < 0) errno = (int)-result, result = -1;
  return (pid_t)result;
#else
  const pid_t pid = syscall(SYS_clone3, args, sizeof *args);
  if (pid == 0) body();
  return pid;
#endif
}

static int wait_for(pid_t pid) {
  int status;
  CHECK(waitpid(pid, &status, 0));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void write_pid(pid_t pid) {
  char text[16];
  const int fd = open(pid_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  CHECK(fd);
  CHECK(write(fd, text, snprintf(text, sizeof text, "%d", pid)));
  close(fd);
}

static int run_or_create(int create) {
  struct clone_args args = {.exit_signal = SIGCHLD};
  int made[2] = {-1, -1};
  args.flags = CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWNET;
  if (create) {
    CHECK(mkfifo(gate_path, 0600));
    gate = open(gate_path, O_PATH | O_CLOEXEC);
    CHECK(pipe2(made, O_CLOEXEC));
    ready = made[1];
  }
  open_cgroups(1);
  if (v1) {
    fill_cpuset();
    allow_devices_v1();
  } else {
    allow_devices_v2();
    args.flags |= CLONE_INTO_CGROUP | CLONE_NEWCGROUP;
    args.cgroup = cgroup_fds[0];
  }
  if (!create) {
    const pid_t pid = clone_shared(&args, be_init);
    CHECK(pid);
    const int code = wait_for(pid);
    remove_cgroups();
    return code;
  }
  const pid_t pid = syscall(SYS_clone3, &args, sizeof args);
  CHECK(pid);
  if (pid == 0) be_init();
  close(made[1]);
  char byte;
  if (read(made[0], &byte, 1) != 1) return 1;
  if (pid_file) write_pid(pid);
  return 0;
}

static int start(void) {
  char byte;
  const int fd = open(gate_path, O_RDONLY | O_CLOEXEC);
  CHECK(fd);
  if (read(fd, &byte, 1) != 1) return 1;
  unlink(gate_path);
  return 0;
}

static int exec(pid_t init) {
  struct clone_args args = {.exit_signal = SIGCHLD};
  open_cgroups(0);
  if (!v1) args.flags = CLONE_INTO_CGROUP, args.cgroup = cgroup_fds[0];
  const int fd = syscall(SYS_pidfd_open, init, 0);
  CHECK(fd);
  CHECK(setns(fd, CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWCGROUP));
  const pid_t pid = clone_shared(&args, be_tenant);
  CHECK(pid);
  return wait_for(pid);
}

static int kill_and_delete(pid_t init) {
  struct pollfd end = {.fd = syscall(SYS_pidfd_open, init, 0), .events = POLLIN};
  CHECK(end.fd);
  CHECK(syscall(SYS_pidfd_send_signal, end.fd, SIGKILL, 0, 0));
  CHECK(poll(&end, 1, -1));
  remove_cgroups();
  unlink(gate_path);
  return 0;
}

// floor [-v1] [-id ID] [-pid-file FILE] MODE ...: nothing | run|create ROOTFS PROGRAM... | start | delete |
// killdelete PID | exec PID PROGRAM...
int main(int argc, char **argv) {
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; i++) {
    if (!strcmp(argv[i], "-v1")) v1 = 1;
    else if (!strcmp(argv[i], "-id")) id = argv[++i];
    else if (!strcmp(argv[i], "-pid-file")) pid_file = argv[++i];
  }
  if (i >= argc) return 2;
  mode = argv[i++];
  snprintf(gate_path, sizeof gate_path, "/run/%s.fifo", id);
  if (!strcmp(mode, "nothing")) return 0;
  if (!strcmp(mode, "start")) return start();
  if (!strcmp(mode, "delete")) {
    remove_cgroups();
    return 0;
  }
  if (i >= argc) return 2;
  if (!strcmp(mode, "killdelete")) return kill_and_delete(atoi(argv[i]));
  program = argv + i + 1;
  if (!strcmp(mode, "exec")) return exec(atoi(argv[i]));
  rootfs = argv[i];
  return run_or_create(!strcmp(mode, "create"));
}
