// Device nodes, the links in /dev, and which devices may be used. Spec: config-linux.md#devices
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "conformance/suite.h"

using namespace oci::conformance;
namespace fs = std::filesystem;

namespace {

// A character device without a driver that could do harm: only whether it may be opened counts.
constexpr const char* kNode =
    R"({"path":"/dev/some","type":"c","major":10,"minor":229,"fileMode":438,"uid":0,"gid":0})";

std::string opened(const std::string& rules) {
  Container c;
  c.config.add("/linux/devices", kNode).set("/linux/resources/devices", rules);
  return c.probe({"open-write", "/dev/some"})["/dev/some"];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(devices)

BOOST_AUTO_TEST_CASE(default_ones, *proves({"S131"})) {
  Container c;
  auto f = c.probe(
      {"stat", "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"});
  for (const auto& [path, number] : {std::pair{"/dev/null", "1:3"},
                                     {"/dev/zero", "1:5"},
                                     {"/dev/full", "1:7"},
                                     {"/dev/random", "1:8"},
                                     {"/dev/urandom", "1:9"},
                                     {"/dev/tty", "5:0"}}) {
    BOOST_TEST(f[path].rfind("char 0666 0:0 ", 0) == 0, path << " " << f[path]);
    CHECK_HAS(f[path], std::string(" ") + number + " ");
  }
}

BOOST_AUTO_TEST_CASE(default_ones_can_be_used, *proves({"S131", "S158"})) {
  Container c;
  BOOST_TEST(c.shell("echo x >/dev/null; head -c 3 /dev/zero | wc -c; head -c 3 /dev/urandom | wc "
                     "-c; echo x 2>/dev/null >/dev/full || echo full")
                 .output() == "3\n3\nfull\n");
}

BOOST_AUTO_TEST_CASE(ptmx, *proves({"S131"})) {
  Container c;
  auto f = c.probe({"stat", "/dev/ptmx", "/dev/pts/ptmx"});
  BOOST_TEST(f["/dev/pts/ptmx"].rfind("char ", 0) == 0);
  // A link to it, or the same bound there.
  if (f["/dev/ptmx"].rfind("link", 0) == 0)
    BOOST_TEST((f["/dev/ptmx.target"] == "pts/ptmx" || f["/dev/ptmx.target"] == "/dev/pts/ptmx"));
  else
    CHECK_HAS(f["/dev/ptmx"], " 5:2 ");
}

BOOST_AUTO_TEST_CASE(links, *proves({"S132", "S285"})) {
  Container c;
  auto f = c.probe({"stat", "/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr"});
  BOOST_TEST(f["/dev/fd.target"] == "/proc/self/fd");
  BOOST_TEST(f["/dev/stdin.target"] == "/proc/self/fd/0");
  BOOST_TEST(f["/dev/stdout.target"] == "/proc/self/fd/1");
  BOOST_TEST(f["/dev/stderr.target"] == "/proc/self/fd/2");
}

BOOST_AUTO_TEST_CASE(listed_ones, *proves({"S125", "S127", "S128", "S129"})) {
  Container c;
  c.config
      .add(
          "/linux/devices",
          R"({"path":"/dev/deep/c","type":"c","major":10,"minor":229,"fileMode":416,"uid":5,"gid":6})")
      .add("/linux/devices",
           R"({"path":"/dev/b","type":"b","major":7,"minor":3,"fileMode":384,"uid":0,"gid":7})")
      .add("/linux/devices",
           R"({"path":"/dev/u","type":"u","major":10,"minor":229,"fileMode":438})")
      .add("/linux/devices", R"({"path":"/dev/p","type":"p","fileMode":438,"uid":1,"gid":2})");
  auto f = c.probe({"stat", "/dev/deep/c", "/dev/b", "/dev/u", "/dev/p"});
  BOOST_TEST(f["/dev/deep/c"].rfind("char 0640 5:6 10:229", 0) == 0, f["/dev/deep/c"]);
  BOOST_TEST(f["/dev/b"].rfind("block 0600 0:7 7:3", 0) == 0, f["/dev/b"]);
  BOOST_TEST(f["/dev/u"].rfind("char 0666 0:0 10:229", 0) == 0, f["/dev/u"]);
  BOOST_TEST(f["/dev/p"].rfind("fifo 0666 1:2 ", 0) == 0, f["/dev/p"]);
}

BOOST_AUTO_TEST_CASE(an_unknown_type_is_refused, *proves({"S125", "S006"})) {
  Container c;
  c.config.add("/linux/devices", R"({"path":"/dev/z","type":"z","major":1,"minor":3})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(something_else_in_its_place_is_refused, *proves({"S126"})) {
  Container c;
  oci::test::write_file(c.rootfs() + "/etc/node", "a file");
  c.config.add("/linux/devices",
               R"({"path":"/etc/node","type":"c","major":10,"minor":229,"fileMode":438})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(none_may_be_used_but_those_allowed, *proves({"S158"})) {
  BOOST_TEST(opened(R"([{"allow":false,"access":"rwm"}])") == "EPERM");
  BOOST_TEST(opened(R"([{"allow":false,"access":"rwm"},
    {"allow":true,"type":"c","major":10,"minor":229,"access":"rwm"}])") != "EPERM");
}

BOOST_AUTO_TEST_CASE(rules_in_order, *proves({"S158"})) {
  const std::string all = R"({"allow":false,"access":"rwm"})",
                    yes = R"({"allow":true,"type":"c","major":10,"minor":229,"access":"rwm"})",
                    no = R"({"allow":false,"type":"c","major":10,"minor":229,"access":"rwm"})";
  BOOST_TEST(opened("[" + all + "," + yes + "," + no + "]") == "EPERM");
  BOOST_TEST(opened("[" + all + "," + no + "," + yes + "]") != "EPERM");
  BOOST_TEST(opened("[" + yes + "," + all + "]") == "EPERM");
}

BOOST_AUTO_TEST_CASE(kinds_of_access, *proves({"S158"})) {
  const std::string all = R"({"allow":false,"access":"rwm"})";
  BOOST_TEST(
      opened("[" + all + R"(,{"allow":true,"type":"c","major":10,"minor":229,"access":"r"}])") ==
      "EPERM");
  BOOST_TEST(opened("[" + all + R"(,{"allow":true,"type":"c","major":10,"access":"w"}])") !=
             "EPERM");
}

BOOST_AUTO_TEST_CASE(a_path_twice_is_one_device, *proves({"S130"})) {
  Container c;
  for (const char* minor : {"228", "229"})
    c.config.add("/linux/devices", R"({"path":"/dev/some","type":"c","major":10,"minor":)" +
                                       std::string(minor) + "}");
  CHECK_HAS(c.probe({"stat", "/dev/some"})["/dev/some"], " 10:22");
}

BOOST_AUTO_TEST_CASE(a_default_one_that_is_listed_stays_usable, *proves({"S305"})) {
  Container c;
  c.config.add("/linux/devices",
               R"({"path":"/dev/null","type":"c","major":1,"minor":3,"fileMode":438})");
  BOOST_TEST(c.probe({"open-write", "/dev/null"})["/dev/null"] == "ok");
}

BOOST_AUTO_TEST_CASE(a_link_in_place_of_dev, *proves({"S134"})) {
  Container c;
  fs::create_directories(c.scratch("outside"));
  fs::remove_all(c.rootfs() + "/dev");
  fs::create_directory_symlink(c.scratch("outside"), c.rootfs() + "/dev");
  static_cast<void>(c.refused());
  BOOST_TEST(fs::is_empty(c.scratch("outside")));
}

BOOST_AUTO_TEST_CASE(the_null_device_of_the_caller, *proves({"S136"})) {
  Container c;
  c.shell("stat -L -c %d /proc/self/fd/0 /dev/null | uniq | wc -l >/tmp/count; sleep 1000")
      .write_config();
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  REQUIRE_OK(oci::test::run(
      {.argv = {runtime(), "create", "--bundle", c.bundle(), c.id()}, .fds = {{null, 0}}}));
  ::close(null);
  BOOST_TEST(c.start().ok());
  const auto said = [&] { return oci::test::read_file(c.rootfs() + "/tmp/count"); };
  BOOST_TEST(oci::test::eventually([&] { return !said().empty(); }));
  BOOST_TEST(said() == "1\n");
  static_cast<void>(c.kill("KILL"));
  BOOST_TEST(c.wait_for("stopped"));
  BOOST_TEST(c.remove().ok());
}

BOOST_AUTO_TEST_SUITE_END()
