#include "lib/plan/tree.h"

#include "lib/plan/rootfs.h"

namespace oci::plan {
namespace {

void open_tree(Draft& draft, Tree& tree, const std::string& subject, const std::string& pointer) {
  Step& step = draft.add(Op::kOpenTree, subject, pointer);
  step.dst = tree.slot;
  step.s0 = draft.builder.str(tree.path);
  if (tree.recursive) step.flags |= kRecursive;
  if (tree.no_follow) step.flags |= kNoFollow;
  if (tree.copy_symlink) step.flags |= kCopySymlink;
  add_id_map(draft, tree.slot, tree.id_map, subject, pointer,
             tree.copy_symlink ? kCopySymlink : 0u);
  if (tree.type == 0) return;
  Step& check = draft.add(Op::kCheckDevice, subject, pointer);
  check.src = tree.slot;
  check.n0 = tree.type;
  check.n1 = tree.device;
}

}  // namespace

void open_early(Draft& draft, Tree& tree, const std::string& subject, const std::string& pointer) {
  tree.slot = draft.builder.new_slot();
  open_tree(draft, tree, subject, pointer);
}

Slot opened(Draft& draft, Tree& tree, const std::string& subject, const std::string& pointer) {
  if (tree.slot == kNoSlot) {
    tree.slot = draft.borrow_slot();
    open_tree(draft, tree, subject, pointer);
    return tree.slot;
  }
  // Cloned from the caller's mount namespace, it would still exchange mounts with it. All that is
  // cloned in the new namespace has inherited this from "/".
  Step& step = draft.add(Op::kPropagation, subject, pointer);
  step.src = tree.slot;
  set_propagation(step, first_propagation(draft) | words::kMsRec);
  if (tree.copy_symlink) step.flags |= kCopySymlink;
  return tree.slot;
}

}  // namespace oci::plan
