// Builds an init plan outside. Strings are kept once each; offsets are absolute from the start.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "lib/plan/init_plan.h"

namespace oci::plan {

class Builder {
 public:
  Builder();

  // Each returns a Ref that may be put into a Step.
  Ref str(std::string_view text) { return bytes(text.data(), text.size()); }
  Ref bytes(const void* data, std::size_t size);  // 8-aligned, NUL added
  Ref list(const std::vector<std::string>& items);

  // Appends a step; `subject` begins the text of the error if it fails
  // (`error mounting "proc" to rootfs at "/proc"`) and `pointer` where in the
  // configuration it comes from. The reference is valid until the next add().
  Step& add(Op op, std::string_view subject = {}, std::string_view pointer = {});
  // A slot no one else uses.
  Slot new_slot() { return next_slot_++; }
  std::size_t slots() const { return next_slot_; }

  struct Note {
    std::string subject, pointer;
  };
  const std::vector<Note>& notes() const { return notes_; }
  std::vector<Note> take_notes() { return std::move(notes_); }

  // The finished buffer. The builder is empty afterwards.
  std::vector<std::byte> finish();

 private:
  std::vector<std::byte> data_;
  std::vector<Step> steps_;
  std::vector<Note> notes_;
  Slot next_slot_ = 1;
};

}  // namespace oci::plan
