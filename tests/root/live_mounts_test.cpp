// mounts add, mounts remove.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;
namespace fs = std::filesystem;

namespace {

struct Live {
  Bundle b;
  explicit Live(bool user_namespace = false) {
    fs::create_directories(b.scratch("source"));
    write_file(b.scratch("source/file"), "of the host\n");
    if (user_namespace) {
      fs::permissions(b.scratch(""), fs::perms::all);
      fs::permissions(b.rootfs(), fs::perms::all);
      b.config.add("/linux/namespaces", R"({"type":"user"})")
          .set("/linux/uidMappings", R"([{"containerID":0,"hostID":100000,"size":65536}])")
          .set("/linux/gidMappings", R"([{"containerID":0,"hostID":100000,"size":65536}])");
    }
    b.start_sleeper();
  }
  std::string bind(const std::string& to, const std::string& from = "source",
                   const std::string& options = "\"ro\"") const {
    return R"({"destination":")" + to + R"(","type":"bind","source":")" + b.scratch(from) +
           R"(","options":["bind",)" + options + "]}";
  }
  Outcome call(const char* verb, const std::string& mounts) const {
    write_file(b.scratch("mounts.json"), "[" + mounts + "]");
    return b.call({"mounts", verb, b.id(), b.scratch("mounts.json")});
  }
  std::string inside(const std::string& script) const {
    const Outcome r = b.exec({"/bin/sh", "-c", script});
    return r.out + r.err;
  }
  // How often these words occur in the container's list of mounts.
  int mounted(const std::string& words) const {
    return std::stoi(inside("grep -c '" + words + "' /proc/self/mountinfo"));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(live_mounts)

BOOST_AUTO_TEST_CASE(come_and_go) {
  OCI_NOT_RUNC("a command of crun");
  for (const bool user_namespace : {false, true}) {
    const Live live(user_namespace);
    const std::string both = live.bind("/new/data") +
                             R"(,{"destination":"/new/tmp","type":"tmpfs","source":"tmpfs"},)" +
                             live.bind("/single", "source/file");
    OCI_REQUIRE_OK(live.call("add", both));
    BOOST_TEST(live.inside("cat /new/data/file /single; touch /new/tmp/x && echo made") ==
               "of the host\nof the host\nmade\n");
    OCI_CHECK_HAS(live.inside("touch /new/data/x"), "Read-only file system");
    BOOST_TEST(live.mounted(" /new/") == 2);
    OCI_REQUIRE_OK(live.call("remove", both));
    BOOST_TEST(live.mounted(" /new/") == 0);
    BOOST_TEST(live.mounted(" /single ") == 0);
    BOOST_TEST(live.inside("ls /new/data; cat /single") == "");
  }
}

BOOST_AUTO_TEST_CASE(from_standard_input_and_in_any_living_container) {
  OCI_NOT_RUNC("a command of crun");
  const Live live;
  Command command = live.b.command({"mounts", "add", live.b.id(), "-"});
  command.input = R"([{"destination":"/p","type":"proc","source":"proc"}])";
  OCI_REQUIRE_OK(live.b.call({"pause", live.b.id()}));
  OCI_REQUIRE_OK(run(command));
  OCI_REQUIRE_OK(live.b.call({"resume", live.b.id()}));
  // The procfs is of the container's pid namespace.
  OCI_CHECK_HAS(live.inside("cat /p/1/cmdline"), "sleep");
}

BOOST_AUTO_TEST_CASE(all_or_nothing) {
  OCI_NOT_RUNC("a command of crun");
  const Live live;
  const int before = live.mounted("/");
  for (const std::string& bad :
       {live.bind("/c", "nowhere"), std::string(R"({"destination":"/c","type":"nonsense"})"),
        live.bind("/etc/passwd")}) {
    const Outcome r = live.call("add", live.bind("/a") + "," + live.bind("/b") + "," + bad);
    BOOST_TEST(r.code == 1, r.text());
    BOOST_TEST(live.mounted("/") == before, bad);
  }
}

BOOST_AUTO_TEST_CASE(no_link_of_the_container_is_followed) {
  OCI_NOT_RUNC("a command of crun");
  const Live live;
  fs::create_directory(live.b.rootfs() + "/real");
  fs::create_directory_symlink("/real", live.b.rootfs() + "/way");
  fs::create_directory_symlink(live.b.scratch("source"), live.b.rootfs() + "/out");
  for (const char* to : {"/way", "/way/x", "/out", "/proc/1/cwd"}) {
    const Outcome r = live.call("add", live.bind(to));
    BOOST_TEST(r.code == 1, to << ": " << r.text());
  }
  BOOST_TEST(fs::is_empty(live.b.rootfs() + "/real"));
  OCI_REQUIRE_OK(live.call("add", live.bind("/real")));
  BOOST_TEST(live.call("remove", live.bind("/way")).code == 1);
  BOOST_TEST(live.mounted(" /real ") == 1);
}

BOOST_AUTO_TEST_CASE(what_lies_in_proc_stays) {  // CVE-2019-16884
  OCI_NOT_RUNC("a command of crun");
  const Live live;
  OCI_REQUIRE_OK(live.call("add", R"({"destination":"/p","type":"proc","source":"proc"})"));
  for (const char* to : {"/proc/self", "/p/1", "/p/sys"}) {
    const Outcome r = live.call("add", live.bind(to));
    BOOST_TEST(r.code == 1, to << ": " << r.text());
  }
}

BOOST_AUTO_TEST_CASE(errors) {
  OCI_NOT_RUNC("a command of crun");
  Live live;
  const auto fails = [&](const Outcome& r, const char* text) {
    BOOST_TEST(r.code == 1, r.text());
    OCI_CHECK_HAS(said(r), text);
  };
  fails(live.call("replace", live.bind("/a")), "unknown command replace");
  fails(live.call("remove", live.bind("/not/there")), "no such file or directory");
  fails(live.call("remove", live.bind("/bin")),
        "error unmounting \"/bin\": umount2: invalid argument");
  fails(live.call("remove", live.bind("/")), "invalid mount destination");
  fails(live.call("add", R"({"destination":"/c","type":"cgroup"})"),
        "cannot be mounted in a running");
  fails(live.call("add", live.bind("/a", "source", R"("remount")")), "");
  fails(live.call("add", "{}{"), "");
  fails(live.b.call({"mounts", "add", "nobody", "-"}), "container does not exist");
  OCI_REQUIRE_OK(live.b.call({"kill", live.b.id(), "KILL"}));
  BOOST_REQUIRE(eventually([&] { return live.b.status() == "stopped"; }));
  fails(live.call("add", live.bind("/a")), "container not running");
}

BOOST_AUTO_TEST_CASE(nothing_is_left_on_the_host) {
  OCI_NOT_RUNC("a command of crun");
  const Live live;
  const Traces traces(live.b);
  OCI_REQUIRE_OK(live.call("add", live.bind("/a", "source", R"("rshared")")));
  OCI_REQUIRE_OK(live.call("remove", live.bind("/a")));
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_SUITE_END()
