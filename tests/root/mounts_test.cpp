// mounts[]: kinds, options, targets. Spec: config.md#mounts
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <sstream>

#include "tests/root/support.h"

using namespace oci::test;
namespace fs = std::filesystem;

namespace {

struct Mounted : Bundle {
  Mounted() {
    fs::create_directories(source() + "/sub");
    write_file(source() + "/file", "content\n");
  }
  std::string source() const { return scratch("source"); }
  void mount(const std::string& destination, const std::string& type, const std::string& from,
             const std::vector<std::string>& options) {
    config.add("/mounts", R"({"destination":")" + destination + R"(","type":")" + type +
                              R"(","source":")" + from + R"(","options":)" + json_array(options) +
                              "}");
  }
  void bind(const std::string& destination, std::vector<std::string> options,
            const std::string& from = {}) {
    options.insert(options.begin(), "bind");
    mount(destination, "bind", from.empty() ? source() : from, options);
  }
  // The line of mountinfo for that mount point, from inside.
  std::string line_of(const std::string& point) {
    for (const std::string& line : lines(oci::test::shell(*this, "cat /proc/self/mountinfo"))) {
      std::istringstream in(line);
      std::string word;
      for (int i = 0; i < 5; ++i) in >> word;
      if (word == point) return line;
    }
    return {};
  }
};

// A mount on a directory of the host (of the tests' namespace), gone at the end.
struct HostMount {
  HostMount(const std::string& dir, const char* type, unsigned long flags,
            const std::string& from = "none")
      : dir_(dir) {
    fs::create_directories(dir);
    BOOST_REQUIRE(::mount(from.c_str(), dir.c_str(), type, flags, nullptr) == 0);
  }
  HostMount(const HostMount&) = delete;
  HostMount& operator=(const HostMount&) = delete;
  ~HostMount() { ::umount2(dir_.c_str(), MNT_DETACH); }
  std::string dir_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(mounts)

BOOST_AUTO_TEST_CASE(bind_a_directory_and_a_file) {
  Mounted b;
  b.bind("/data/deep", {});
  b.bind("/data.txt", {}, b.source() + "/file");
  BOOST_TEST(shell(b, "cat /data/deep/file /data.txt; echo new >/data/deep/made") ==
             "content\ncontent\n");
  BOOST_TEST(read_file(b.source() + "/made") == "new\n");
}

BOOST_AUTO_TEST_CASE(bind_read_only) {
  Mounted b;
  b.bind("/data", {"ro"});
  OCI_CHECK_HAS(b.shell("touch /data/x").run().err, "Read-only file system");
  BOOST_TEST(!fs::exists(b.source() + "/x"));
}

BOOST_AUTO_TEST_CASE(remount) {
  Mounted b;
  b.mount("/cache", "tmpfs", "tmpfs", {"size=64k", "nosuid"});
  b.mount("/cache", "tmpfs", "tmpfs", {"remount", "ro", "size=128k"});
  b.bind("/data", {});
  b.mount("/data", "", "", {"bind", "remount", "ro"});
  const std::string cache = b.line_of("/cache");
  OCI_CHECK_HAS(cache, "ro,nosuid");
  OCI_CHECK_HAS(cache, "size=128k");
  OCI_CHECK_HAS(b.shell("touch /data/x").run().err, "Read-only file system");
  BOOST_TEST(!fs::exists(b.source() + "/x"));
}

BOOST_AUTO_TEST_CASE(remount_of_what_is_the_hosts) {
  OCI_NOT_RUNC("there mount(2) itself refuses");
  Mounted b;
  b.mount("/data", "tmpfs", "tmpfs", {"remount", "ro"});
  const Outcome r = b.run();
  BOOST_TEST(r.code == 1, r.text());
  OCI_CHECK_HAS(r.err, "remount of what no earlier mount has mounted");
}

BOOST_AUTO_TEST_CASE(an_option_that_the_filesystem_refuses_is_named) {
  Mounted b;
  b.mount("/cache", "tmpfs", "tmpfs", {"size=64k", "nonsense=7"});
  OCI_CHECK_HAS(b.run().err, "nonsense");
}

BOOST_AUTO_TEST_CASE(a_plain_bind_leaves_out_what_is_mounted_below) {
  Mounted b;
  const HostMount below(b.source() + "/sub", "tmpfs", 0);
  write_file(b.source() + "/sub/inner", "inner");
  b.bind("/flat", {});
  b.mount("/tree", "bind", b.source(), {"rbind"});
  BOOST_TEST(shell(b, "ls /flat/sub | wc -l; ls /tree/sub") == "0\ninner\n");
}

BOOST_AUTO_TEST_CASE(ro_is_for_the_top_and_rro_for_the_tree) {
  Mounted b;
  const HostMount below(b.source() + "/sub", "tmpfs", 0);
  b.mount("/top", "bind", b.source(), {"rbind", "ro"});
  b.mount("/all", "bind", b.source(), {"rbind", "rro"});
  const std::string out = shell(b,
                                "for f in /top/x /top/sub/x /all/x /all/sub/x; do touch $f "
                                "2>/dev/null && echo yes || echo no; done");
  BOOST_TEST(out == "no\nyes\nno\nno\n");
}

BOOST_AUTO_TEST_CASE(flags_are_what_the_options_say) {
  Mounted b;
  b.bind("/a", {"nosuid", "nodev", "noexec", "noatime"});
  b.bind("/b", {"nosymfollow", "nodiratime"});
  b.mount("/c", "tmpfs", "tmpfs", {"ro", "size=64k", "mode=0700"});
  const std::string a = b.line_of("/a");
  for (const char* flag : {"rw", "nosuid", "nodev", "noexec", "noatime"}) OCI_CHECK_HAS(a, flag);
  if (!testing_runc()) OCI_CHECK_HAS(b.line_of("/b"), "nosymfollow");
  const std::string c = b.line_of("/c");
  OCI_CHECK_HAS(c, "ro,");
  OCI_CHECK_HAS(c, "size=64k");
  OCI_CHECK_HAS(c, "mode=700");
}

BOOST_AUTO_TEST_CASE(the_last_of_contrary_options_counts) {
  Mounted b;
  b.bind("/a", {"ro", "rw", "noexec", "exec"});
  const std::string line = b.line_of("/a");
  OCI_CHECK_HAS(line, "rw,");
  BOOST_TEST(!contains(line, "noexec"), line);
}

BOOST_AUTO_TEST_CASE(propagation_as_asked) {
  struct {
    const char* option;
    const char* mark;
  } cases[] = {{"rprivate", ""}, {"rshared", "shared:"}, {"rslave", "master:"}};
  for (const auto& c : cases) {
    Mounted b;
    const HostMount shared(b.scratch("shared"), nullptr, MS_BIND, b.source());
    BOOST_REQUIRE(::mount("", shared.dir_.c_str(), nullptr, MS_SHARED, nullptr) == 0);
    b.config.set_text("/linux/rootfsPropagation", "rslave");
    b.mount("/data", "bind", shared.dir_, {"rbind", c.option});
    const std::string line = b.line_of("/data");
    if (*c.mark != 0)
      OCI_CHECK_HAS(line, c.mark);
    else
      BOOST_TEST((!contains(line, "shared:") && !contains(line, "master:")), line);
  }
}

BOOST_AUTO_TEST_CASE(mounts_made_later_arrive_in_a_slave) {
  Mounted b;
  const HostMount shared(b.scratch("shared"), nullptr, MS_BIND, b.source());
  BOOST_REQUIRE(::mount("", shared.dir_.c_str(), nullptr, MS_SHARED, nullptr) == 0);
  b.config.set_text("/linux/rootfsPropagation", "rslave");
  b.mount("/data", "bind", shared.dir_, {"rbind", "rslave"});
  b.start_sleeper();
  const HostMount later(shared.dir_ + "/sub", "tmpfs", 0);
  write_file(shared.dir_ + "/sub/late", "x");
  BOOST_TEST(b.exec({"ls", "/data/sub"}).out == "late\n");
}

BOOST_AUTO_TEST_CASE(nothing_of_the_container_reaches_the_host) {
  Mounted b;
  const std::string before = read_file("/proc/self/mountinfo");
  for (const char* propagation : {"private", "rslave", "slave", "rprivate"}) {
    b.config.set_text("/linux/rootfsPropagation", propagation);
    OCI_REQUIRE_OK(b.shell("true").run());
    BOOST_TEST(read_file("/proc/self/mountinfo") == before, propagation);
  }
}

BOOST_AUTO_TEST_CASE(a_tmpfs_takes_its_targets_mode, *proves({"S057"})) {
  Mounted b;
  fs::create_directory(b.rootfs() + "/there");
  ::chmod((b.rootfs() + "/there").c_str(), 0751);
  b.mount("/there", "tmpfs", "tmpfs", {});
  b.mount("/made", "tmpfs", "tmpfs", {});
  auto f = probe(b, {"stat", "/there", "/made"});
  OCI_CHECK_HAS(f["/there"], "dir 0751");
  if (!testing_runc()) OCI_CHECK_HAS(f["/made"], "dir 0755");
}

BOOST_AUTO_TEST_CASE(a_tmpfs_with_its_targets_content) {
  Mounted b;
  fs::create_directories(b.rootfs() + "/conf/sub");
  write_file(b.rootfs() + "/conf/sub/file", "text", 0640);
  fs::create_symlink("sub/file", b.rootfs() + "/conf/link");
  b.mount("/conf", "tmpfs", "tmpfs", {"tmpcopyup"});
  BOOST_TEST(shell(b,
                   "cat /conf/link; stat -c ' %a' /conf/sub/file; readlink /conf/link; echo "
                   "changed >/conf/sub/file") == "text 640\nsub/file\n");
  BOOST_TEST(read_file(b.rootfs() + "/conf/sub/file") == "text");
}

BOOST_AUTO_TEST_CASE(what_a_tmpfs_takes_over_is_as_it_was, *proves({"S049"})) {
  Mounted b;
  const std::string dir = b.rootfs() + "/conf";
  fs::create_directories(dir + "/sub");
  write_file(dir + "/file", "text");
  fs::create_symlink("/etc/passwd", dir + "/link");
  BOOST_REQUIRE(::mkfifo((dir + "/fifo").c_str(), 0600) == 0);
  BOOST_REQUIRE(::lchown((dir + "/link").c_str(), 7, 8) == 0);
  for (const char* name : {"/file", "/sub"}) {
    const std::string path = dir + name;
    BOOST_REQUIRE(::chown(path.c_str(), 5, 6) == 0);
    BOOST_REQUIRE(::chmod(path.c_str(), 06711) == 0);
    OCI_SKIP_IF(::setxattr(path.c_str(), "trusted.key", "value", 5, 0) != 0,
                "no extended attributes here");
    const timespec times[] = {{1000, 5}, {2000, 6}};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  }
  for (const char* set : {"bounding", "effective", "permitted"})
    b.config.add((std::string("/process/capabilities/") + set).c_str(), R"("CAP_SYS_ADMIN")");
  b.mount("/conf", "tmpfs", "tmpfs", {"tmpcopyup"});
  auto f = probe(b, {"xattr", "/conf/file", "/conf/sub"});
  BOOST_TEST(f["/conf/file.trusted.key"] == "value");
  BOOST_TEST(f["/conf/sub.trusted.key"] == "value");
  BOOST_TEST(shell(b,
                   "cd /conf; stat -c '%n %a %u:%g %Y' file sub; stat -c '%u:%g %N' link; "
                   "stat -c %F fifo") ==
             "file 6711 5:6 2000\nsub 6711 5:6 2000\n7:8 'link' -> '/etc/passwd'\nfifo\n");
}

BOOST_AUTO_TEST_CASE(a_read_only_tmpfs_gets_what_lies_in_it, *proves({"S065"})) {
  Mounted b;
  b.mount("/ro", "tmpfs", "tmpfs", {"ro"});
  b.mount("/ro/below", "tmpfs", "tmpfs", {});
  b.config.set("/mounts/1/options", R"(["nosuid","mode=755","ro"])");
  BOOST_TEST(
      shell(b,
            "ls -d /dev/null /dev/fd /dev/pts /ro/below; echo x >/dev/null; touch /ro/below/x;"
            "touch /ro/x /dev/x 2>/dev/null || echo no") ==
      "/dev/fd\n/dev/null\n/dev/pts\n/ro/below\nno\n");
  OCI_CHECK_HAS(b.line_of("/ro"), " ro,");
  OCI_CHECK_HAS(b.line_of("/dev"), " ro,nosuid");
}

BOOST_AUTO_TEST_CASE(the_default_file_systems) {
  Mounted b;
  const std::string out = shell(b,
                                "stat -f -c %T /proc /sys /dev /dev/pts /dev/shm /dev/mqueue | tr "
                                "'\\n' ' '; ls /dev/mqueue | wc -l");
  BOOST_TEST(contains(out, "proc sysfs tmpfs "), out);
  OCI_CHECK_HAS(b.line_of("/dev/mqueue"), " - mqueue ");
  OCI_CHECK_HAS(b.line_of("/dev/pts"), " - devpts ");
  OCI_CHECK_HAS(b.line_of("/dev/pts"), "gid=5,mode=620,ptmxmode=666");
  OCI_CHECK_HAS(b.line_of("/sys"), " ro,nosuid,nodev,noexec");
}

BOOST_AUTO_TEST_CASE(the_cgroup_mount_shows_cgroups_read_only) {
  Mounted b;
  const std::string out = shell(b,
                                "ls /sys/fs/cgroup | wc -l; find /sys/fs/cgroup -name "
                                "'cgroup.procs' -maxdepth 2 | head -n 1");
  const std::string procs = lines(out).size() > 1 ? lines(out)[1] : "";
  BOOST_REQUIRE_MESSAGE(!procs.empty(), out);
  OCI_CHECK_HAS(b.shell("echo 1 >" + procs).run().err, "Read-only file system");
}

BOOST_AUTO_TEST_CASE(links_in_the_rootfs_stay_in_it) {
  Mounted b;
  fs::create_directories(b.rootfs() + "/real");
  fs::create_symlink("/real", b.rootfs() + "/absolute");
  fs::create_symlink("../../../../../../real", b.rootfs() + "/climbing");
  b.bind("/absolute/one", {});
  b.bind("/climbing/two", {});
  BOOST_TEST(shell(b, "cat /real/one/file /real/two/file") == "content\ncontent\n");
  BOOST_TEST(!fs::exists("/real"));
}

BOOST_AUTO_TEST_CASE(a_destination_below_an_earlier_mount) {
  Mounted b;
  b.mount("/outer", "tmpfs", "tmpfs", {});
  b.bind("/outer/inner", {});
  BOOST_TEST(shell(b, "cat /outer/inner/file") == "content\n");
  BOOST_TEST(fs::is_empty(b.rootfs() + "/outer"));
}

BOOST_AUTO_TEST_CASE(a_relative_source_is_below_the_bundle) {
  Mounted b;
  fs::create_directories(b.dir() + "/volume");
  write_file(b.dir() + "/volume/v", "v\n");
  b.bind("/data", {}, "volume");
  Command command = b.shell("cat /data/v").creation("run", {});
  command.cwd = "/";
  BOOST_TEST(run(command).out == "v\n");
}

BOOST_AUTO_TEST_CASE(overlay_with_its_own_options, *proves({"S058"})) {
  Mounted b;
  const HostMount disk(b.scratch("disk"), "tmpfs", 0);
  for (const char* name : {"lower", "upper", "work"})
    fs::create_directories(disk.dir_ + "/" + name);
  write_file(disk.dir_ + "/lower/low", "low\n");
  b.mount("/over", "overlay", "overlay",
          {"lowerdir=" + disk.dir_ + "/lower", "upperdir=" + disk.dir_ + "/upper",
           "workdir=" + disk.dir_ + "/work"});
  BOOST_TEST(shell(b, "cat /over/low; echo up >/over/up") == "low\n");
  BOOST_TEST(read_file(disk.dir_ + "/upper/up") == "up\n");
}

BOOST_AUTO_TEST_CASE(the_hosts_procfs_over_the_containers) {
  Mounted b;
  b.mount("/proc", "bind", "/proc", {"rbind"});
  b.config.drop("/linux/maskedPaths").drop("/linux/readonlyPaths");
  BOOST_TEST(oci::test::shell(b, "test -d /proc/" + std::to_string(::getpid()) + " && echo seen") ==
             "seen\n");
  // No link of the image may say where it goes.
  fs::remove(b.rootfs() + "/proc");
  fs::create_directories(b.rootfs() + "/elsewhere");
  fs::create_symlink("/elsewhere", b.rootfs() + "/proc");
  b.config.drop_where("/mounts", "type", "proc");
  const Outcome r = b.shell("true").run();
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(said(r), "must be mounted on ordinary directory");
}

BOOST_AUTO_TEST_CASE(many_mounts, *proves({"S064"})) {
  Mounted b;
  for (int i = 0; i < 300; ++i) b.bind("/many/" + std::to_string(i), {});
  BOOST_TEST(shell(b, "cat /many/*/file | wc -l") == "300\n");
}

BOOST_AUTO_TEST_SUITE_END()
