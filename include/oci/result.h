// Result, Status and Error: how every fallible function of liboci answers.
//
// An Error is data. `code` is for programs: few values, stable across releases, also found in the
// JSON log. `text` is for people and carries what engines match. Nothing in liboci throws;
// `value()` does, for callers who prefer exceptions. Thread-safety: all types here are plain
// values.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace [[gnu::visibility("default")]] oci {

// Stable error codes. New ones are only added at the end; see docs/errors.md.
enum class Code {
  kInternal,         // a defect in liboci itself
  kInvalidConfig,    // the bundle's config.json, a process or a resources document breaks a rule
  kInvalidArgument,  // the caller's argument (id, flag, signal, path) breaks a rule
  kNotFound,         // no such container
  kAlreadyExists,    // the container id is taken
  kWrongState,       // the operation does not fit the container's status
  kNotRunning,       // the container's init is gone
  kUnsupported,      // this kernel or this build lacks what is asked for
  kPermission,       // EPERM or EACCES from the kernel
  kSystem,           // any other failed kernel call
  kHook,             // a lifecycle hook failed or timed out
  kExec,             // the program of the container cannot be executed
  kCgroup,           // a cgroup cannot be made, joined or configured
  kOutOfMemory,      // the container's init was killed for want of memory
  kCorruptState,     // the record on disk cannot be read
};

// The code's stable spelling, for logs: "invalid-config", "not-found", ...
std::string_view code_name(Code code) noexcept;

struct [[nodiscard]] Error {
  Code code = Code::kInternal;
  std::string text;   // whole sentence for people, outermost context first
  int sys_errno = 0;  // errno of the failed kernel call, or 0
  std::string where;  // JSON pointer into the document, or a path, or a flag; may be empty
  std::string step;   // step of the plan that failed; may be empty

  // The same error with `context: ` before its text.
  Error with_context(std::string_view context) && {
    text.insert(0, ": ").insert(0, context);
    return std::move(*this);
  }
};

// Either a T or an Error.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  Result(Error error)
      : v_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  explicit operator bool() const noexcept { return v_.index() == 0; }
  bool ok() const noexcept { return v_.index() == 0; }

  // Precondition: ok().
  T& operator*() & noexcept { return *std::get_if<0>(&v_); }
  const T& operator*() const& noexcept { return *std::get_if<0>(&v_); }
  T* operator->() noexcept { return std::get_if<0>(&v_); }
  const T* operator->() const noexcept { return std::get_if<0>(&v_); }
  T&& take() noexcept { return std::move(*std::get_if<0>(&v_)); }

  // Precondition: !ok().
  Error& error() & noexcept { return *std::get_if<1>(&v_); }
  const Error& error() const& noexcept { return *std::get_if<1>(&v_); }
  Error&& error() && noexcept { return std::move(*std::get_if<1>(&v_)); }

  // Throws std::runtime_error(error().text) when there is no value.
  T& value() & {
    if (!ok()) throw std::runtime_error(error().text);
    return **this;
  }
  T value() && {
    if (!ok()) throw std::runtime_error(error().text);
    return take();
  }

 private:
  std::variant<T, Error> v_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT: implicit by design

  explicit operator bool() const noexcept { return ok_; }
  bool ok() const noexcept { return ok_; }
  void take() const noexcept {}
  Error& error() & noexcept { return error_; }
  const Error& error() const& noexcept { return error_; }
  Error&& error() && noexcept { return std::move(error_); }
  void value() const {
    if (!ok_) throw std::runtime_error(error_.text);
  }

 private:
  Error error_;
  bool ok_ = true;
};

using Status = Result<void>;

}  // namespace oci
