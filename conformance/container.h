// A container of the runtime under test, driven by nothing but the operations of the specification:
// create, start, state, kill, delete. Spec: runtime.md#operations
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/config.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace oci::conformance {

using test::Command;
using test::Config;
using test::Outcome;

// Set once by main().
std::string& runtime();

class Container {
 public:
  // A bundle with a busybox root filesystem and a configuration that every runtime on Linux must
  // take: new pid, network, ipc, uts and mount namespaces and the file systems that programs
  // expect.
  Container();
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;
  ~Container();  // nothing is left of it

  Config config;
  const std::string& id() const { return id_; }
  std::string bundle() const { return temp_ / "bundle"; }
  std::string rootfs() const { return bundle() + "/rootfs"; }
  std::string scratch(const std::string& name) const { return temp_ / name; }

  Container& args(const std::vector<std::string>& words);
  Container& shell(const std::string& script) { return args({"/bin/sh", "-c", script}); }
  Container& sleeper() { return args({"/bin/sleep", "1000"}); }
  // A mount of config.json; `options` are words of its list.
  Container& mount(const std::string& destination, const std::string& type,
                   const std::string& source, const std::vector<std::string>& options);
  Container& bind(const std::string& source, const std::string& destination,
                  std::vector<std::string> options = {});

  // A user namespace of its own: its ids from 0 are the host's from 100000, its root owns what it
  // must write.
  Container& map_ids();

  // `create` writes config.json first; flags stand before the id.
  Outcome create(const std::vector<std::string>& flags = {});
  Outcome start() const { return call({"start", id_}); }
  Outcome kill(const std::string& signal) const { return call({"kill", id_, signal}); }
  Outcome remove() const { return call({"delete", id_}); }
  Outcome state() const { return call({"state", id_}); }
  Outcome call(const std::vector<std::string>& words) const;
  void write_config() const;

  // create and start, which must succeed; the process runs.
  void launch();
  // launch, then wait until the process has ended; what it has written. Whatever was there before
  // of this container is deleted first, so that one case can run it with several configurations.
  std::string output();
  // What the probe prints as the container's process.
  std::map<std::string, std::string> probe(const std::vector<std::string>& words = {});
  // Whether the runtime refuses to create or to start it.
  bool refused();
  std::string last_error() const { return error_; }

  // Of the answer of `state`; empty or 0 where there is none.
  rapidjson::Document document() const;
  std::string word(const char* key) const;
  std::string status() const { return word("status"); }
  int pid() const;
  bool wait_for(const std::string& status) const;
  std::string written() const;  // standard output until now
  // Kills, deletes.
  void destroy();

 private:
  test::TempDir temp_;
  std::string id_, error_;
  std::unique_ptr<test::Running> creation_;
};

}  // namespace oci::conformance
