// Versions of liboci and of the spec it implements.
#pragma once

#define OCI_VERSION_STRING "0.1.0"

namespace [[gnu::visibility("default")]] oci {

// "MAJOR.MINOR.PATCH" of the library that is linked.
const char* version() noexcept;
// Commit it was built from; may be empty.
const char* commit() noexcept;
inline constexpr const char* kSpecVersion = "1.3.0";
// "2.5.4": version of the linked libseccomp.
const char* libseccomp_version() noexcept;

}  // namespace oci
