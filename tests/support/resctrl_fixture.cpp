#include "tests/support/resctrl_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

namespace oci::test {
namespace {

constexpr std::size_t kMostGroups = 4;
constexpr const char* kSchemata = "    MB:0=100\n    L3:0=fff;1=fff\n";

template <class T>
std::string_view bytes(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}
template <class T>
T as(std::string_view body) {
  T value{};
  std::memcpy(&value, body.data(), std::min(sizeof value, body.size()));
  return value;
}

std::string last_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }
std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}
// What has ended is in no group.
std::string living(const std::string& tasks) {
  std::string out;
  std::istringstream lines{tasks};
  for (std::string line; std::getline(lines, line);)
    if (::kill(static_cast<pid_t>(std::atol(line.c_str())), 0) == 0) out += line + "\n";
  return out;
}
std::string below(const std::string& dir, const std::string& name) {
  return dir.empty() ? name : dir + "/" + name;
}

}  // namespace

ResctrlFixture::ResctrlFixture(std::string path) : path_(std::move(path)) {
  add_dir("");
  add_dir("info");
  add_file("info/last_cmd_status", "ok\n");
  for (const char* dir : {"info/L3", "info/MB", "info/L3_MON"}) add_dir(dir);
  add_file("info/L3/cbm_mask", "fff\n");
  add_file("info/L3/min_cbm_bits", "2\n");
  add_file("info/L3/num_closids", "4\n");
  add_file("info/MB/bandwidth_gran", "10\n");
  add_file("info/MB/delay_linear", "1\n");
  add_file("info/MB/min_bandwidth", "10\n");
  add_file("info/MB/num_closids", "4\n");
  add_file("info/L3_MON/mon_features", "llc_occupancy\nmbm_total_bytes\nmbm_local_bytes\n");
  add_group("", true);
  fd_ = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (fd_ < 0) return;
  const std::string options =
      "fd=" + std::to_string(fd_) + ",rootmode=40000,user_id=0,group_id=0,allow_other";
  if (::mount("resctrl", path_.c_str(), "fuse", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
    ::close(fd_);
    fd_ = -1;
    return;
  }
  server_ = std::thread([this] { serve(); });
}

ResctrlFixture::~ResctrlFixture() {
  if (fd_ < 0) return;
  ::umount2(path_.c_str(), MNT_FORCE);
  ::umount2(path_.c_str(), MNT_DETACH);
  server_.join();
  ::close(fd_);
}

void ResctrlFixture::add_dir(const std::string& path) { nodes_[next_++] = {path, true, {}}; }
void ResctrlFixture::add_file(const std::string& path, const std::string& text) {
  nodes_[next_++] = {path, false, text};
}

void ResctrlFixture::add_group(const std::string& path, bool control) {
  add_file(below(path, "tasks"));
  add_dir(below(path, "mon_data"));
  const std::string domain = below(path, "mon_data/mon_L3_00");
  add_dir(domain);
  add_file(domain + "/llc_occupancy", "4096\n");
  add_file(domain + "/mbm_total_bytes", "2000\n");
  add_file(domain + "/mbm_local_bytes", "1000\n");
  if (!control) return;
  add_file(below(path, "schemata"), kSchemata);
  add_dir(below(path, "mon_groups"));
}

std::uint64_t ResctrlFixture::id_of(const std::string& path) const {
  for (const auto& [id, node] : nodes_)
    if (node.path == path) return id;
  return 0;
}

std::vector<std::string> ResctrlFixture::children(const std::string& path) const {
  std::vector<std::string> all;
  for (const auto& [id, node] : nodes_)
    if (!node.path.empty() && parent_of(node.path) == path) all.push_back(node.path);
  return all;
}

std::string ResctrlFixture::content(const std::string& file) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t id = id_of(file);
  return id == 0 ? "no such file" : nodes_[id].text;
}

bool ResctrlFixture::has(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return id_of(path) != 0;
}

void ResctrlFixture::make_group(const std::string& name) {
  const std::lock_guard lock(mutex_);
  static_cast<void>(make("", name));
}

int ResctrlFixture::make(const std::string& parent, const std::string& name) {
  const bool monitoring = last_of(parent) == "mon_groups";
  if (!parent.empty() && !monitoring) return EPERM;
  const std::string path = below(parent, name);
  if (id_of(path) != 0) return EEXIST;
  const std::vector<std::string> in_root = children("");
  const auto groups = std::count_if(in_root.begin(), in_root.end(), [&](const std::string& p) {
    return id_of(below(p, "schemata")) != 0;
  });
  if (!monitoring && static_cast<std::size_t>(groups) + 1 >= kMostGroups) {
    nodes_[id_of("info/last_cmd_status")].text = "out of CLOSIDs\n";
    return ENOSPC;
  }
  add_dir(path);
  add_group(path, !monitoring);
  return 0;
}

int ResctrlFixture::remove(const std::string& path) {
  const std::uint64_t id = id_of(path);
  if (id == 0) return ENOENT;
  if (id_of(below(path, "tasks")) == 0) return EPERM;  // no group
  std::erase_if(nodes_, [&](const auto& entry) {
    return entry.second.path == path || entry.second.path.starts_with(path + "/");
  });
  return 0;
}

// A task is in one control group, and in one monitoring group of that or in none.
void ResctrlFixture::leave_others(const std::string& group, const std::string& task) {
  for (auto& [id, node] : nodes_) {
    if (last_of(node.path) != "tasks") continue;
    const std::string other = parent_of(node.path);
    if (parent_of(group) == below(other, "mon_groups")) continue;
    const auto at = ("\n" + node.text).find("\n" + task + "\n");
    if (at != std::string::npos) node.text.erase(at, task.size() + 1);
  }
}

int ResctrlFixture::write_schemata(Node& file, std::string_view text) {
  std::string& status = nodes_[id_of("info/last_cmd_status")].text;
  status = "ok\n";
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    line.erase(0, line.find_first_not_of(' '));
    const std::string resource = line.substr(0, line.find(':') + 1);
    const auto at = file.text.find("    " + resource);
    if (resource.empty() || at == std::string::npos) {
      status = "unknown line\n";
      return EINVAL;
    }
    file.text.replace(at, file.text.find('\n', at) - at, "    " + line);
  }
  return 0;
}

int ResctrlFixture::write_file(Node& file, std::uint32_t pid, std::string_view text) {
  if (last_of(file.path) == "schemata") return write_schemata(file, text);
  if (last_of(file.path) != "tasks") return EACCES;
  const std::string task = text == "0" ? std::to_string(pid) : std::string(text);
  leave_others(parent_of(file.path), task);
  file.text += task + "\n";
  return 0;
}

std::string ResctrlFixture::attributes(std::uint64_t id) const {
  fuse_attr attr{};
  const Node& node = nodes_.at(id);
  attr.ino = id;
  attr.mode = node.directory ? S_IFDIR | 0755u : S_IFREG | 0644u;
  attr.nlink = 1;
  attr.size = node.text.size();
  attr.blksize = 4096;
  return std::string(bytes(attr));
}

std::string ResctrlFixture::entry(std::uint64_t id) const {
  fuse_entry_out out{};
  out.nodeid = id;
  std::string text(bytes(out));
  text.resize(offsetof(fuse_entry_out, attr));
  return text + attributes(id);
}

std::string ResctrlFixture::listing(std::uint64_t id, std::uint64_t offset) const {
  std::string out;
  const auto names = children(nodes_.at(id).path);
  for (std::size_t i = offset; i < names.size(); ++i) {
    const std::string name = last_of(names[i]);
    fuse_dirent head{};
    head.ino = id_of(names[i]);
    head.off = i + 1;
    head.namelen = static_cast<std::uint32_t>(name.size());
    head.type = nodes_.at(head.ino).directory ? DT_DIR : DT_REG;
    out.append(bytes(head).substr(0, FUSE_NAME_OFFSET)).append(name);
    out.resize((out.size() + 7) & ~std::size_t{7});
  }
  return out;
}

int ResctrlFixture::answer(std::uint32_t op, std::uint64_t id, std::uint32_t pid,
                           std::string_view body, std::string& out) {
  if (op == FUSE_INIT) {
    fuse_init_out init{};
    init.major = FUSE_KERNEL_VERSION;
    init.minor = FUSE_KERNEL_MINOR_VERSION;
    init.max_write = 65536;
    out = bytes(init);
    return 0;
  }
  return nodes_.contains(id) ? answer_for(id, op, pid, body, out) : ENOENT;
}

int ResctrlFixture::answer_for(std::uint64_t id, std::uint32_t op, std::uint32_t pid,
                               std::string_view body, std::string& out) {
  Node& node = nodes_.at(id);
  switch (op) {
    case FUSE_LOOKUP: {
      const std::uint64_t child = id_of(below(node.path, body.data()));
      if (child == 0) return ENOENT;
      out = entry(child);
      return 0;
    }
    case FUSE_GETATTR:
    case FUSE_SETATTR: {
      const fuse_attr_out head{};
      out = bytes(head).substr(0, offsetof(fuse_attr_out, attr));
      out += attributes(id);
      return 0;
    }
    case FUSE_MKDIR: {
      const std::string name(body.data() + sizeof(fuse_mkdir_in));
      const std::string parent = node.path;
      if (const int failed = make(parent, name)) return failed;
      out = entry(id_of(below(parent, name)));
      return 0;
    }
    case FUSE_RMDIR: return remove(below(node.path, body.data()));
    case FUSE_OPEN:
    case FUSE_OPENDIR: {
      fuse_open_out open{};
      if (op == FUSE_OPEN) open.open_flags = FOPEN_DIRECT_IO;
      out = bytes(open);
      return 0;
    }
    case FUSE_READ: {
      const auto in = as<fuse_read_in>(body);
      if (last_of(node.path) == "tasks") node.text = living(node.text);
      if (in.offset < node.text.size()) out = node.text.substr(in.offset, in.size);
      return 0;
    }
    case FUSE_READDIR: out = listing(id, as<fuse_read_in>(body).offset); return 0;
    case FUSE_WRITE: {
      const auto in = as<fuse_write_in>(body);
      if (const int failed = write_file(node, pid, body.substr(sizeof in, in.size))) return failed;
      const fuse_write_out written{in.size, 0};
      out = bytes(written);
      return 0;
    }
    case FUSE_FLUSH:
    case FUSE_RELEASE:
    case FUSE_RELEASEDIR: return 0;
    default: return ENOSYS;
  }
}

void ResctrlFixture::serve() {
  std::vector<char> buffer(std::size_t{1} << 18);
  for (;;) {
    const ssize_t size = ::read(fd_, buffer.data(), buffer.size());
    if (size < 0 && (errno == EINTR || errno == ENOENT || errno == EAGAIN)) continue;
    if (size < static_cast<ssize_t>(sizeof(fuse_in_header))) return;  // unmounted
    const std::string_view message(buffer.data(), static_cast<std::size_t>(size));
    const auto head = as<fuse_in_header>(message);
    if (head.opcode == FUSE_FORGET || head.opcode == FUSE_BATCH_FORGET) continue;
    std::string out;
    fuse_out_header reply{};
    {
      const std::lock_guard lock(mutex_);
      reply.error =
          -answer(head.opcode, head.nodeid, head.pid, message.substr(sizeof(fuse_in_header)), out);
    }
    reply.unique = head.unique;
    reply.len = static_cast<std::uint32_t>(sizeof reply + out.size());
    out.insert(0, bytes(reply));
    static_cast<void>(!::write(fd_, out.data(), out.size()));
  }
}

}  // namespace oci::test
