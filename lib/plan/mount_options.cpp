#include "lib/plan/mount_options.h"

#include <algorithm>

#include "lib/base/try.h"
#include "lib/plan/draft.h"
#include "lib/plan/paths.h"
#include "lib/words/mount_options.h"

namespace oci::plan {
namespace {

using words::MountOption;
using words::MountOptionKind;

// What has been read so far. The atime options go through mount(2)'s flags, so that several of them
// together mean what they mean there.
struct Reading {
  MountOptions out;
  std::uint64_t ms = 0;
  std::uint64_t named = 0;  // MOUNT_ATTR_* that some option names
  bool foreign = false;     // an option that only a filesystem can know

  void attribute(const MountOption& o) {
    ms = (ms & ~o.ms_clr) | o.ms_set;
    named |= o.attr_set | o.attr_clr;
  }

  void recursive_attribute(const MountOption& o) {
    AttrChange& below = out.below;
    below.set = (below.set & ~(o.attr_set | o.attr_clr)) | o.attr_set;
    below.clear = (below.clear & ~o.attr_set) | o.attr_clr;
  }

  MountOptions finish() {
    out.attr = words::mount_attributes(ms);
    out.readonly = (ms & words::kMsRdonly) != 0;
    out.named.set = out.attr & named;
    out.named.clear = named & ~out.named.set;
    // mount_setattr(2): the atime modes are one field, which is cleared as a whole before one is
    // set.
    if (named & words::kAttrAtimeField) out.named.clear |= words::kAttrAtimeField;
    return std::move(out);
  }
};

void filesystem_option(Reading& r, const MountOption& o, std::vector<std::string>& warnings) {
  // A bind has no superblock of its own: mount(2) ignores these there, too.
  if (!o.fs_key.empty()) return r.out.keys.emplace_back(o.fs_key, ""), void();
  if (o.ms_set == words::kMsIversion)
    warnings.push_back(
        "mount option \"iversion\" is left out: it cannot be given to a new mount on this kernel");
}

void known_option(Reading& r, const MountOption& o, const std::string& where,
                  std::vector<std::string>& warnings) {
  switch (o.kind) {
    case MountOptionKind::kNothing: break;
    case MountOptionKind::kAttribute: r.attribute(o); break;
    case MountOptionKind::kRecursiveAttribute: r.recursive_attribute(o); break;
    case MountOptionKind::kFilesystem: filesystem_option(r, o, warnings); break;
    case MountOptionKind::kBind:
      r.out.bind = true;
      if (o.ms_set & words::kMsRec) r.out.recursive = true;
      break;
    case MountOptionKind::kPropagation: r.out.propagation.push_back(o.ms_set); break;
    case MountOptionKind::kTmpCopyUp: r.out.copy_up = true; break;
    case MountOptionKind::kSourceNoFollow: r.out.source_no_follow = true; break;
    case MountOptionKind::kDestinationNoFollow: r.out.destination_no_follow = true; break;
    case MountOptionKind::kRemount: r.out.remount = true; break;
    case MountOptionKind::kCopySymlink: r.out.copy_symlink = true; break;
    case MountOptionKind::kIdmap:
      r.out.id_map = IdMapOption{(o.ms_set & words::kMsRec) != 0, {}, where};
      break;
  }
}

// "idmap=MAPS" or "ridmap=MAPS"
bool id_map_option(Reading& r, std::string_view option, const std::string& where) {
  const std::string_view name = option.substr(0, option.find('='));
  if (name.size() == option.size() || (name != "idmap" && name != "ridmap")) return false;
  r.out.id_map = IdMapOption{name == "ridmap", std::string(option.substr(name.size() + 1)), where};
  return true;
}

}  // namespace

bool MountOptions::has_key(std::string_view key) const {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const auto& entry) { return entry.first == key; });
}

void split_filesystem_option(std::string_view option,
                             std::vector<std::pair<std::string, std::string>>& keys) {
  std::string key, value;
  bool in_value = false, in_quotes = false;
  const auto flush = [&] {
    if (!key.empty()) keys.emplace_back(std::move(key), std::move(value));
    key.clear(), value.clear(), in_value = false;
  };
  for (std::size_t i = 0; i < option.size(); ++i) {
    const char c = option[i];
    std::string& part = in_value ? value : key;
    if (c == '"') {
      in_quotes = !in_quotes;
    } else if (c == '\\' && i + 1 < option.size()) {
      part.append({c, option[++i]});
    } else if (c == ',' && !in_quotes) {
      flush();
    } else if (c == '=' && !in_value) {
      in_value = true;
    } else {
      part += c;
    }
  }
  flush();
}

Result<MountOptions> read_mount_options(const spec::Mount& mount, const std::string& pointer,
                                        std::vector<std::string>& warnings) {
  Reading r;
  if (!mount.uid_mappings.empty() || !mount.gid_mappings.empty())
    r.out.id_map = IdMapOption{false, {}, pointer};
  for (std::size_t i = 0; i < mount.options.size(); ++i) {
    const std::string& option = mount.options[i];
    const std::string where = pointer + "/options/" + std::to_string(i);
    if (const MountOption* known = base::find(words::kMountOptions, option)) {
      known_option(r, *known, where, warnings);
    } else if (!option.empty() && !id_map_option(r, option, where)) {
      split_filesystem_option(option, r.out.keys);
      r.foreign = true;
    }
  }
  if (r.out.bind && r.foreign)
    return invalid("invalid mount " + quoted(mount.destination) +
                       ": bind mounts cannot have any filesystem-specific options applied",
                   pointer + "/options");
  return r.finish();
}

}  // namespace oci::plan
