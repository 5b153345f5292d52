// Every option of config.md on each kind of mount.
#include "lib/plan/mount_options.h"

#include "lib/words/mount_options.h"
#include "support.h"

namespace oci::plan {
namespace {

using namespace test;
using words::MountOption;
using words::MountOptionKind;

MountOptions read(const spec::Strings& options, bool bind) {
  spec::Mount mount{"/m", bind ? "none" : "tmpfs", "/src", options, {}, {}};
  if (bind) mount.options.insert(mount.options.begin(), "bind");
  std::vector<std::string> warnings;
  auto result = read_mount_options(mount, "/mounts/0", warnings);
  BOOST_REQUIRE_MESSAGE(result, options.front() << ": " << (result ? "" : result.error().text));
  return result.take();
}

Error read_error(const spec::Strings& options) {
  spec::Mount mount{"/m", "none", "/src", options, {}, {}};
  std::vector<std::string> warnings;
  auto result = read_mount_options(mount, "/mounts/0", warnings);
  BOOST_REQUIRE(!result);
  return std::move(result).error();
}

void check_on_bind(const MountOption& o) {
  const MountOptions r = read({std::string(o.name)}, true);
  const bool atime = (o.attr_set | o.attr_clr) & words::kAttrAtimeField;
  BOOST_TEST_CONTEXT(o.name) {
    if (o.kind == MountOptionKind::kAttribute) {
      BOOST_CHECK_EQUAL(r.named.set, o.attr_set);
      BOOST_CHECK_EQUAL(r.named.clear, atime ? words::kAttrAtimeField : o.attr_clr);
    } else {
      BOOST_CHECK(r.named.empty());
    }
    if (o.kind == MountOptionKind::kRecursiveAttribute) {
      BOOST_CHECK_EQUAL(r.below.set, o.attr_set);
      BOOST_CHECK_EQUAL(r.below.clear, o.attr_clr);
    } else {
      BOOST_CHECK(r.below.empty());
    }
    BOOST_CHECK_EQUAL(r.id_map.has_value(), o.kind == MountOptionKind::kIdmap);
    if (r.id_map) BOOST_CHECK_EQUAL(r.id_map->below, o.name == "ridmap");
    BOOST_CHECK_EQUAL(r.propagation.size(), o.kind == MountOptionKind::kPropagation ? 1u : 0u);
    BOOST_CHECK(r.bind);
    BOOST_CHECK_EQUAL(r.recursive, o.name == "rbind");
  }
}

void check_on_filesystem(const MountOption& o) {
  const MountOptions r = read({std::string(o.name)}, false);
  BOOST_TEST_CONTEXT(o.name) {
    BOOST_CHECK_EQUAL(r.attr, o.kind == MountOptionKind::kAttribute ? o.attr_set : 0u);
    BOOST_CHECK_EQUAL(r.readonly, o.name == "ro");
    if (o.kind == MountOptionKind::kFilesystem && !o.fs_key.empty())
      BOOST_CHECK(r.has_key(o.fs_key));
    else
      BOOST_CHECK(r.keys.empty());
    BOOST_CHECK_EQUAL(r.copy_up, o.name == "tmpcopyup");
    BOOST_CHECK_EQUAL(r.remount, o.name == "remount");
    BOOST_CHECK_EQUAL(r.source_no_follow, o.name == "src-nofollow");
    BOOST_CHECK_EQUAL(r.destination_no_follow, o.name == "dest-nofollow");
    BOOST_CHECK_EQUAL(r.copy_symlink, o.name == "copy-symlink");
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mount_options)

BOOST_AUTO_TEST_CASE(every_option_on_each_kind) {
  for (const MountOption& o : words::kMountOptions) {
    check_on_bind(o);
    if (o.kind != MountOptionKind::kBind) check_on_filesystem(o);
  }
}

BOOST_AUTO_TEST_CASE(the_last_of_a_pair_counts) {
  BOOST_CHECK_EQUAL(read({"ro", "rw"}, true).named.set, 0u);
  BOOST_CHECK_EQUAL(read({"ro", "rw"}, true).named.clear, words::kAttrRdonly);
  BOOST_CHECK_EQUAL(read({"rw", "ro"}, true).named.set, words::kAttrRdonly);
  BOOST_CHECK_EQUAL(read({"rw", "ro"}, true).named.clear, 0u);
  BOOST_CHECK_EQUAL(read({"rro", "rrw"}, true).below.clear, words::kAttrRdonly);
  BOOST_CHECK_EQUAL(read({"rro", "rrw"}, true).below.set, 0u);
  BOOST_CHECK_EQUAL(read({"nosuid", "noexec", "suid"}, false).attr, words::kAttrNoexec);
}

// S037: one field, set as a whole; noatime beats relatime as in mount(2).
BOOST_AUTO_TEST_CASE(atime_modes_exclude_each_other) {
  const MountOptions both = read({"noatime", "relatime"}, true);
  BOOST_CHECK_EQUAL(both.named.set, words::kAttrNoatime);
  BOOST_CHECK_EQUAL(both.named.clear, words::kAttrAtimeField);
  BOOST_CHECK_EQUAL(read({"noatime", "strictatime"}, false).attr, words::kAttrStrictatime);
  const MountOptions below = read({"rnoatime", "rstrictatime"}, true);
  BOOST_CHECK_EQUAL(below.below.set & words::kAttrAtimeField, words::kAttrStrictatime);
  BOOST_CHECK_EQUAL(below.below.clear & words::kAttrAtimeField, words::kAttrAtimeField);
}

BOOST_AUTO_TEST_CASE(propagation_keeps_its_order) {
  const MountOptions r = read({"rslave", "shared"}, true);
  BOOST_REQUIRE_EQUAL(r.propagation.size(), 2u);
  BOOST_CHECK_EQUAL(r.propagation[0], words::kMsSlave | words::kMsRec);
  BOOST_CHECK_EQUAL(r.propagation[1], words::kMsShared);
}

BOOST_AUTO_TEST_CASE(the_rest_is_for_the_filesystem) {
  const MountOptions r = read({"", "size=64k", "newinstance", "defaults"}, false);
  BOOST_REQUIRE_EQUAL(r.keys.size(), 2u);
  BOOST_CHECK(r.keys[0] == std::make_pair(std::string("size"), std::string("64k")));
  BOOST_CHECK(r.keys[1] == std::make_pair(std::string("newinstance"), std::string()));
}

BOOST_AUTO_TEST_CASE(splitting_options) {
  std::vector<std::pair<std::string, std::string>> keys;
  split_filesystem_option("mode=755,,size=1k,x=a=b", keys);
  split_filesystem_option("context=\"system_u:object_r:t:s0:c1,c2\",ro", keys);
  split_filesystem_option("lowerdir=/a\\,b:/c", keys);
  const std::vector<std::pair<std::string, std::string>> want{
      {"mode", "755"}, {"size", "1k"},
      {"x", "a=b"},    {"context", "system_u:object_r:t:s0:c1,c2"},
      {"ro", ""},      {"lowerdir", "/a\\,b:/c"}};
  BOOST_CHECK(keys == want);
}

// S050, S027: what is data for a filesystem is an error on a bind mount, `defaults` is none.
BOOST_AUTO_TEST_CASE(filesystem_options_on_a_bind) {
  const Error error = read_error({"bind", "zzz=1"});
  BOOST_CHECK(error.code == Code::kInvalidConfig);
  BOOST_CHECK(holds(error.text, "bind mounts cannot have any filesystem-specific options applied"));
  BOOST_CHECK(error.text.starts_with("invalid mount "));
  BOOST_CHECK(read({"defaults", ""}, true).named.empty());
}

BOOST_AUTO_TEST_CASE(id_maps) {
  const auto option = read({"ridmap=uids=0-1-1"}, true).id_map;
  BOOST_REQUIRE(option);
  BOOST_CHECK(option->below);
  BOOST_CHECK_EQUAL(option->maps, "uids=0-1-1");
  BOOST_CHECK_EQUAL(option->pointer, "/mounts/0/options/1");
  BOOST_CHECK(read({"idmap="}, true).id_map->maps.empty());
  BOOST_CHECK(!read({"ro"}, true).id_map);
  BOOST_CHECK(!read({"idmapped=1"}, false).id_map);
}

BOOST_AUTO_TEST_CASE(what_has_no_effect_is_said) {
  spec::Mount mount{"/m", "ext4", "/dev/x", {"iversion"}, {}, {}};
  std::vector<std::string> warnings;
  BOOST_REQUIRE(read_mount_options(mount, "/mounts/0", warnings));
  BOOST_REQUIRE_EQUAL(warnings.size(), 1u);
  BOOST_CHECK(holds(warnings[0], "iversion"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::plan
