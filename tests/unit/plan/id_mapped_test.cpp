// Mounts whose ids are mapped.
#include "support.h"

namespace oci::plan {
namespace {

using namespace test;

const std::vector<spec::IdMapping> kMap{{0, 5000, 100}};
const std::vector<spec::IdMapping> kOther{{0, 6000, 100}};

spec::Mount bind(spec::Strings options, const std::vector<spec::IdMapping>& map = {}) {
  options.insert(options.begin(), "bind");
  return {"/d", "", "/srv", options, map, map};
}

spec::Spec with_mounts(std::vector<spec::Mount> mounts, bool user_namespace = false) {
  spec::Spec spec = user_namespace ? with_user_namespace(small_spec()) : small_spec();
  spec.mounts = std::move(mounts);
  return spec;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(id_mapped)

// S022, S047
BOOST_AUTO_TEST_CASE(right_after_it_was_cloned) {
  const Plan plan = created(with_mounts({bind({"idmap", "ro"}, kMap)}));
  BOOST_REQUIRE_EQUAL(plan.mount_maps.size(), 1u);
  BOOST_CHECK(plan.mount_maps[0].maps.uids == kMap);
  BOOST_CHECK(plan.mount_maps[0].maps.gids == kMap);
  BOOST_CHECK_EQUAL(plan.mount_maps[0].pointer, "/mounts/0");
  BOOST_CHECK(in_order(plan, {"clone", "open_tree", "id_map", "mount_attr", "attach"}));
  const std::string step = test::step(plan, "id_map");
  BOOST_CHECK(holds(step, "release"));
  BOOST_CHECK(step.find("recursive") == std::string::npos);
}

// S048
BOOST_AUTO_TEST_CASE(with_all_below) {
  BOOST_CHECK(holds(step(created(with_mounts({bind({"ridmap"}, kMap)})), "id_map"), "recursive"));
  // The last one counts.
  const Plan plan = created(with_mounts({bind({"ridmap", "idmap"}, kMap)}));
  BOOST_CHECK(step(plan, "id_map").find("recursive") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_namespace_for_each_map) {
  const Plan plan =
      created(with_mounts({bind({"idmap"}, kMap), bind({}, kOther), bind({"ridmap"}, kMap),
                           bind({"idmap"}), bind({"idmap"}, {{0, 100000, 65536}}), bind({})},
                          true));
  BOOST_CHECK_EQUAL(plan.mount_maps.size(), 3u);
  const auto found = steps(plan, "id_map");
  BOOST_REQUIRE_EQUAL(found.size(), 5u);
  // Closed after its last use.
  const bool last[] = {false, true, true, false, true};
  for (std::size_t i = 0; i < found.size(); ++i)
    BOOST_CHECK_EQUAL(found[i].find("release") != std::string::npos, last[i]);
  std::size_t sources = 0;
  for (const FdSource& source : plan.fds)
    if (source.kind == FdSource::Kind::kUserNamespace) BOOST_CHECK_EQUAL(source.index, sources++);
  BOOST_CHECK_EQUAL(sources, 3u);
}

// The caller's rights are gone behind the clone.
BOOST_AUTO_TEST_CASE(before_a_user_namespace) {
  const Plan plan = created(with_mounts({bind({"idmap"})}, true));
  BOOST_CHECK(in_order(plan, {"open_tree", "id_map", "clone", "sync", "propagation", "attach"}));
  BOOST_REQUIRE_EQUAL(plan.mount_maps.size(), 1u);
  BOOST_CHECK_EQUAL(plan.mount_maps[0].maps.uids[0].host_id, 100000u);
}

BOOST_AUTO_TEST_CASE(of_a_namespace_that_is_joined) {
  spec::Spec spec = with_mounts({bind({"idmap"}), bind({"ridmap"})});
  spec.linux_->namespaces.push_back({"user", "/ns/user"});
  const Plan plan = created(spec);
  BOOST_CHECK(plan.mount_maps.empty());
  BOOST_REQUIRE(!plan.fds.empty());
  BOOST_CHECK(plan.fds[0].kind == FdSource::Kind::kNamespace);
  BOOST_CHECK_EQUAL(plan.fds[0].path, "/ns/user");
  BOOST_CHECK(in_order(plan, {"id_map", "id_map", "setns", "clone"}));
}

// A new filesystem: the right to map its ids belongs to who has mounted it.
BOOST_AUTO_TEST_CASE(of_a_new_filesystem) {
  const spec::Mount tmpfs{"/t", "tmpfs", "tmpfs", {"ridmap"}, kMap, kMap};
  BOOST_CHECK(in_order(created(with_mounts({tmpfs})), {"clone", "fs_mount", "id_map", "attach"}));
  const Plan plan = created(with_mounts({tmpfs}, true));
  BOOST_CHECK(in_order(plan, {"open_path", "fs_mount", "id_map", "clone", "attach"}));
  BOOST_CHECK(holds(step(plan, "fs_mount"), "mode_from_target"));
  BOOST_CHECK_EQUAL(steps(plan, "fs_mount").size(), 1u);
}

BOOST_AUTO_TEST_CASE(maps_in_the_option) {
  const Plan plan = created(
      with_mounts({bind({"idmap=uids=0-5000-10#20-6000-5;gids=1-2-3"}), bind({"ridmap="})}, true));
  BOOST_REQUIRE_EQUAL(plan.mount_maps.size(), 2u);
  const IdMaps& maps = plan.mount_maps[0].maps;
  BOOST_CHECK((maps.uids == std::vector<spec::IdMapping>{{0, 5000, 10}, {20, 6000, 5}}));
  BOOST_CHECK((maps.gids == std::vector<spec::IdMapping>{{1, 2, 3}}));
  BOOST_CHECK_EQUAL(plan.mount_maps[1].maps.uids[0].host_id, 100000u);
  const Plan relative = created(with_mounts({bind({"idmap=uids=@0-10-5;gids=@3-0-65536"})}, true));
  BOOST_CHECK((relative.mount_maps[0].maps.uids[0] == spec::IdMapping{0, 100010, 5}));
  BOOST_CHECK((relative.mount_maps[0].maps.gids[0] == spec::IdMapping{3, 100000, 65536}));
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
  struct Case {
    spec::Mount mount;
    const char *where, *text;
  };
  constexpr const char* kBoth = "id-mapped mounts must have both uid and gid mappings specified";
  for (const Case& c : {
           Case{bind({"idmap"}), "/mounts/0", kBoth},
           Case{{"/d", "", "/srv", {"bind"}, kMap, {}}, "/mounts/0", kBoth},
           Case{bind({"idmap=uids=0-1-1"}), "/mounts/0", kBoth},
           Case{bind({"idmap=users=0-1-1"}), "/mounts/0/options/1", "invalid option \"users\""},
           Case{bind({"idmap=uids=0-1"}), "/mounts/0/options/1", "invalid mapping specified"},
           Case{bind({"idmap=uids=0-1-0"}), "/mounts/0/options/1", "invalid mapping specified"},
           Case{bind({"idmap=uids=0-1-1-1"}), "/mounts/0/options/1", "\"0-1-1-1\""},
           Case{bind({"idmap=uids=@0-1-1"}), "/mounts/0/options/1", "relative mapping \"@0-1-1\""},
           Case{{"/c", "cgroup", "c", {"idmap"}, kMap, kMap}, "/mounts/0", "only bind mounts and"},
           Case{{"/p", "mqueue", "m", {"idmap"}, kMap, kMap}, "/mounts/0", "of type mqueue cannot"},
       }) {
    const Error error = create_error(with_mounts({c.mount}));
    BOOST_CHECK_EQUAL(error.where, c.where);
    BOOST_CHECK(holds(error.text, c.text));
  }
  const Error beyond =
      create_error(with_mounts({bind({"idmap=uids=@0-10-65536;gids=0-0-1"})}, true));
  BOOST_CHECK(holds(beyond.text, "relative mapping \"@0-10-65536\""));
  HostFacts without_rights = host_v2();
  without_rights.euid = 1000;
  const Error rootless =
      create_error(with_mounts({bind({"idmap"})}, true), input_of(), without_rights);
  BOOST_CHECK(rootless.code == Code::kUnsupported);
  BOOST_CHECK_EQUAL(rootless.text, "id-mapped mounts are not supported for rootless containers");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::plan
