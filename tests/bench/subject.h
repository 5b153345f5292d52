// A runtime under measurement: its command lines, and the floor program's, which does the same work
// bare.
#pragma once

#include <string>

#include "tests/bench/measure.h"

namespace oci::bench {

// One container: bundle on disk, id, where its pid is written.
struct Container {
  std::string id, bundle, pid_file;
  Words program;
  pid_t pid() const;
};

class Subject {
 public:
  // `state_root` is made by the runtime; `view` is v1, v2 or hybrid.
  Subject(std::string name, std::string path, std::string state_root, const std::string& view);
  const std::string& name() const { return name_; }
  const std::string& path() const { return path_; }
  bool bare() const { return name_ == "floor"; }

  Words run(const Container& c) const;
  Words create(const Container& c) const;
  Words start(const Container& c) const;
  Words state(const Container& c) const;
  Words remove(const Container& c) const;
  Words kill_and_remove(const Container& c) const;
  Words exec(const Container& c, const Words& program) const;
  Words list() const;

 private:
  Words command(const Words& words) const;
  Words floor(const Container& c, const Words& words) const;
  std::string name_, path_, state_root_;
  bool v1_;
};

// Bundles that share one root file system of busybox and noop.
class Bundles {
 public:
  // `directory` exists; `spec` is what the runtime's `spec` command wrote.
  Bundles(std::string directory, std::string spec, const std::string& noop);
  Container make(const std::string& id, const Words& program);

 private:
  std::string directory_, spec_;
};

}  // namespace oci::bench
