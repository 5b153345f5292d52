// What the fuzz targets share. A target is one function of any bytes, which ends with require()
// where something is not as it must be:
//
//   FUZZ_TARGET(criu_wire) { Input in(bytes); ... require(holds, "what must hold"); }
//
// Built for libFuzzer (OCI_LIBFUZZER) it is that program's entry; else it enters the list of
// fuzz_replay, which runs all targets over their corpora with any compiler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

namespace oci::fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Bytes as choices. At the end of the bytes everything is 0 and empty.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  std::uint8_t byte() { return static_cast<std::uint8_t>(number(1)); }
  bool flag() { return (byte() & 1) != 0; }
  // Of so many bytes, the low one first.
  std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    const std::string_view taken = take(bytes);
    for (std::size_t i = taken.size(); i > 0; --i)
      value = value << 8 | static_cast<std::uint8_t>(taken[i - 1]);
    return value;
  }
  std::size_t below(std::size_t end) { return byte() % end; }
  template <class T>
  const T& pick(std::span<const T> from) {
    return from[below(from.size())];
  }
  // A byte of length and so many bytes.
  std::string_view text() { return take(byte()); }
  // Up to the next byte of that kind, which goes.
  std::string_view until(char end) {
    const std::string_view taken = rest_.substr(0, rest_.find(end));
    rest_.remove_prefix(taken.size() < rest_.size() ? taken.size() + 1 : taken.size());
    return taken;
  }
  // Numbers at which things turn, and now and then any.
  std::uint64_t edge() {
    const std::uint8_t choice = byte();
    if (choice >= 0xf0) return number(8);
    const std::uint64_t bit = std::uint64_t{1} << (choice & 63);
    return choice < 64 ? choice : choice < 128 ? bit : choice < 192 ? bit - 1 : ~bit;
  }

 private:
  std::string_view take(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view rest_;
};

struct Target {
  Target(const char* target_name, void (*target_run)(std::string_view));
  const char* name;
  void (*run)(std::string_view bytes);
  const Target* next;
};

}  // namespace oci::fuzz

#ifdef OCI_LIBFUZZER
#define FUZZ_TARGET_ENTRY(id)                                                         \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    fuzz_##id({reinterpret_cast<const char*>(data), size});                           \
    return 0;                                                                         \
  }
#else
#define FUZZ_TARGET_ENTRY(id) static const oci::fuzz::Target fuzz_target_##id(#id, fuzz_##id);
#endif
#define FUZZ_TARGET(id)                          \
  static void fuzz_##id(std::string_view bytes); \
  FUZZ_TARGET_ENTRY(id)                          \
  static void fuzz_##id([[maybe_unused]] std::string_view bytes)
