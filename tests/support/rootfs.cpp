#include "tests/support/rootfs.h"

#include <sys/stat.h>

#include <filesystem>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace oci::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kApplets[] = {
    "sh",    "cat",   "echo",  "sleep", "ls",    "id",     "true",   "false",    "mount",
    "kill",  "touch", "mkdir", "stat",  "grep",  "wc",     "head",   "test",     "readlink",
    "env",   "rm",    "cp",    "mv",    "ps",    "umount", "mknod",  "hostname", "ln",
    "seq",   "tr",    "cut",   "sort",  "chmod", "printf", "usleep", "dd",       "ip",
    "uname", "nproc", "tty",   "stty",  "find",  "sed",    "awk",    "mkfifo",   "pwd"};

// Made once a program run; the bundles hard-link its big files.
const TempDir& template_files() {
  static const TempDir dir;
  static const bool made = [] {
    fs::copy_file("/bin/busybox", dir / "busybox");
    fs::copy_file(OCI_PROBE, dir / "probe");
    ::chmod((dir / "busybox").c_str(), 0755);
    ::chmod((dir / "probe").c_str(), 0755);
    return true;
  }();
  static_cast<void>(made);
  return dir;
}

}  // namespace

void make_rootfs(const std::string& root) {
  for (const char* name : {"bin", "dev", "etc", "proc", "sys", "tmp", "root", "home", "mnt", "var"})
    fs::create_directories(root + "/" + name);
  ::chmod((root + "/tmp").c_str(), 01777);
  const TempDir& files = template_files();
  for (const char* name : {"busybox", "probe"})
    fs::create_hard_link(files / name, root + "/bin/" + name);
  for (const char* name : kApplets) fs::create_symlink("busybox", root + "/bin/" + name);
  write_file(root + "/etc/passwd",
             "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n");
  write_file(root + "/etc/group", "root:x:0:\nuser:x:1000:\n");
}

}  // namespace oci::test
