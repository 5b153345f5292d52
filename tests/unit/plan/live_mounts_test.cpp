// What enters a running container to mount something there.
#include <boost/test/unit_test.hpp>

#include "lib/words/namespaces.h"
#include "tests/unit/plan/support.h"

namespace oci::plan::test {
namespace {

LiveInput live() {
  LiveInput input;
  input.bundle = "/run/bundle";
  input.rootfs = "/run/bundle/rootfs";
  input.join = words::kNewMount | words::kNewPid | words::kNewNetwork | words::kNewCgroup;
  return input;
}

std::string added(const spec::Mount& mount) {
  const auto plan = compile_mounts({mount}, live(), host_v2());
  BOOST_REQUIRE_MESSAGE(plan, (plan ? std::string() : plan.error().text));
  return print(*plan);
}

std::size_t place(const std::string& text, const char* part) {
  const std::size_t at = text.find(part);
  BOOST_CHECK_MESSAGE(at != std::string::npos, part << " in " << text);
  return at;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(live_mounts)

BOOST_AUTO_TEST_CASE(sources_are_the_callers_and_targets_the_containers) {
  const std::string text = added({"/d", "bind", "data", {"rbind", "ro"}, {}, {}});
  BOOST_CHECK(place(text, "open_tree to=%1 path=\"/run/bundle/data\" recursive") <
              place(text, "setns"));
  BOOST_CHECK(place(text, "setns") < place(text, "clone"));
  BOOST_CHECK(place(text, "clone") < place(text, "open_path"));
  const std::string attach = text.substr(place(text, "attach"));
  BOOST_CHECK(attach.find("no_links") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_pid_namespace_is_joined_for_a_procfs_only) {
  const std::string without = added({"/t", "tmpfs", "tmpfs", {}, {}, {}});
  const std::string with = added({"/p", "proc", "proc", {}, {}, {}});
  BOOST_CHECK(place(without, "types=0x40020000") < place(without, "clone"));
  BOOST_CHECK(place(with, "types=0x60020000") < place(with, "clone"));
}

BOOST_AUTO_TEST_CASE(the_last_is_unmounted_first) {
  const auto plan = compile_unmounts({{"/a", "", "", {}, {}, {}}, {"/b/c", "", "", {}, {}, {}}},
                                     live(), host_v2());
  BOOST_REQUIRE(plan);
  const std::string text = print(*plan);
  BOOST_CHECK(place(text, "name=\"c\" directory=\"/b\"") <
              place(text, "name=\"a\" directory=\"/\""));
  BOOST_CHECK(!compile_unmounts({{"/..", "", "", {}, {}, {}}}, live(), host_v2()));
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
  for (const spec::Mount& mount :
       std::vector<spec::Mount>{{"/c", "cgroup", "", {}, {}, {}},
                                {"/c", "cgroup2", "", {}, {}, {}},
                                {"/", "tmpfs", "", {}, {}, {}},
                                {"/proc/x", "tmpfs", "", {}, {}, {}},
                                {"/t", "tmpfs", "", {"tmpcopyup"}, {}, {}},
                                {"/t", "", "/x", {"bind", "copy-symlink"}, {}, {}}})
    BOOST_CHECK(!compile_mounts({mount}, live(), host_v2()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::plan::test
