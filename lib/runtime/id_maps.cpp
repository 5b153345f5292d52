#include "lib/runtime/id_maps.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <string>
#include <vector>

#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::runtime {
namespace {

using Map = std::vector<spec::IdMapping>;

std::string render(const Map& map) {
  std::string text;
  for (const spec::IdMapping& m : map)
    text += std::to_string(m.container_id) + " " + std::to_string(m.host_id) + " " +
            std::to_string(m.size) + "\n";
  return text;
}

Error failed(const std::string& program, int status, std::string said) {
  while (said.ends_with('\n')) said.pop_back();
  const std::string how = WIFEXITED(status) ? "exit status " + std::to_string(WEXITSTATUS(status))
                                            : "signal " + std::to_string(WTERMSIG(status));
  return {Code::kPermission,
          program + ": " + how + (said.empty() ? "" : ": " + said),
          EPERM,
          "/linux/uidMappings",
          {}};
}

Status run_helper(const std::string& program, pid_t pid, const Map& map) {
  std::vector<std::string> words{program, std::to_string(pid)};
  for (const spec::IdMapping& m : map)
    words.insert(words.end(), {std::to_string(m.container_id), std::to_string(m.host_id),
                               std::to_string(m.size)});
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  auto said = TRY(sys::make_pipe());
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, said.write.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, said.write.get(), 2);
  pid_t child = 0;
  const int err = ::posix_spawnp(&child, program.c_str(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (err == ENOENT)
    return Error{Code::kPermission,
                 program +
                     " is not there: without it (Debian: uidmap) a caller without rights can"
                     " map nothing but its own ids",
                 EPERM,
                 "/linux/uidMappings",
                 {}};
  if (err != 0) return sys::call_error("posix_spawn", program, err);
  said.write.reset();
  std::string text = TRY(sys::read_all(said.read));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return sys::last_error("waitpid", program);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return failed(program, status, std::move(text));
  return {};
}

Status write_map(FdRef proc, const char* file, const char* helper, pid_t pid, const Map& map) {
  auto written = sys::write_file_at(proc, file, render(map));
  if (written || written.error().sys_errno != EPERM || ::geteuid() == 0) return written;
  return run_helper(helper, pid, map);
}

Result<Map> read_map(pid_t pid, const char* file) {
  std::istringstream in(TRY(sys::read_file("/proc/" + std::to_string(pid) + "/" + file)));
  Map map;
  for (spec::IdMapping m; in >> m.container_id >> m.host_id >> m.size;) map.push_back(m);
  return map;
}

// Sorted, and neighbours that go on are one.
Map joined(Map map) {
  std::sort(map.begin(), map.end(), [](const spec::IdMapping& a, const spec::IdMapping& b) {
    return a.container_id < b.container_id;
  });
  Map out;
  for (const spec::IdMapping& m : map) {
    const bool goes_on = !out.empty() &&
                         out.back().container_id + out.back().size == m.container_id &&
                         out.back().host_id + out.back().size == m.host_id;
    if (goes_on)
      out.back().size += m.size;
    else
      out.push_back(m);
  }
  return out;
}

Status check_map(pid_t pid, const char* file, const Map& expected, const char* pointer) {
  if (render(joined(TRY(read_map(pid, file)))) == render(joined(expected))) return {};
  return Error{Code::kInvalidConfig,
               "user namespaces enabled, but both namespace path and non-matching mapping specified"
               " -- you may only provide one",
               0,
               pointer,
               {}};
}

}  // namespace

Status write_id_maps(pid_t pid, const plan::IdMaps& maps) {
  const UniqueFd proc = TRY(sys::open("/proc/" + std::to_string(pid), O_PATH | O_DIRECTORY));
  if (maps.deny_setgroups) TRY(sys::write_file_at(proc, "setgroups", "deny"));
  TRY(write_map(proc, "uid_map", "newuidmap", pid, maps.uids));
  return write_map(proc, "gid_map", "newgidmap", pid, maps.gids);
}

Status check_id_maps(pid_t pid, const plan::IdMaps& expected) {
  TRY(check_map(pid, "uid_map", expected.uids, "/linux/uidMappings"));
  return check_map(pid, "gid_map", expected.gids, "/linux/gidMappings");
}

Result<std::uint32_t> host_uid(pid_t pid, std::uint32_t uid) {
  for (const spec::IdMapping& m : TRY(read_map(pid, "uid_map")))
    if (uid >= m.container_id && uid - m.container_id < m.size)
      return m.host_id + (uid - m.container_id);
  return Error{Code::kInvalidConfig,
               "uid " + std::to_string(uid) + " is not mapped",
               0,
               "/process/user/uid",
               {}};
}

}  // namespace oci::runtime
