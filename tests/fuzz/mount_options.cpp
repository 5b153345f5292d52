// Any options of a mount, one a line, against their meaning in short: of two options that
// contradict each other the last one counts, and what nobody knows goes to the filesystem as it is.
#include <algorithm>
#include <vector>

#include "lib/plan/mount_options.h"
#include "lib/words/mount_options.h"
#include "tests/fuzz/target.h"

using namespace oci;
using fuzz::Input;
using fuzz::require;
using plan::MountOptions;

namespace {

// Whether the last of these options that is given is `on`.
bool last_is(const spec::Strings& options, std::string_view on, std::string_view off) {
  bool result = false;
  for (const std::string& option : options)
    if (option == on || option == off) result = option == on;
  return result;
}

bool given(const spec::Strings& options, std::string_view name) {
  return std::find(options.begin(), options.end(), name) != options.end();
}

void check_flags(const spec::Strings& options, const MountOptions& read) {
  static constexpr struct {
    std::string_view on, off;
    std::uint64_t attribute;
  } kFlags[] = {{"ro", "rw", words::kAttrRdonly},
                {"nosuid", "suid", words::kAttrNosuid},
                {"nodev", "dev", words::kAttrNodev},
                {"noexec", "exec", words::kAttrNoexec},
                {"nodiratime", "diratime", words::kAttrNodiratime},
                {"nosymfollow", "symfollow", words::kAttrNosymfollow}};
  for (const auto& flag : kFlags) {
    const bool named = given(options, flag.on) || given(options, flag.off);
    const bool on = last_is(options, flag.on, flag.off);
    require(((read.attr & flag.attribute) != 0) == on,
            "a new mount has the flag that is given last");
    require(((read.named.set & flag.attribute) != 0) == on, "so has a bind");
    require(((read.named.clear & flag.attribute) != 0) == (named && !on),
            "which loses what is taken away");
    const std::string all_on = "r" + std::string(flag.on), all_off = "r" + std::string(flag.off);
    const bool below = last_is(options, all_on, all_off);
    require(((read.below.set & flag.attribute) != 0) == below, "and all below it");
    require(((read.below.clear & flag.attribute) != 0) ==
                ((given(options, all_on) || given(options, all_off)) && !below),
            "which loses it, too");
  }
  require(read.readonly == last_is(options, "ro", "rw"), "read-only is ro");
}

void check_form(const spec::Strings& options, const MountOptions& read) {
  require(read.bind == (given(options, "bind") || given(options, "rbind")), "a bind is a bind");
  require(read.recursive == given(options, "rbind"), "and rbind takes all");
  require(read.remount == given(options, "remount"), "remount is remount");
  require(read.copy_up == given(options, "tmpcopyup"), "tmpcopyup is tmpcopyup");
  const auto propagations = std::count_if(options.begin(), options.end(), [](const auto& option) {
    return base::find(words::kPropagations, option) != nullptr;
  });
  require(read.propagation.size() == static_cast<std::size_t>(propagations),
          "each propagation is made");
  for (const auto* change : {&read.named, &read.below}) {
    const std::uint64_t atime = words::kAttrAtimeField;
    require((change->set & change->clear & ~atime) == 0, "nothing is both set and cleared");
    require((change->set & atime) == 0 || (change->clear & atime) == atime,
            "an atime mode comes with its whole field");
    require((change->set & atime) != atime, "one atime mode");
  }
}

// What is known, is bound, or has quotes and backslashes aside, data is what stands between the
// commas.
void check_data(const spec::Strings& options, const MountOptions& read) {
  std::vector<std::pair<std::string, std::string>> expected;
  for (const std::string& option : options) {
    if (const auto* known = base::find(words::kMountOptions, option)) {
      if (!known->fs_key.empty()) expected.emplace_back(known->fs_key, "");
      continue;
    }
    if (option.find_first_of("\"\\") != std::string::npos) return;
    Input rest(option);
    while (!rest.empty()) {
      const std::string_view piece = rest.until(',');
      const std::size_t equals = std::min(piece.find('='), piece.size());
      if (equals > 0)
        expected.emplace_back(piece.substr(0, equals),
                              piece.substr(std::min(equals + 1, piece.size())));
    }
  }
  require(read.keys == expected, "what nobody knows goes to the filesystem");
}

}  // namespace

FUZZ_TARGET(mount_options) {
  spec::Mount mount;
  mount.destination = "/mnt";
  mount.type = "tmpfs";
  for (Input in(bytes); !in.empty();) mount.options.emplace_back(in.until('\n'));
  std::vector<std::string> warnings;
  const auto read = plan::read_mount_options(mount, "/mounts/0", warnings);
  if (!read) {
    require(!read.error().where.empty() && !read.error().text.empty(), "an error says where");
    return;
  }
  check_flags(mount.options, *read);
  check_form(mount.options, *read);
  check_data(mount.options, *read);
}
