// What every case of the suite uses.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>

#include "conformance/container.h"
#include "tests/support/host.h"
#include "tests/support/proves.h"

namespace oci::conformance {

using test::proves;

}  // namespace oci::conformance

// Ends the case where it cannot run.
#define SKIP_IF(condition, why)         \
  do {                                  \
    if (condition) {                    \
      ::oci::test::skip_reason() = why; \
      return;                           \
    }                                   \
  } while (false)

#define REQUIRE_OK(outcome)                                                 \
  do {                                                                      \
    const ::oci::conformance::Outcome& outcome_ = (outcome);                \
    BOOST_REQUIRE_MESSAGE(outcome_.ok(), #outcome ": " << outcome_.text()); \
  } while (false)

#define CHECK_HAS(text, part)                                  \
  do {                                                         \
    const std::string text_ = (text), part_ = (part);          \
    BOOST_CHECK_MESSAGE(::oci::test::contains(text_, part_),   \
                        "no '" << part_ << "' in: " << text_); \
  } while (false)
