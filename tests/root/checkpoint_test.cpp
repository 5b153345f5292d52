// checkpoint and restore as far as they can be judged without CRIU; tests/vm/criu has the rest.
#include <fstream>

#include "tests/root/support.h"

using namespace oci::test;

namespace {

class Sleeper : public Bundle {
 public:
  Sleeper() { images = scratch("images"); }
  Outcome checkpoint(std::vector<std::string> flags) const {
    flags.insert(flags.begin(), {"checkpoint", "--image-path", images});
    flags.push_back(id());
    return call(flags);
  }
  // With nothing on PATH.
  Outcome without_criu(std::vector<std::string> words) const {
    Command c = command(words);
    c.env.push_back("PATH=/nowhere");
    return oci::test::run(c);
  }
  std::string images;
};

void check_refused(const Outcome& r, const std::string& text) {
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(said(r), text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(checkpoint)

BOOST_AUTO_TEST_CASE(there_is_no_criu) {
  OCI_NOT_RUNC("its checkpoint then tries to remove the container");
  Sleeper b;
  const Traces traces(b);
  b.start_sleeper();
  check_refused(b.without_criu({"checkpoint", "--image-path", b.images, b.id()}),
                "CRIU version check failed: exec: \"criu\": executable file not found in $PATH "
                "(it comes with the package criu)");
  BOOST_TEST(b.status() == "running");
  OCI_REQUIRE_OK(b.remove());
  std::ofstream(b.images + "/descriptors.json") << R"(["/dev/null","/dev/null","/dev/null"])";
  check_refused(b.without_criu(
                    {"restore", "--detach", "--image-path", b.images, "--bundle", b.dir(), b.id()}),
                "CRIU version check failed: exec: \"criu\": executable file not found in $PATH");
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_CASE(arguments) {
  Sleeper b;
  check_refused(b.checkpoint({}), "container does not exist");
  OCI_REQUIRE_OK(b.args({"/bin/sleep", "60"}).create());
  check_refused(b.checkpoint({}), "Container cannot be checkpointed in created state");
  OCI_REQUIRE_OK(b.start());
  check_refused(b.checkpoint({"--manage-cgroups-mode", "some"}), "Invalid manage cgroups mode");
  for (const char* server : {"host", ":1", "host:", "a:1:2"})
    check_refused(b.checkpoint({"--page-server", server}),
                  "Use --page-server ADDRESS:PORT to specify page server");
  check_refused(b.checkpoint({"--page-server", "host:x"}), "Invalid port number");
  check_refused(b.checkpoint({"--parent-path", "/1"}), "--parent-path must be relative");
  check_refused(b.checkpoint({"--parent-path", "../none"}),
                "invalid --parent-path: stat " + b.scratch("none") + ": no such file or directory");
  check_refused(b.checkpoint({"--status-fd", "x"}),
                "invalid value \"x\" for flag -status-fd: parse error");
  if (!testing_runc()) {  // which removes the container then
    check_refused(b.checkpoint({"--empty-ns", "ipc"}), "namespace \"ipc\" is not supported");
    check_refused(b.checkpoint({"--status-fd", "77"}), "invalid --status-fd argument 77: ");
    check_refused(b.checkpoint({"--network-lock", "some"}), "Invalid network lock method");
    BOOST_TEST(b.status() == "running");
  }
}

BOOST_AUTO_TEST_CASE(arguments_of_restore) {
  Sleeper b;
  const Traces traces(b);
  b.write_config();
  const auto restore = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"restore", "--bundle", b.dir()});
    flags.push_back(b.id());
    return b.call(flags);
  };
  check_refused(restore({"--detach", "--empty-ns", "ipc", "--image-path", b.dir()}),
                "namespace \"ipc\" is not supported");
  check_refused(restore({"--image-path", b.images}), b.images);
  check_refused(restore({"--image-path", b.dir()}), "descriptors.json: no such file or directory");
  check_refused(restore({"--image-path", b.dir(), "--console-socket", "x"}),
                "cannot use console socket if runc will not detach or allocate tty");
  // What podman asks for to learn whether the option is there.
  check_refused(b.call({"restore", "--lsm-mount-context"}),
                "flag needs an argument: -lsm-mount-context");
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_SUITE_END()
