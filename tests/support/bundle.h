// A container for a test: bundle with a busybox rootfs, private state root, clean-up.
#pragma once

#include <string>
#include <vector>

#include "tests/support/config.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace oci::test {

// The runtime under test: OCIRUN, or the one built with these tests.
const std::string& runtime();
// runc differs from us on purpose in places; a test may say so.
bool testing_runc();

class Bundle {
 public:
  // The configuration is what `spec` of the runtime writes, without a terminal and with a writable
  // root.
  Bundle();
  Bundle(const Bundle&) = delete;
  Bundle& operator=(const Bundle&) = delete;
  ~Bundle();

  Config config;
  const std::string& id() const { return id_; }
  std::string dir() const { return temp_ / "bundle"; }
  std::string rootfs() const { return dir() + "/rootfs"; }
  std::string state_root() const { return temp_ / "state"; }
  std::string state_dir() const { return state_root() + "/" + id_; }
  std::string scratch(const std::string& name) const { return temp_ / name; }

  Bundle& args(const std::vector<std::string>& words);
  Bundle& shell(const std::string& script) { return args({"/bin/sh", "-c", script}); }
  void write_config();

  // The command line of the runtime with the private --root.
  Command command(const std::vector<std::string>& words) const;
  Outcome call(const std::vector<std::string>& words) const { return test::run(command(words)); }
  // Each writes config.json first. `flags` come before the id.
  Outcome run(const std::vector<std::string>& flags = {});
  Outcome create(const std::vector<std::string>& flags = {});
  Command creation(const char* verb, const std::vector<std::string>& flags);
  Outcome start() const { return call({"start", id_}); }
  Outcome exec(const std::vector<std::string>& words,
               const std::vector<std::string>& flags = {}) const;
  // create and start of a process that stays until it is killed.
  void start_sleeper();
  Outcome remove() const { return call({"delete", "--force", id_}); }

  // Of `state`; empty when there is no such container.
  std::string status() const;
  int pid() const;
  std::string annotation(const char* name) const;

 private:
  TempDir temp_;
  std::string id_;
};

}  // namespace oci::test
