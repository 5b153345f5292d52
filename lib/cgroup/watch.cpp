// Cgroup::stats and watch_memory.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/try.h"
#include "lib/cgroup/cgroup.h"
#include "lib/cgroup/stats.h"
#include "lib/sys/cgroupfs.h"
#include "lib/sys/error.h"
#include "lib/sys/tree.h"

namespace oci::cgroup {

Result<Stats> Cgroup::stats() const {
  const bool v2 = mode_ == Mode::kV2;
  const std::size_t listed = v2 ? unified() : with("hugetlb");
  std::vector<std::string> sizes;
  // Also tells whether the cgroup is there at all.
  if (const std::size_t any = listed != kNone ? listed : listing(); any != kNone) {
    const UniqueFd dir = TRY(open_dir(any));
    if (listed != kNone) sizes = page_sizes_of(TRY(sys::list_directory(dir)));
  }
  const ReadFile from_file = [&](std::string_view controller,
                                 const std::string& file) -> std::optional<std::string> {
    const std::size_t index = controller.empty() ? unified() : with(controller);
    if (index == kNone) return std::nullopt;
    auto text = read(index, file);
    if (!text) return std::nullopt;
    return text.take();
  };
  return v2 ? read_v2_stats(from_file, sizes) : read_v1_stats(from_file, sizes);
}

Result<std::optional<Cgroup::MemoryEvents>> Cgroup::watch_memory() const {
  using Watch = std::optional<MemoryEvents>;
  if (const std::size_t v1 = with("memory"); v1 != kNone) {
    UniqueFd events(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!events) return sys::last_error("eventfd", {});
    UniqueFd control = TRY(open_file(v1, "memory.oom_control", O_RDONLY));
    // Kernel documentation, cgroup-v1/memory: "Notification API"
    TRY(write(v1, "cgroup.event_control",
              std::to_string(events.get()) + " " + std::to_string(control.get())));
    return Watch(MemoryEvents{std::move(events), std::move(control)});
  }
  const std::size_t v2 = unified();
  if (v2 == kNone || mode_ != Mode::kV2) return Watch();
  auto file = open_file(v2, "memory.events", O_PATH);
  if (!file && file.error().sys_errno == ENOENT) return Watch();
  const UniqueFd events_file = TRY(std::move(file));
  UniqueFd events(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!events) return sys::last_error("inotify_init1", {});
  const std::string link = "/proc/self/fd/" + std::to_string(events_file.get());
  if (::inotify_add_watch(events.get(), link.c_str(), IN_MODIFY) < 0)
    return sys::last_error("inotify_add_watch", absolute(v2, "memory.events"));
  return Watch(MemoryEvents{std::move(events), {}});
}

}  // namespace oci::cgroup
