#include "lib/runtime/mountinfo.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/plan/paths.h"
#include "lib/sys/call.h"
#include "lib/sys/file.h"

namespace oci::runtime {
namespace {

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty())
    if (base::take_until(list, ',') == word) return true;
  return false;
}

}  // namespace

bool MountLine::id_mapped() const { return has_word(options, "idmapped"); }

std::vector<MountLine> parse_mountinfo(std::string_view text) {
  std::vector<MountLine> mounts;
  while (!text.empty()) {
    // ID parent device root point options [optional...] - type source super-options
    std::string_view rest = base::take_until(text, '\n');
    const std::size_t dash = rest.find(" - ");
    if (dash == std::string_view::npos) continue;
    std::string_view filesystem = rest.substr(dash + 3);
    MountLine mount;
    mount.id = base::take_until(rest, ' ');
    for (int skipped = 0; skipped < 3; ++skipped) base::take_until(rest, ' ');
    mount.point = base::unescape_octal(base::take_until(rest, ' '));
    mount.options = base::take_until(rest, ' ');
    mount.type = base::take_until(filesystem, ' ');
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

std::vector<MountLine> mounts_at(const std::string& path, bool below) {
  const auto found = sys::open(path, O_PATH);
  const auto text = sys::read_file("/proc/self/mountinfo");
  struct statx st {};
  if (!found || !text ||
      !sys::call::statx(found->get(), "", sys::kEmptyPath, STATX_MNT_ID, &st).ok())
    return {};
  const std::string id = std::to_string(st.stx_mnt_id);
  std::vector<MountLine> all = parse_mountinfo(*text), mounts;
  for (const MountLine& mount : all)
    if (mount.id == id) mounts.push_back(mount);
  const auto real = sys::read_link("/proc/self/fd/" + std::to_string(found->get()));
  if (!below || !real) return mounts;
  std::copy_if(all.begin(), all.end(), std::back_inserter(mounts),
               [&](const MountLine& mount) { return plan::lies_below(mount.point, *real); });
  return mounts;
}

}  // namespace oci::runtime
