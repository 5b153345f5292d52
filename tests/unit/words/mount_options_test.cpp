#include "lib/words/mount_options.h"

#include <linux/mount.h>

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

namespace oci::words {
namespace {

using base::find;
using Kind = MountOptionKind;

BOOST_AUTO_TEST_SUITE(mount_options)

BOOST_AUTO_TEST_CASE(constants_are_the_kernels) {
  BOOST_TEST(kAttrAtimeField == MOUNT_ATTR__ATIME);
  BOOST_TEST(kAttrNoatime == MOUNT_ATTR_NOATIME);
  BOOST_TEST(kAttrStrictatime == MOUNT_ATTR_STRICTATIME);
  BOOST_TEST(kAttrNodiratime == MOUNT_ATTR_NODIRATIME);
  BOOST_TEST(kAttrIdmap == MOUNT_ATTR_IDMAP);
  BOOST_TEST(kMsNosymfollow == MS_NOSYMFOLLOW);
  BOOST_TEST(kMsLazytime == MS_LAZYTIME);
  BOOST_TEST(kMsIversion == MS_I_VERSION);
  BOOST_TEST(kMsStrictatime == MS_STRICTATIME);
  BOOST_TEST(kMsSilent == MS_SILENT);
  BOOST_TEST(kMsShared == MS_SHARED);
  BOOST_TEST(kMsUnbindable == MS_UNBINDABLE);
}

// config.md#linux-mount-options, every row.
BOOST_AUTO_TEST_CASE(no_option_of_the_spec_is_missing) {
  for (const auto* name :
       {"async",          "atime",      "bind",         "defaults",    "dev",
        "diratime",       "dirsync",    "exec",         "iversion",    "lazytime",
        "loud",           "mand",       "noatime",      "nodev",       "nodiratime",
        "noexec",         "noiversion", "nolazytime",   "nomand",      "norelatime",
        "nostrictatime",  "nosuid",     "nosymfollow",  "private",     "ratime",
        "rbind",          "rdev",       "rdiratime",    "relatime",    "remount",
        "rexec",          "rnoatime",   "rnodiratime",  "rnoexec",     "rnorelatime",
        "rnostrictatime", "rnosuid",    "rnosymfollow", "ro",          "rprivate",
        "rrelatime",      "rro",        "rrw",          "rshared",     "rslave",
        "rstrictatime",   "rsuid",      "rsymfollow",   "runbindable", "rw",
        "shared",         "silent",     "slave",        "strictatime", "suid",
        "symfollow",      "sync",       "tmpcopyup",    "unbindable",  "idmap",
        "ridmap",         "rnodev"})
    BOOST_TEST(find(kMountOptions, name) != nullptr, name);
  for (const auto* name : {"", "mode=0755", "RO", "auto", "x-foo"})
    BOOST_TEST(find(kMountOptions, name) == nullptr, name);
}

BOOST_AUTO_TEST_CASE(each_attribute_has_its_opposite) {
  const auto opposite = [](const char* set, const char* clear) {
    const auto* s = find(kMountOptions, set);
    const auto* c = find(kMountOptions, clear);
    BOOST_TEST_REQUIRE((s && c), set);
    BOOST_TEST((s->kind == c->kind && s->ms_clr == 0 && c->attr_set == 0), set);
    BOOST_TEST(c->attr_clr == (s->attr_clr ? s->attr_clr : s->attr_set), set);
    if (s->kind != Kind::kRecursiveAttribute)
      BOOST_TEST((s->ms_set == c->ms_clr && c->ms_set == 0), set);
  };
  for (const auto& [set, clear] : {std::pair{"ro", "rw"},
                                   {"nosuid", "suid"},
                                   {"nodev", "dev"},
                                   {"noexec", "exec"},
                                   {"nodiratime", "diratime"},
                                   {"nosymfollow", "symfollow"},
                                   {"noatime", "atime"},
                                   {"relatime", "norelatime"},
                                   {"strictatime", "nostrictatime"},
                                   {"sync", "async"},
                                   {"lazytime", "nolazytime"},
                                   {"mand", "nomand"},
                                   {"iversion", "noiversion"},
                                   {"silent", "loud"},
                                   {"rro", "rrw"},
                                   {"rnosuid", "rsuid"},
                                   {"rnodev", "rdev"},
                                   {"rnoexec", "rexec"},
                                   {"rnodiratime", "rdiratime"},
                                   {"rnoatime", "ratime"},
                                   {"rrelatime", "rnorelatime"},
                                   {"rstrictatime", "rnostrictatime"},
                                   {"rnosymfollow", "rsymfollow"}})
    opposite(set, clear);
}

// mount_setattr(2) refuses an atime mode whose field is not cleared (S037, S045).
BOOST_AUTO_TEST_CASE(atime_modes_clear_their_whole_field) {
  for (const MountOption& option : kMountOptions)
    if (std::string(option.name).ends_with("atime") &&
        !std::string(option.name).ends_with("diratime"))
      BOOST_TEST(option.attr_clr == kAttrAtimeField, option.name);
}

BOOST_AUTO_TEST_CASE(recursive_and_propagation) {
  BOOST_TEST(find(kMountOptions, "rbind")->ms_set == (kMsBind | kMsRec));
  BOOST_TEST(find(kMountOptions, "rslave")->ms_set == (kMsSlave | kMsRec));
  BOOST_TEST(find(kMountOptions, "shared")->ms_set == kMsShared);
  BOOST_TEST((find(kMountOptions, "ridmap")->ms_set & kMsRec) != 0u);
  BOOST_TEST(find(kMountOptions, "idmap")->ms_set == 0u);
  BOOST_TEST((find(kMountOptions, "defaults")->kind == Kind::kNothing));
}

BOOST_AUTO_TEST_CASE(attributes_as_mount_makes_them) {
  BOOST_TEST(mount_attributes(0) == 0u);
  BOOST_TEST(mount_attributes(kMsRdonly | kMsNosuid | kMsNodev | kMsNoexec | kMsNodiratime |
                              kMsNosymfollow) ==
             (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |
              MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW));
  BOOST_TEST(mount_attributes(kMsNoatime | kMsRelatime) == MOUNT_ATTR_NOATIME);
  BOOST_TEST(mount_attributes(kMsNoatime | kMsStrictatime) == MOUNT_ATTR_STRICTATIME);
  BOOST_TEST(mount_attributes(kMsBind | kMsRec | kMsSynchronous) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace oci::words
