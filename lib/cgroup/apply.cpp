// Cgroup::apply: the writes and the device program of a plan.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "lib/base/try.h"
#include "lib/cgroup/cgroup.h"
#include "lib/cgroup/writes.h"
#include "lib/sys/bpf.h"
#include "lib/sys/cgroupfs.h"
#include "lib/sys/error.h"

namespace oci::cgroup {
namespace {

std::string_view controller_of(const Write& write) {
  return std::string_view(write.file).substr(0, write.file.find('.'));
}

// Pairs of values that limit each other: one that does not fit the other's old value may fit the
// new one.
bool depends_on_others(const Write& write) {
  static constexpr std::string_view kFiles[] = {
      "cpu.cfs_period_us",
      "cpu.cfs_quota_us",
      "cpu.cfs_burst_us",
      "cpu.rt_period_us",
      "cpu.max",
      "cpu.max.burst",
      "memory.limit_in_bytes",
      "memory.memsw.limit_in_bytes",
  };
  return std::find(std::begin(kFiles), std::end(kFiles), write.file) != std::end(kFiles);
}

bool is_unified(const Write& write) { return write.pointer.starts_with(kUnifiedPointer); }

bool offers(const std::string& controllers, std::string_view name) {
  return (" " + controllers.substr(0, controllers.find('\n')) + " ")
             .find(" " + std::string(name) + " ") != std::string::npos;
}

Error at_write(const Write& write, Error error) {
  error.code = Code::kCgroup;
  error.where = write.pointer;
  return error;
}

Status put(FdRef file, const Write& write, const std::string& absolute) {
  ssize_t n;
  do n = ::write(file.get(), write.value.data(), write.value.size());
  while (n < 0 && errno == EINTR);
  if (n >= 0) return {};
  return sys::last_error("write", absolute).with_context("failed to write \"" + write.value + "\"");
}

}  // namespace

// One run of apply().
class Cgroup::Applier {
 public:
  explicit Applier(const Cgroup& cgroup) : cgroup_(cgroup) {}

  Status apply(const std::vector<Write>& writes, OnError on_error) {
    Status first;
    for (const Write& write : writes) {
      auto done = apply(write);
      if (!done && on_error == OnError::kStop) return done;
      if (!done && first) first = std::move(done);
    }
    if (first && !postponed_.empty())
      return describe(*postponed_[0].write, std::move(postponed_[0].error));
    return first;
  }

 private:
  struct Postponed {
    const Write* write;
    Error error;
  };

  Status apply(const Write& write) {
    if (write.otherwise && !no_file_) return {};
    auto done = try_once(write);
    no_file_ = !done && done.error().sys_errno == ENOENT && write.optional;
    if (no_file_) return {};
    if (done) return retry(write);
    if (done.error().sys_errno != EINVAL || !depends_on_others(write) || is_unified(write))
      return describe(write, std::move(done).error());
    postponed_.push_back({&write, std::move(done).error()});
    return {};
  }

  // After each success of the same controller.
  Status retry(const Write& after) {
    std::erase_if(postponed_, [&](const Postponed& postponed) {
      const Write& write = *postponed.write;
      return write.dir == after.dir && controller_of(write) == controller_of(after) &&
             try_once(write).ok();
    });
    return {};
  }

  Status try_once(const Write& write) {
    if (!file_ || write.dir != dir_ || write.file != name_) {
      file_.reset();
      file_ = TRY(cgroup_.open_file(write.dir, write.file, O_WRONLY));
      dir_ = write.dir;
      name_ = write.file;
    }
    return put(file_, write, cgroup_.absolute(write.dir, write.file));
  }

  Error describe(const Write& write, Error error) const {
    if (write.file == "memory.limit_in_bytes" && error.sys_errno == EBUSY)
      return at_write(write, busy_memory(write, error));
    const bool v2 = cgroup_.dirs_[write.dir].unified;
    const bool refused =
        error.sys_errno == ENOENT || error.sys_errno == EPERM || error.sys_errno == EACCES;
    const std::string controller(controller_of(write));
    bool missing = false;
    if (v2 && refused && controller != "cgroup") {
      const auto controllers = cgroup_.read(write.dir, "cgroup.controllers");
      missing = controllers && !offers(*controllers, controller);
    }
    if (is_unified(write) && missing)
      error.text = "unified resource \"" + write.file + "\" can't be set: controller \"" +
                   controller + "\" not available";
    else if (is_unified(write))
      error =
          std::move(error).with_context("unable to set unified resource \"" + write.file + "\"");
    else if (missing)
      error = std::move(error).with_context("controller \"" + controller + "\" not available");
    return at_write(write, std::move(error));
  }

  // The kernel cannot take away what is in use.
  Error busy_memory(const Write& write, Error error) const {
    const auto number = [&](const char* file) {
      const auto text = cgroup_.read(write.dir, file);
      return text ? text->substr(0, text->find('\n')) : std::string("unknown");
    };
    error.text = "unable to set memory limit to " + write.value +
                 " (current usage: " + number("memory.usage_in_bytes") +
                 ", peak usage: " + number("memory.max_usage_in_bytes") + ")";
    return error;
  }

  const Cgroup& cgroup_;
  bool no_file_ = false;
  std::vector<Postponed> postponed_;
  UniqueFd file_;  // of the last write: device rules are many to one file
  std::size_t dir_ = 0;
  std::string name_;
};

Status Cgroup::write_all(const std::vector<Write>& writes, OnError on_error) {
  return Applier(*this).apply(writes, on_error);
}

Status Cgroup::apply(const Plan& plan) {
  TRY(write_all(plan.writes));
  const std::size_t index = unified();
  if (plan.device_program.empty() || index == kNone) return {};
  const auto attach = [&]() -> Status {
    const UniqueFd program = TRY(sys::load_device_program(plan.device_program));
    return sys::attach_device_program(TRY(leaf(index)), program);
  };
  auto attached = attach();
  if (!attached) attached.error().where = "/linux/resources/devices";
  return attached;
}

}  // namespace oci::cgroup
