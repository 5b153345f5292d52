# oci_flags: an interface target with the project's warnings and code generation.
add_library(oci_flags INTERFACE)
target_compile_options(oci_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -fvisibility=hidden)
# Small is fast here: every command is a process, and what it costs is the pages it touches.
target_compile_options(oci_flags INTERFACE $<$<CONFIG:Release>:-Os> -ffunction-sections -fdata-sections)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_compile_options(oci_flags INTERFACE -Wno-gnu-statement-expression)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False for std::string's operator+ (GCC bug 105651).
  target_compile_options(oci_flags INTERFACE -Wno-restrict)
endif()
if(OCI_WERROR)
  target_compile_options(oci_flags INTERFACE -Werror)
endif()
if(OCI_SANITIZE)
  target_compile_options(oci_flags INTERFACE -fsanitize=${OCI_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(oci_flags INTERFACE -fsanitize=${OCI_SANITIZE})
endif()
if(OCI_FUZZ)
  target_compile_options(oci_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
target_include_directories(oci_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)

# oci_test_flags: for the tests' own sources, which are compiled more often than they are run. To be linked last.
add_library(oci_test_flags INTERFACE)
target_link_libraries(oci_test_flags INTERFACE oci_flags)
target_compile_options(oci_test_flags INTERFACE $<$<CONFIG:Release>:-O0>)
