#include "tests/unit/validate/support.h"

using namespace oci;
using oci::spec::Resources;
using oci::spec::Spec;
using oci::test::check_clean;

namespace oci::test {
namespace {

Case resource(Level level, const std::string& id, const std::string& pointer,
              const std::string& text, std::function<void(Resources&)> change) {
  return {[=](Spec& s) { change(s.linux_->resources.emplace()); }, level, id,
          "/linux/resources" + pointer, text};
}

spec::DeviceCgroup rule(std::string type, std::string access) {
  spec::DeviceCgroup out;
  out.type = std::move(type);
  out.access = std::move(access);
  return out;
}

}  // namespace

std::vector<Case> resource_cases() {
  const Level error = Level::kError, warning = Level::kWarning;
  const auto weight = [](unsigned n) {
    return "blkio weight must be between 10 and 1000, not " + std::to_string(n);
  };
  return {
      resource(error, "S158", "/devices/0/access", "device access at 0 field cannot be empty",
               [](Resources& r) { r.devices = {rule("a", "")}; }),
      resource(error, "S158", "/devices/1/type", "invalid cgroup device type \"q\"",
               [](Resources& r) {
                 r.devices = {rule("", "rwm"), rule("q", "r")};
               }),
      resource(warning, "S158", "/devices/0/access",
               "device access \"rx\" has letters other than r, w and m",
               [](Resources& r) { r.devices = {rule("c", "rx")}; }),
      resource(warning, "S165", "/memory/kernel",
               "Kernel memory settings are ignored and will be removed",
               [](Resources& r) { r.memory.emplace().kernel = 1; }),
      resource(warning, "S165", "/memory/kernelTCP",
               "Kernel memory settings are ignored and will be removed",
               [](Resources& r) { r.memory.emplace().kernel_tcp = 1; }),
      resource(error, "S174", "/cpu/cpus", "invalid CPU list \"x\"",
               [](Resources& r) { r.cpu.emplace().cpus = "x"; }),
      resource(error, "S174", "/cpu/mems", "invalid memory node list \"0,\"",
               [](Resources& r) { r.cpu.emplace().mems = "0,"; }),
      resource(error, "S175", "/cpu/idle", "cpu.idle must be 0 or 1, not 2",
               [](Resources& r) { r.cpu.emplace().idle = 2; }),
      resource(error, "S176", "/blockIO/weight", weight(9),
               [](Resources& r) { r.block_io.emplace().weight = 9; }),
      resource(error, "S176", "/blockIO/leafWeight", weight(1001),
               [](Resources& r) { r.block_io.emplace().leaf_weight = 1001; }),
      resource(error, "S176", "/blockIO/weightDevice/0/weight", weight(5),
               [](Resources& r) {
                 r.block_io.emplace().weight_device = {{8, 0, 5, {}}};
               }),
      resource(error, "S181", "/hugepageLimits/0/pageSize", "invalid hugepage size \"64kB\"",
               [](Resources& r) {
                 r.hugepage_limits = {{"64kB", 1}};
               }),
      resource(error, "S181", "/hugepageLimits/0/pageSize", "invalid hugepage size \"../2MB\"",
               [](Resources& r) {
                 r.hugepage_limits = {{"../2MB", 1}};
               }),
      resource(error, "S185", "/rdma/mlx~15",
               "rdma \"mlx/5\" needs at least one of hcaHandles and hcaObjects",
               [](Resources& r) { r.rdma["mlx/5"] = {}; }),
      resource(error, "S186", "/unified/a~1b",
               "unified resource \"a/b\" must be a file name (no slashes)",
               [](Resources& r) { r.unified["a/b"] = "1"; }),
      resource(error, "S186", "/unified/..",
               "unified resource \"..\" must be a file name (no slashes)",
               [](Resources& r) { r.unified[".."] = "1"; }),
  };
}

}  // namespace oci::test

BOOST_AUTO_TEST_SUITE(resource_rules)

BOOST_AUTO_TEST_CASE(each_rule_has_its_text_and_pointer) {
  for (const test::Case& c : test::resource_cases()) test::check_case(c);
}

BOOST_AUTO_TEST_CASE(what_is_allowed) {
  check_clean([](Spec& s) {
    Resources& r = s.linux_->resources.emplace();
    r.devices = {test::rule("", "rwm"), test::rule("c", "r")};
    r.memory.emplace().swappiness = 100;
    r.memory->kernel = 0;
    r.memory->limit = -1;
    r.cpu.emplace().cpus = "0-3";
    r.cpu->idle = 1;
    r.block_io.emplace().weight = 0;
    r.block_io->leaf_weight = 10;
    r.hugepage_limits = {{"2MB", 0}, {"1GB", 1}, {"64KB", 1}};
    r.rdma["mlx5"].hca_handles = 0;
    r.unified["memory.high"] = "max";
  });
}

BOOST_AUTO_TEST_SUITE_END()
