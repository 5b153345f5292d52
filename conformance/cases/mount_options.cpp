// Every option of a mount, by what the kernel shows of it. Spec: config.md#linux-mount-options
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "conformance/mountinfo.h"
#include "conformance/suite.h"

using namespace oci::conformance;
using Words = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

void check(const MountEntry& entry, const Words& there, const Words& not_there) {
  const std::string all = entry.point + ": " + entry.options + " " + entry.super_options;
  for (const std::string& word : there) BOOST_TEST(entry.has(word), word << " in " << all);
  for (const std::string& word : not_there)
    BOOST_TEST(!entry.has(word), "no " << word << " in " << all);
}

// A tmpfs with these options.
void check_tmpfs(const Words& options, const Words& there, const Words& not_there = {}) {
  Container c;
  c.mount("/mnt", "tmpfs", "tmpfs", options);
  const auto entry = find_mount(c.shell("cat /proc/self/mountinfo").output(), "/mnt");
  BOOST_REQUIRE(entry.has_value());
  BOOST_TEST(entry->type == "tmpfs");
  check(*entry, there, not_there);
}

// A tmpfs of the host with another below it.
class Tree {
 public:
  explicit Tree(const std::string& path) : path_(path) {
    fs::create_directories(path);
    BOOST_REQUIRE(::mount("tmpfs", path.c_str(), "tmpfs", 0, "mode=0755") == 0);
    fs::create_directories(path + "/sub");
    BOOST_REQUIRE(::mount("tmpfs", (path + "/sub").c_str(), "tmpfs", 0, "mode=0755") == 0);
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() { ::umount2(path_.c_str(), MNT_DETACH); }

 private:
  std::string path_;
};

// A bind of such a tree; the options of the top and of what is below.
void check_tree(const Words& options, const Words& top, const Words& not_top, const Words& below,
                const Words& not_below) {
  Container c;
  const Tree tree(c.scratch("tree"));
  c.mount("/mnt", "none", c.scratch("tree"), options);
  const std::string all = c.shell("cat /proc/self/mountinfo").output();
  const auto first = find_mount(all, "/mnt"), second = find_mount(all, "/mnt/sub");
  BOOST_REQUIRE((first.has_value() && second.has_value()));
  check(*first, top, not_top);
  check(*second, below, not_below);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mount_options)

#define OPTION(name, id, ...) \
  BOOST_AUTO_TEST_CASE(name, *proves({id})) { __VA_ARGS__; }

OPTION(sync, "S023", check_tmpfs({"sync"}, {"sync"}); check_tmpfs({"async"}, {}, {"sync"}))
OPTION(atime, "S024", check_tmpfs({"noatime"}, {"noatime"});
       check_tmpfs({"atime"}, {}, {"noatime"}))
OPTION(defaults, "S027", check_tmpfs({"defaults"}, {"rw"}, {"nosuid", "nodev", "noexec"}))
OPTION(dev, "S028", check_tmpfs({"nodev"}, {"nodev"}); check_tmpfs({"dev"}, {}, {"nodev"}))
OPTION(diratime, "S029", check_tmpfs({"nodiratime"}, {"nodiratime"});
       check_tmpfs({"diratime"}, {}, {"nodiratime"}))
OPTION(dirsync, "S030", check_tmpfs({"dirsync"}, {"dirsync"}))
OPTION(exec, "S031", check_tmpfs({"noexec"}, {"noexec"}); check_tmpfs({"exec"}, {}, {"noexec"}))
OPTION(iversion, "S032", check_tmpfs({"iversion"}, {"rw"}); check_tmpfs({"noiversion"}, {"rw"}))
OPTION(lazytime, "S033", check_tmpfs({"lazytime"}, {"lazytime"});
       check_tmpfs({"nolazytime"}, {}, {"lazytime"}))
OPTION(silent, "S034", check_tmpfs({"silent"}, {"rw"}); check_tmpfs({"loud"}, {"rw"}))
OPTION(mand, "S035", check_tmpfs({"nomand"}, {"rw"}, {"mand"}))
OPTION(relatime, "S037", check_tmpfs({"relatime"}, {"relatime"});
       check_tmpfs({"norelatime"}, {"rw"}))
OPTION(strictatime, "S037", check_tmpfs({"strictatime"}, {"rw"}, {"relatime", "noatime"});
       check_tmpfs({"nostrictatime"}, {"rw"}, {"noatime"}))
OPTION(ro, "S039", check_tmpfs({"ro"}, {"ro"}); check_tmpfs({"rw"}, {"rw"}))
OPTION(suid, "S040", check_tmpfs({"nosuid"}, {"nosuid"}); check_tmpfs({"suid"}, {}, {"nosuid"}))
OPTION(symfollow, "S041", check_tmpfs({"nosymfollow"}, {"nosymfollow"});
       check_tmpfs({"symfollow"}, {}, {"nosymfollow"}))

OPTION(bind_ro, "S039", check_tree({"rbind", "ro"}, {"ro"}, {}, {"rw"}, {}))
OPTION(bind_flags, "S025",
       check_tree({"rbind", "nosuid", "nodev", "noexec"}, {"nosuid", "nodev", "noexec"}, {}, {},
                  {}))
OPTION(rbind, "S026", check_tree({"rbind"}, {"rw"}, {}, {"rw"}, {}))
OPTION(rro, "S042", check_tree({"rbind", "rro"}, {"ro"}, {}, {"ro"}, {}))
OPTION(rrw, "S042", check_tree({"rbind", "rrw"}, {"rw"}, {}, {"rw"}, {}))
OPTION(rsuid_rdev_rexec, "S043",
       check_tree({"rbind", "rsuid", "rdev", "rexec"}, {}, {"nosuid", "nodev", "noexec"}, {},
                  {"nosuid", "nodev", "noexec"}))
OPTION(rdiratime, "S044",
       check_tree({"rbind", "rdiratime"}, {}, {"nodiratime"}, {}, {"nodiratime"}))
OPTION(rrelatime, "S045", check_tree({"rbind", "rrelatime"}, {"relatime"}, {}, {"relatime"}, {}))
OPTION(rnosuid_rnodev_rnoexec, "S043",
       check_tree({"rbind", "rnosuid", "rnodev", "rnoexec"}, {"nosuid", "nodev", "noexec"}, {},
                  {"nosuid", "nodev", "noexec"}, {}))
OPTION(rnodiratime, "S044",
       check_tree({"rbind", "rnodiratime"}, {"nodiratime"}, {}, {"nodiratime"}, {}))
OPTION(rnoatime, "S045", check_tree({"rbind", "rnoatime"}, {"noatime"}, {}, {"noatime"}, {}))
OPTION(rstrictatime, "S045",
       check_tree({"rbind", "rstrictatime"}, {}, {"relatime", "noatime"}, {}, {"relatime"}))
OPTION(rnosymfollow, "S046",
       check_tree({"rbind", "rnosymfollow"}, {"nosymfollow"}, {}, {"nosymfollow"}, {}))

BOOST_AUTO_TEST_CASE(bind_alone_takes_no_submounts, *proves({"S025"})) {
  Container c;
  const Tree tree(c.scratch("tree"));
  c.bind(c.scratch("tree"), "/mnt");
  BOOST_TEST(!find_mount(c.shell("cat /proc/self/mountinfo").output(), "/mnt/sub").has_value());
}

BOOST_AUTO_TEST_CASE(remount, *proves({"S038"})) {
  Container c;
  c.mount("/mnt", "tmpfs", "tmpfs", {}).mount("/mnt", "tmpfs", "tmpfs", {"remount", "ro"});
  BOOST_TEST(c.probe({"open-write", "/mnt"})["/mnt"] != "ok");
  BOOST_TEST(c.shell("touch /mnt/x 2>/dev/null || echo no").output() == "no\n");
}

BOOST_AUTO_TEST_CASE(propagation, *proves({"S036"})) {
  for (const auto& [word, sign] : {std::pair{"shared", "shared:"},
                                   {"rshared", "shared:"},
                                   {"unbindable", "unbindable"},
                                   {"runbindable", "unbindable"}}) {
    Container c;
    c.mount("/mnt", "tmpfs", "tmpfs", {word});
    const auto entry = find_mount(c.shell("cat /proc/self/mountinfo").output(), "/mnt");
    BOOST_REQUIRE(entry.has_value());
    CHECK_HAS(entry->propagation, sign);
  }
  for (const char* word : {"private", "rprivate", "slave", "rslave"}) {
    Container c;
    c.mount("/mnt", "tmpfs", "tmpfs", {word});
    const auto entry = find_mount(c.shell("cat /proc/self/mountinfo").output(), "/mnt");
    BOOST_REQUIRE(entry.has_value());
    BOOST_TEST(entry->propagation == "", word);
  }
}

BOOST_AUTO_TEST_CASE(tmpcopyup, *proves({"S049"})) {
  Container c;
  oci::test::write_file(c.rootfs() + "/var/file", "copied");
  c.mount("/var", "tmpfs", "tmpfs", {"tmpcopyup"});
  BOOST_TEST(c.shell("cat /var/file; rm /var/file").output() == "copied");
  BOOST_TEST(fs::exists(c.rootfs() + "/var/file"));
}

BOOST_AUTO_TEST_CASE(idmap, *proves({"S047", "S022"})) {
  Container c;
  const Tree tree(c.scratch("tree"));
  oci::test::write_file(c.scratch("tree/file"), "x");
  c.bind(c.scratch("tree"), "/mnt", {"idmap"});
  const char* map = R"([{"containerID":0,"hostID":5000,"size":100}])";
  c.config.set("/mounts/6/uidMappings", map).set("/mounts/6/gidMappings", map);
  BOOST_TEST(c.shell("stat -c %u:%g /mnt/file").output() == "5000:5000\n");
}

BOOST_AUTO_TEST_CASE(ridmap, *proves({"S048"})) {
  Container c;
  const Tree tree(c.scratch("tree"));
  oci::test::write_file(c.scratch("tree/sub/file"), "x");
  c.mount("/mnt", "none", c.scratch("tree"), {"rbind", "ridmap"});
  const char* map = R"([{"containerID":0,"hostID":5000,"size":100}])";
  c.config.set("/mounts/6/uidMappings", map).set("/mounts/6/gidMappings", map);
  BOOST_TEST(c.shell("stat -c %u:%g /mnt/sub/file").output() == "5000:5000\n");
}

BOOST_AUTO_TEST_SUITE_END()
