// What is measured. Within one iteration all runtimes have their turn, so that the machine's noise
// falls on all alike.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/bench/subject.h"

namespace oci::bench {

// Measured values of one quantity, by runtime.
using Values = std::map<std::string, std::vector<double>>;
// By quantity; the words are those of kQuantities.
using Results = std::map<std::string, Values>;

struct Quantity {
  const char* name;
  const char* unit;
};
inline constexpr Quantity kQuantities[] = {
    {"run, busybox true", "ms"},
    {"run, no-libc true", "ms"},
    {"create", "ms"},
    {"start", "ms"},
    {"delete", "ms"},
    {"create+start+wait+delete", "ms"},
    {"exec, busybox true", "ms"},
    {"exec, no-libc true", "ms"},
    {"state", "ms"},
    {"delete --force of a running one", "ms"},
    {"list of 100", "ms"},
    {"peak RSS of run", "kB"},
    {"peak RSS of create", "kB"},
    {"RSS of the waiting init", "kB"},
};

struct Setting {
  std::vector<Subject> subjects;
  Bundles& bundles;
  std::string prefix;  // of all container ids
  std::string peak;    // the program peak
  std::string scratch;
  std::size_t n = 30, listed = 100;
  std::string only = {};  // one of kGroups; empty: all
};

// The quantities are measured in these groups.
inline constexpr const char* kGroups[] = {"run", "lifecycle", "running", "force", "list", "memory"};

// Runs one container with `subject`; the reason where it cannot.
std::string trial(const Setting& setting, const Subject& subject);
Results measure_all(const Setting& setting);

}  // namespace oci::bench
