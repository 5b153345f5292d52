// The container's files, seen from outside.
#include "lib/check/root_view.h"

#include <sys/stat.h>

#include "tests/unit/check/support.h"

using namespace oci;
using namespace oci::check_rules;
using oci::check_rules::test::Files;
using Kind = RootView::Found::Kind;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(root_view)

BOOST_AUTO_TEST_CASE(symlinks_lead_inside) {
  const Files files;
  const std::string root = files.bundle / "rootfs";
  fs::create_symlink("/bin", root + "/up");
  fs::create_symlink("../../../../bin/sh", root + "/bin/relative");
  fs::create_symlink("loop", root + "/loop");
  fs::create_symlink("/etc/passwd", root + "/host");
  const RootView view(root, files.bundle.path(), {});
  for (const char* there : {"/bin/sh", "/up/sh", "/bin/relative", "/bin/../bin/sh", "//bin//sh"}) {
    const auto found = view.find(there);
    BOOST_TEST((found.kind == Kind::kThere), there);
    BOOST_TEST(found.host_path == root + "/bin/sh", there);
  }
  for (const char* missing : {"/loop", "/host", "/bin/no", "/no/sh", "/bin/sh/x"})
    BOOST_TEST((view.find(missing).kind == Kind::kMissing), missing);
  BOOST_TEST(S_ISDIR(view.find("/").mode));
}

BOOST_AUTO_TEST_CASE(mounts_cover) {
  const Files files;
  files.program("tools/run");
  const std::string root = files.bundle / "rootfs";
  fs::create_directories(root + "/run");
  fs::create_directories(root + "/var");
  fs::create_symlink("../run", root + "/var/run");
  const RootView view(root, files.bundle.path(),
                      {{"/opt", "", "tools", {"bind"}, {}, {}},
                       {"/init", "", files.bundle / "tools/run", {"rbind"}, {}, {}},
                       {"/bin", "tmpfs", "tmpfs", {}, {}, {}},
                       {"/var/run/x", "", "tools", {"bind"}, {}, {}},
                       {"/gone", "", "nowhere", {"bind"}, {}, {}}});
  BOOST_TEST(view.find("/opt/run").host_path == files.bundle / "tools/run");
  BOOST_TEST(view.find("/init").host_path == files.bundle / "tools/run");
  BOOST_TEST((view.find("/opt/no").kind == Kind::kMissing));
  BOOST_TEST((view.find("/bin/sh").kind == Kind::kUnknown));
  BOOST_TEST((view.find("/gone/x").kind == Kind::kUnknown));
}

BOOST_AUTO_TEST_CASE(programs) {
  const Files files;
  files.file("rootfs/sbin/sh");
  files.program("rootfs/work/tool");
  const RootView view(files.bundle / "rootfs", files.bundle.path(), {});
  BOOST_TEST(view.find_program("sh", "/", "/no:/sbin:/bin").host_path ==
             files.bundle / "rootfs/bin/sh");
  BOOST_TEST((view.find_program("sh", "/", "/no").kind == Kind::kMissing));
  BOOST_TEST((view.find_program("./tool", "/work", "").kind == Kind::kThere));
  // Found, and not to be executed: that is what the kernel would say.
  const auto found = view.find_program("sh", "/", "/sbin");
  BOOST_TEST((found.kind == Kind::kThere && (found.mode & 0111) == 0));
}

BOOST_AUTO_TEST_SUITE_END()
