// A plan in the making: what compile_create() and compile_exec() hand from one part to the next.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/plan/namespaces.h"
#include "lib/plan/plan.h"
#include "lib/words/propagation.h"

namespace oci::plan {

struct Draft {
  explicit Draft(const HostFacts& facts) : host(facts) {}

  const HostFacts& host;
  Builder builder;
  Plan plan;
  Namespaces namespaces;
  bool user_namespace = false;                                  // new or joined
  std::string user_namespace_file;                              // joined: its file
  std::uint64_t propagation = words::kMsSlave | words::kMsRec;  // of "/", with MS_REC
  bool running = false;  // the root is that of a running container: no link in it is followed
  Slot root = kNoSlot;
  Slot procfs = kNoSlot;  // a procfs that can be written through; none yet: kNoSlot
  Slot devpts = kNoSlot;
  bool keep_procfs = false, keep_devpts = false;  // somebody will need them

  // Precondition of both: the reference that add() returned is no longer in use.
  Step& add(Op op, std::string_view subject, std::string_view pointer = {}) {
    return builder.add(op, subject, pointer);
  }
  void warn(std::string text) { plan.warnings.push_back(std::move(text)); }

  // Slots whose descriptor does not outlive a few steps are used again: a plan with thousands of
  // mounts then needs a handful.
  Slot borrow_slot() {
    if (spare_.empty()) return builder.new_slot();
    const Slot slot = spare_.back();
    spare_.pop_back();
    return slot;
  }
  void give_back(Slot slot) { spare_.push_back(slot); }

  // A slot filled from outside at launch.
  Slot add_fd(FdSource::Kind kind, std::string path = {}, std::uint64_t ns_type = 0,
              std::size_t index = 0) {
    const Slot slot = builder.new_slot();
    plan.fds.push_back({kind, slot, std::move(path), ns_type, index});
    return slot;
  }

  // The finished plan. Errors: kUnsupported if it needs more than kMaxSlots slots.
  Result<Plan> finish() {
    if (builder.slots() > kMaxSlots)
      return Error{
          Code::kUnsupported,
          "too many mounts: more than " + std::to_string(kMaxSlots) + " descriptors needed at once",
          0,
          "/mounts",
          {}};
    plan.notes = builder.take_notes();
    plan.init = builder.finish();
    return std::move(plan);
  }

 private:
  std::vector<Slot> spare_;
};

inline Error invalid(std::string text, std::string where) {
  return Error{Code::kInvalidConfig, std::move(text), 0, std::move(where), {}};
}
inline Error unsupported(std::string text, std::string where) {
  return Error{Code::kUnsupported, std::move(text), 0, std::move(where), {}};
}

// Propagation flags of mount(2) as the step takes them.
inline void set_propagation(Step& step, std::uint64_t flags) {
  step.n0 = flags & ~words::kMsRec;
  if (flags & words::kMsRec) step.flags |= kRecursive;
}

}  // namespace oci::plan
