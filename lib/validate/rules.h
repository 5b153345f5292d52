// Rules as data: which requirement, how grave, where the spec says it, and the function that looks.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oci/spec.h"
#include "oci/validate.h"

namespace oci::validate_rules {

// Fills in duty and rule by the finding's requirement.
void describe(Finding& finding);

// Takes the findings of one rule. Pointers are relative to the part of the document that is
// checked.
class Report {
 public:
  Report(std::vector<Finding>& out, std::string_view base, Level level, std::string_view id,
         std::string_view anchor)
      : out_(out), base_(base), level_(level), id_(id), anchor_(anchor) {}

  void add(std::string_view pointer, std::string text) {
    Finding& finding = out_.emplace_back();
    finding.level = level_;
    finding.requirement = id_;
    finding.anchor = anchor_;
    finding.pointer.append(base_).append(pointer);
    finding.text = std::move(text);
    describe(finding);
  }

 private:
  std::vector<Finding>& out_;
  std::string_view base_;
  Level level_;
  std::string_view id_, anchor_;
};

template <class Subject>
struct Rule {
  std::string_view id;  // requirement
  Level level;
  std::string_view anchor;
  void (*check)(const Subject&, Report&);
};

template <class Subject>
void apply(std::span<const Rule<Subject>> rules, const Subject& subject, std::string_view base,
           std::vector<Finding>& out) {
  for (const Rule<Subject>& rule : rules) {
    Report report(out, base, rule.level, rule.id, rule.anchor);
    rule.check(subject, report);
  }
}

// The linux block with the document around it.
struct LinuxPart {
  const spec::Spec& spec;
  const spec::Linux& block;
};

// In document order. The bases are "", "/process" (or "" for a process document) and "/linux".
std::span<const Rule<spec::Spec>> head_rules();
std::span<const Rule<spec::Process>> process_rules();
std::span<const Rule<spec::Spec>> config_rules();
std::span<const Rule<LinuxPart>> id_map_rules();
std::span<const Rule<LinuxPart>> sysctl_rules();
std::span<const Rule<spec::Resources>> resource_rules();  // base "/linux/resources"
std::span<const Rule<LinuxPart>> namespace_rules();
std::span<const Rule<LinuxPart>> device_rules();
std::span<const Rule<spec::Seccomp>> seccomp_rules();  // base "/linux/seccomp"
std::span<const Rule<LinuxPart>> linux_rules();        // what follows seccomp
// For advise() alone.
std::span<const Rule<spec::Spec>> config_advice();
std::span<const Rule<spec::Spec>> mount_advice();
std::span<const Rule<LinuxPart>> linux_advice();

// ---- helpers ----

// "/mounts", 3, "/type" -> "/mounts/3/type"
std::string at(std::string_view list, std::size_t index, std::string_view member = {});
// A map's key as part of a JSON pointer. RFC 6901
std::string token(std::string_view key);
// As Go's %q: in double quotes.
std::string quote(std::string_view text);
// A list of numbers and ranges such as "0-3,7". cpuset(7), List format
bool is_number_list(std::string_view text);
// The namespace of that type, or null.
const spec::Namespace* find_namespace(const spec::Linux& block, std::string_view type);
bool has_namespace(const spec::Spec& spec, std::string_view type);

}  // namespace oci::validate_rules
