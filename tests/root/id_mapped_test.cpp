// Mounts whose ids are mapped. Spec: config.md#posix-platform-mounts, #linux-mount-options
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kOwnMap = R"([{"containerID":0,"hostID":5000,"size":100}])";
constexpr const char* kContainerMap = R"([{"containerID":0,"hostID":100000,"size":1000}])";

// Since Linux 6.3 a tmpfs has id-mapped mounts.
bool tmpfs_can() {
  utsname name{};
  int major = 0, minor = 0;
  return ::uname(&name) == 0 && std::sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
         (major > 6 || (major == 6 && minor >= 3));
}
#define OCI_NEEDS_ID_MAPPED_TMPFS()                                 \
  OCI_NOT_RUNC("old ones ignore the maps, or have no such mounts"); \
  OCI_SKIP_IF(!tmpfs_can(), "a tmpfs has no id-mapped mounts on this kernel")

// Of the host: a tmpfs with a file of root's and a file of 7:8's, and another tmpfs below it.
class Tree {
 public:
  explicit Tree(const std::string& path) : path_(path) {
    for (const std::string& at : {path, path + "/sub"}) {
      fs::create_directories(at);
      BOOST_REQUIRE(::mount("tmpfs", at.c_str(), "tmpfs", 0, "mode=0777") == 0);
      write_file(at + "/root", "x");
      write_file(at + "/other", "x");
      BOOST_REQUIRE(::chown((at + "/other").c_str(), 7, 8) == 0);
    }
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() { ::umount2(path_.c_str(), MNT_DETACH); }

 private:
  std::string path_;
};

struct Mapped : Bundle {
  explicit Mapped(bool user_namespace = false) : tree(scratch("tree")) {
    if (!user_namespace) return;
    config.add("/linux/namespaces", R"({"type":"user"})");
    config.set("/linux/uidMappings", kContainerMap).set("/linux/gidMappings", kContainerMap);
    open_root();
  }
  void open_root() {
    fs::permissions(scratch(""), fs::perms(0755));
    fs::permissions(rootfs(), fs::perms(0777));
    fs::permissions(rootfs() + "/mnt", fs::perms(0777));
  }
  Mapped& bind(const std::string& options, const char* map = nullptr,
               const std::string& from = "tree", const std::string& to = "/mnt") {
    const std::string maps =
        map ? std::string(R"(,"uidMappings":)") + map + R"(,"gidMappings":)" + map : "";
    config.add("/mounts", R"({"destination":")" + to + R"(","type":"none","source":")" +
                              (from[0] == '/' ? from : scratch(from)) + R"(","options":[)" +
                              options + "]" + maps + "}");
    return *this;
  }
  // Pointer to the mount that was added last.
  std::string last() { return "/mounts/" + std::to_string(config.document()["mounts"].Size() - 1); }
  std::string owner(const std::string& file) const {
    struct stat s;
    if (::stat(scratch(file).c_str(), &s) < 0) return "missing";
    return std::to_string(s.st_uid) + ":" + std::to_string(s.st_gid);
  }
  Tree tree;
};

bool put(const char* path, std::string_view text) {
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  const bool written = fd >= 0 && ::write(fd, text.data(), text.size()) > 0;
  ::close(fd);
  return written;
}

void become_root_of_a_namespace() {
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || !put("/proc/self/setgroups", "deny") ||
      !put("/proc/self/uid_map", "0 0 1") || !put("/proc/self/gid_map", "0 0 1"))
    ::_exit(99);
}

constexpr const char* kOwners = "cd /mnt; stat -c %u:%g root other sub/root";

// The pointer that the error has in a JSON log.
std::string pointer_of(Mapped& b) {
  Command command = b.creation("run", {});
  command.argv.insert(command.argv.begin() + 1,
                      {"--log-format", "json", "--log", b.scratch("log")});
  static_cast<void>(run(command));
  const std::string log = read_file(b.scratch("log"));
  const std::string key = "\"where\":\"";
  const std::size_t at = log.find(key);
  if (at == std::string::npos) return log;
  return log.substr(at + key.size(), log.find('"', at + key.size()) - at - key.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(id_mapped)

BOOST_AUTO_TEST_CASE(by_maps_of_its_own) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  // The option, and what the maps alone mean.
  for (const char* options : {R"("bind","idmap")", R"("bind")"}) {
    Mapped b;
    b.bind(options, kOwnMap);
    BOOST_TEST(shell(b, "cd /mnt; stat -c %u:%g root other") == "5000:5000\n5007:5008\n");
  }
}

BOOST_AUTO_TEST_CASE(what_is_written_has_the_ids_of_the_filesystem) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  Mapped b;
  b.bind(R"("bind","idmap")", kOwnMap);
  b.config.set("/process/user", R"({"uid":5003,"gid":5004})");
  BOOST_TEST(shell(b, "echo x >/mnt/new; stat -c %u:%g /mnt/new") == "5003:5004\n");
  BOOST_TEST(b.owner("tree/new") == "3:4");
  // Of an id that no line maps nothing can be made.
  b.config.set("/process/user", R"({"uid":0,"gid":0})");
  OCI_CHECK_HAS(b.shell("echo x >/mnt/more").run().err, "Value too large for defined data type");
}

BOOST_AUTO_TEST_CASE(by_the_maps_of_the_container) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  Mapped plain(true), mapped(true);
  plain.bind(R"("bind")");
  BOOST_TEST(shell(plain, "stat -c %u:%g /mnt/root; echo x >/mnt/new") == "65534:65534\n");
  BOOST_TEST(plain.owner("tree/new") == "100000:100000");
  mapped.bind(R"("bind","idmap")");
  BOOST_TEST(shell(mapped, "cd /mnt; stat -c %u:%g root other; echo x >new") == "0:0\n7:8\n");
  BOOST_TEST(mapped.owner("tree/new") == "0:0");
}

// Only where ridmap says so; an rbind alone does not.
BOOST_AUTO_TEST_CASE(with_what_is_mounted_below) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  for (const bool user_namespace : {false, true}) {
    const char* map = user_namespace ? nullptr : kOwnMap;
    Mapped top(user_namespace), all(user_namespace);
    top.bind(R"("rbind","idmap")", map);
    BOOST_TEST(shell(top, kOwners) ==
               (user_namespace ? "0:0\n7:8\n65534:65534\n" : "5000:5000\n5007:5008\n0:0\n"));
    all.bind(R"("rbind","ridmap")", map);
    BOOST_TEST(shell(all, kOwners) ==
               (user_namespace ? "0:0\n7:8\n0:0\n" : "5000:5000\n5007:5008\n5000:5000\n"));
  }
}

BOOST_AUTO_TEST_CASE(many_mounts_and_several_maps) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  Mapped b(true);
  const char* other = R"([{"containerID":7,"hostID":100001,"size":2},
                          {"containerID":0,"hostID":100000,"size":1}])";
  b.bind(R"("bind","idmap")").bind(R"("bind","idmap")", kContainerMap, "tree", "/tmp");
  b.bind(R"("bind","idmap","ro")", other, "tree", "/var")
      .bind(R"("bind")", nullptr, "tree", "/opt");
  fs::create_directories(b.rootfs() + "/opt");
  BOOST_TEST(shell(b, "stat -c %u:%g /mnt/other /tmp/other /var/other /opt/other") ==
             "7:8\n7:8\n1:2\n65534:65534\n");
}

BOOST_AUTO_TEST_CASE(in_a_user_namespace_that_is_joined) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  Mapped first(true), second;
  first.start_sleeper();
  second.open_root();
  second.config.add("/linux/namespaces", R"({"type":"user","path":"/proc/)" +
                                             std::to_string(first.pid()) + R"(/ns/user"})");
  second.bind(R"("rbind","ridmap")");
  BOOST_TEST(shell(second, std::string(kOwners) + "; echo x >new") == "0:0\n7:8\n0:0\n");
  BOOST_TEST(second.owner("tree/new") == "0:0");
}

BOOST_AUTO_TEST_CASE(beside_the_other_options) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  for (const bool user_namespace : {false, true}) {
    Mapped b(user_namespace);
    b.config.set("/root/readonly", "true");
    b.bind(R"("rbind","ridmap","ro","rnoexec","rslave","shared")",
           user_namespace ? nullptr : kOwnMap);
    const std::string seen =
        shell(b, std::string(kOwners) +
                     "; grep -E ' /mnt(/sub)? ' /proc/self/mountinfo | sed 's/ - .*//'");
    OCI_CHECK_HAS(seen, user_namespace ? "0:0\n7:8\n0:0\n" : "5000:5000\n5007:5008\n5000:5000\n");
    OCI_CHECK_HAS(seen, " /mnt ro,noexec");
    OCI_CHECK_HAS(seen, " /mnt/sub rw,noexec");
    OCI_CHECK_HAS(seen, "idmapped shared:");
    OCI_CHECK_HAS(b.shell("echo x >/mnt/new").run().err, "Read-only file system");
  }
}

BOOST_AUTO_TEST_CASE(of_a_source_that_only_the_caller_can_reach) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  Mapped b(true);
  fs::create_directories(b.scratch("tree/closed/inner"));
  write_file(b.scratch("tree/closed/inner/file"), "reached\n", 0600);
  fs::permissions(b.scratch("tree/closed"), fs::perms(0700));
  b.bind(R"("bind","idmap")", nullptr, "tree/closed/inner");
  BOOST_TEST(shell(b, "cat /mnt/file; stat -c %u /mnt/file") == "reached\n0\n");
}

// A single file, and a link that is copied has no ids to map.
BOOST_AUTO_TEST_CASE(of_files_and_links) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  for (const bool user_namespace : {false, true}) {
    Mapped b(user_namespace);
    const char* map = user_namespace ? nullptr : kOwnMap;
    BOOST_REQUIRE(::symlink("/etc/x", b.scratch("tree/link").c_str()) == 0);
    b.bind(R"("bind","idmap")", map, "tree/other", "/mnt/file");
    b.bind(R"("bind","idmap","copy-symlink")", map, "tree/link", "/mnt/link");
    BOOST_TEST(shell(b, "stat -c %u:%g /mnt/file; readlink /mnt/link") ==
               (user_namespace ? "7:8\n/etc/x\n" : "5007:5008\n/etc/x\n"));
  }
}

// A filesystem that is mounted for the container.
BOOST_AUTO_TEST_CASE(of_a_new_filesystem) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  for (const bool user_namespace : {false, true}) {
    Mapped b(user_namespace);
    fs::permissions(b.rootfs() + "/mnt", fs::perms(0751));
    const std::string maps = user_namespace ? ""
                                            : std::string(R"(,"uidMappings":)") + kOwnMap +
                                                  R"(,"gidMappings":)" + kOwnMap;
    b.config.add("/mounts", R"({"destination":"/mnt","type":"tmpfs","source":"tmpfs","options":
        ["idmap","nosuid"])" + maps +
                                "}");
    BOOST_TEST(shell(b,
                     "stat -c %u:%g:%a /mnt; grep -c ' /mnt rw,nosuid.*idmapped' "
                     "/proc/self/mountinfo") ==
               (user_namespace ? "0:0:751\n1\n" : "5000:5000:751\n1\n"));
  }
}

BOOST_AUTO_TEST_CASE(a_tmpfs_that_copies_up) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  Mapped b(true);
  write_file(b.rootfs() + "/var/file", "copied\n");
  BOOST_REQUIRE(::chown((b.rootfs() + "/var/file").c_str(), 100003, 100004) == 0);
  for (const char* options : {R"("tmpcopyup")", R"("tmpcopyup","idmap")"}) {
    Mapped again(true);
    write_file(again.rootfs() + "/var/file", "copied\n");
    BOOST_REQUIRE(::chown((again.rootfs() + "/var/file").c_str(), 100003, 100004) == 0);
    again.config.add("/mounts", R"({"destination":"/var","type":"tmpfs","source":"tmpfs",
        "options":[)" + std::string(options) +
                                    "]}");
    BOOST_TEST(shell(again, "cat /var/file; stat -c %u:%g /var/file; rm /var/file") ==
               "copied\n3:4\n");
    BOOST_TEST(fs::exists(again.rootfs() + "/var/file"));
  }
}

// As crun takes them.
BOOST_AUTO_TEST_CASE(by_maps_in_the_option) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  Mapped b;
  b.bind(R"("bind","idmap=uids=0-5000-5#7-6000-1;gids=0-5000-10")");
  BOOST_TEST(shell(b, "cd /mnt; stat -c %u:%g root other") == "5000:5000\n6000:5008\n");
  Mapped relative(true);
  relative.bind(R"("rbind","ridmap=uids=@0-10-10;gids=@0-20-10")");
  BOOST_TEST(shell(relative, kOwners) == "10:20\n17:28\n10:20\n");
}

BOOST_AUTO_TEST_CASE(in_a_running_container) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  Mapped b(true);
  b.start_sleeper();
  const auto mount = [&](const std::string& to, const std::string& rest) {
    return R"({"destination":")" + to + R"(","type":"none","source":")" + b.scratch("tree") +
           R"(","options":[)" + rest + "}";
  };
  write_file(b.scratch("mounts.json"),
             "[" + mount("/mnt/a", R"("rbind","ridmap"])") + "," +
                 mount("/mnt/b", R"("bind","idmap"],"uidMappings":[{"containerID":0,
                       "hostID":100100,"size":100}],"gidMappings":[{"containerID":0,
                       "hostID":100200,"size":100}])") +
                 "]");
  OCI_REQUIRE_OK(b.call({"mounts", "add", b.id(), b.scratch("mounts.json")}));
  const std::string seen =
      b.exec({"/bin/stat", "-c", "%u:%g", "/mnt/a/other", "/mnt/a/sub/other", "/mnt/b/other"}).out;
  BOOST_TEST(seen == "7:8\n7:8\n107:208\n");
  write_file(b.scratch("mounts.json"), R"([{"destination":"/mnt/p","type":"none","source":"/proc",
      "options":["bind","idmap"]}])");
  const Outcome refused = b.call({"mounts", "add", b.id(), b.scratch("mounts.json")});
  OCI_CHECK_HAS(refused.err, "MOUNT_ATTR_IDMAP on /proc");
  OCI_REQUIRE_OK(b.exec({"/bin/true"}));
}

BOOST_AUTO_TEST_CASE(a_filesystem_that_has_none_is_named) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  for (const bool user_namespace : {false, true}) {
    Mapped b(user_namespace);
    const Traces traces(b);
    const char* map = user_namespace ? nullptr : kOwnMap;
    b.bind(R"("bind","idmap")", map, "/proc/sys");
    const Outcome r = b.run();
    BOOST_TEST(r.code == 1);
    OCI_CHECK_HAS(said(r),
                  "failed to set MOUNT_ATTR_IDMAP on /proc/sys: invalid argument (file "
                  "system proc: no id-mapped mounts on this kernel)");
    BOOST_TEST(traces.left() == "");
    BOOST_TEST(pointer_of(b) == b.last());
  }
  // One of those below.
  Mapped b;
  fs::create_directories(b.scratch("tree/proc"));
  BOOST_REQUIRE(::mount("proc", b.scratch("tree/proc").c_str(), "proc", 0, nullptr) == 0);
  b.bind(R"("rbind","ridmap")", kOwnMap);
  OCI_CHECK_HAS(said(b.run()), "(file systems tmpfs, proc: not all have id-mapped mounts");
  b.config.set_text((b.last() + "/options/1").c_str(), "idmap");
  BOOST_TEST(shell(b, "stat -c %u /mnt/root") == "5000\n");
  // A new one.
  Mapped devpts;
  devpts.config.add("/mounts", R"({"destination":"/mnt","type":"devpts","source":"devpts",
      "options":["idmap"],"uidMappings":)" +
                                   std::string(kOwnMap) + R"(,"gidMappings":)" + kOwnMap + "}");
  OCI_CHECK_HAS(said(devpts.run()), "(file system devpts: no id-mapped mounts on this kernel)");
}

// The kernel does not map twice.
BOOST_AUTO_TEST_CASE(a_source_that_is_mapped_already) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  Mapped other(true), b;
  other.start_sleeper();
  const std::string ns = "/proc/" + std::to_string(other.pid()) + "/ns/user";
  const int user = ::open(ns.c_str(), O_RDONLY | O_CLOEXEC);
  const std::uint64_t attributes[] = {0x00100000 /* MOUNT_ATTR_IDMAP */, 0, 0,
                                      static_cast<std::uint64_t>(user)};
  constexpr int kClone = 1, kEmptyPath = 0x1000, kFromEmptyPath = 4;
  const auto tree = static_cast<int>(
      ::syscall(SYS_open_tree, AT_FDCWD, b.scratch("tree").c_str(), kClone | O_CLOEXEC));
  BOOST_REQUIRE(::syscall(SYS_mount_setattr, tree, "", kEmptyPath, attributes, sizeof attributes) ==
                0);
  fs::create_directories(b.scratch("tree/mapped"));
  BOOST_REQUIRE(::syscall(SYS_move_mount, tree, "", AT_FDCWD, b.scratch("tree/mapped").c_str(),
                          kFromEmptyPath) == 0);
  ::close(tree);
  ::close(user);
  BOOST_TEST(b.owner("tree/mapped/other") == "100007:100008");
  b.bind(R"("bind","idmap")", kOwnMap, "tree/mapped");
  OCI_CHECK_HAS(said(b.run()), "operation not permitted (file system tmpfs: id-mapped already)");
}

// Root of a user namespace has no rights over what is the host's.
BOOST_AUTO_TEST_CASE(by_a_caller_without_rights) {
  OCI_NOT_RUNC("old ones ignore the maps");
  Mapped b(true);
  const Traces traces(b);
  b.bind(R"("rbind","ridmap")").config.set("/linux/uidMappings", R"([{"containerID":0,"hostID":0,
      "size":1}])");
  b.config.set("/linux/gidMappings", R"([{"containerID":0,"hostID":0,"size":1}])");
  Command command = b.creation("run", {});
  command.in_child = become_root_of_a_namespace;
  const Outcome r = run(command);
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(said(r), "operation not permitted (file system tmpfs: the caller has no rights");
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_CASE(without_maps) {
  OCI_NOT_RUNC("old ones ignore the option");
  constexpr const char* kBoth = "id-mapped mounts must have both uid and gid mappings specified";
  Mapped none, half;
  OCI_CHECK_HAS(none.bind(R"("bind","idmap")").run().err, kBoth);
  BOOST_TEST(pointer_of(none) == none.last());
  half.bind(R"("bind","idmap")", kOwnMap).config.drop((half.last() + "/gidMappings").c_str());
  OCI_CHECK_HAS(half.run().err, kBoth);
  Mapped words;
  OCI_CHECK_HAS(words.bind(R"("bind","idmap=uids=0-1-1")").run().err, kBoth);
}

// Neither the namespaces nor who made them stay.
BOOST_AUTO_TEST_CASE(nothing_is_held_open) {
  OCI_NEEDS_ID_MAPPED_TMPFS();
  for (const bool user_namespace : {false, true}) {
    Mapped b(user_namespace);
    const Traces traces(b);
    b.bind(R"("bind","idmap")", kOwnMap).args({"/bin/sleep", "1000"});
    OCI_REQUIRE_OK(b.create());
    const std::string fds = "/proc/" + std::to_string(b.pid()) + "/fd";
    for (const auto& fd : fs::directory_iterator(fds))
      BOOST_TEST(!contains(link_of(fd.path()), "user:["), fd.path());
    OCI_REQUIRE_OK(b.start());
    BOOST_TEST(b.exec({"/bin/stat", "-c", "%u", "/mnt/root"}).out ==
               (user_namespace ? "65534\n" : "5000\n"));
    OCI_REQUIRE_OK(b.remove());
    BOOST_TEST(traces.left() == "");
  }
}

BOOST_AUTO_TEST_SUITE_END()
