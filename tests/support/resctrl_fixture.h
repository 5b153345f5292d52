// A file system that behaves as resctrl does, where the hardware lacks it: groups come with their
// files and go with them, `schemata` takes lines of what is known, tasks move. Documentation/
// filesystems/resctrl.rst of the kernel. By FUSE: needs root and /dev/fuse.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace oci::test {

class ResctrlFixture {
 public:
  // Mounted at `path`, an empty directory. mounted() is false where that cannot be done.
  explicit ResctrlFixture(std::string path);
  ResctrlFixture(const ResctrlFixture&) = delete;
  ResctrlFixture& operator=(const ResctrlFixture&) = delete;
  ~ResctrlFixture();

  bool mounted() const { return fd_ >= 0; }
  const std::string& path() const { return path_; }
  // By their paths in the file system: "box/tasks". Without going through it.
  std::string content(const std::string& file);
  bool has(const std::string& path);
  void make_group(const std::string& name);

 private:
  struct Node {
    std::string path;  // relative; empty: the root
    bool directory = false;
    std::string text;
  };
  void serve();
  int answer(std::uint32_t op, std::uint64_t node, std::uint32_t pid, std::string_view body,
             std::string& out);
  int answer_for(std::uint64_t id, std::uint32_t op, std::uint32_t pid, std::string_view body,
                 std::string& out);
  int write_file(Node& file, std::uint32_t pid, std::string_view text);
  int write_schemata(Node& file, std::string_view text);
  int make(const std::string& parent, const std::string& name);
  int remove(const std::string& path);
  void add_file(const std::string& path, const std::string& text = {});
  void add_dir(const std::string& path);
  void add_group(const std::string& path, bool control);
  std::uint64_t id_of(const std::string& path) const;  // 0: none
  std::vector<std::string> children(const std::string& path) const;
  void leave_others(const std::string& group, const std::string& task);
  std::string attributes(std::uint64_t id) const;
  std::string entry(std::uint64_t id) const;
  std::string listing(std::uint64_t id, std::uint64_t offset) const;

  std::string path_;
  int fd_ = -1;
  std::thread server_;
  std::mutex mutex_;
  std::map<std::uint64_t, Node> nodes_;
  std::uint64_t next_ = 1;
};

}  // namespace oci::test
