// TRY: the value of a Result, or return its Error from the enclosing function.
#pragma once

#include "oci/result.h"

#define OCI_CONCAT_(a, b) a##b
#define OCI_CONCAT(a, b) OCI_CONCAT_(a, b)

#define OCI_TRY_(var, ...)           \
  __extension__({                    \
    auto var = (__VA_ARGS__);        \
    if (!var) [[unlikely]]           \
      return std::move(var).error(); \
    var.take();                      \
  })
#define TRY(...) OCI_TRY_(OCI_CONCAT(try_result_, __COUNTER__), __VA_ARGS__)

// Like TRY, with `context: ` put before the error's text.
#define OCI_TRY_CTX_(var, context, ...)                               \
  __extension__({                                                     \
    auto var = (__VA_ARGS__);                                         \
    if (!var) [[unlikely]]                                            \
      return std::move(std::move(var).error()).with_context(context); \
    var.take();                                                       \
  })
#define TRY_CTX(context, ...) \
  OCI_TRY_CTX_(OCI_CONCAT(try_result_, __COUNTER__), context, __VA_ARGS__)
