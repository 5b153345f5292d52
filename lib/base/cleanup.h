// Undo guards: run something at the end of a scope unless it was committed.
#pragma once

#include <utility>

namespace oci {

template <class F>
class [[nodiscard]] Cleanup {
 public:
  explicit Cleanup(F undo) : undo_(std::move(undo)) {}
  Cleanup(const Cleanup&) = delete;
  Cleanup& operator=(const Cleanup&) = delete;
  ~Cleanup() {
    if (armed_) undo_();
  }
  void commit() noexcept { armed_ = false; }

 private:
  F undo_;
  bool armed_ = true;
};

}  // namespace oci
