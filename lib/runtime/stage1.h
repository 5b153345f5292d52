// Stage 1 of oci-init: started first of all, so that it is executed while the caller reads the
// configuration, and makes the namespaces that need no plan while the caller compiles.
//
// It shares the caller's memory only from clone to execve (CLONE_VM), in the caller's own cgroup:
// nothing that can be killed for want of memory in the container's cgroup ever shares it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "lib/plan/init_plan.h"
#include "oci/fd.h"
#include "oci/result.h"

namespace oci::runtime {

class Stage1 {
 public:
  // Descriptors 3 .. 2+keep_fds of the caller reach it. `title`: ps(1) shows `<title> init`.
  static Result<Stage1> begin(int keep_fds, const std::string& title);
  Stage1(Stage1&&) noexcept;
  Stage1& operator=(Stage1&&) = delete;
  // Without a plan it ends by itself when the channel closes.
  ~Stage1();

  // Puts it on another processor, if there is one: queued behind the caller it would only begin
  // when that has compiled. For plans with a kAffinity step, which takes this back.
  void work_beside() noexcept;
  // Lets it make these (CLONE_NEW*) at once. What cannot be made is made, and told, by kClone.
  Status make_namespaces(std::uint64_t namespaces);
  // Gives it the plan, a sealed file of `size` bytes, and what the plan's header counts on.
  Status send_plan(std::uint64_t size, std::span<const int> fds);
  FdRef channel() const noexcept { return FdRef(channel_); }
  // Waits for its end: 0, or the errno of its execve.
  int reap() noexcept;
  // To stage 2, once stage 1 has been reaped.
  UniqueFd take_channel() noexcept { return std::move(channel_); }

 private:
  struct Memory;
  Stage1(std::unique_ptr<Memory> memory, pid_t pid, UniqueFd channel);
  Status send_order(const plan::Order& order, std::span<const int> fds);
  std::unique_ptr<Memory> memory_;  // what it uses until execve
  pid_t pid_ = 0;
  UniqueFd channel_;
};

// `bytes` in a sealed file that has no name, to be read from its beginning.
Result<UniqueFd> data_memfd(const char* name, std::string_view bytes);

}  // namespace oci::runtime
