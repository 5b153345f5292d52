#include "conformance/container.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>

#include "tests/support/host.h"
#include "tests/support/rootfs.h"

namespace oci::conformance {
namespace {

constexpr const char* kConfig = R"({
  "ociVersion": "1.0.2",
  "process": {
    "terminal": false, "user": {"uid": 0, "gid": 0}, "args": ["/bin/true"], "cwd": "/",
    "env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
    "capabilities": {"bounding": [], "effective": [], "inheritable": [], "permitted": []}
  },
  "root": {"path": "rootfs"},
  "mounts": [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
    {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
     "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]},
    {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid", "noexec", "nodev", "mode=1777"]},
    {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": ["nosuid", "noexec", "nodev"]},
    {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]}
  ],
  "linux": {
    "namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}],
    "resources": {"devices": [{"allow": false, "access": "rwm"}]}
  }
})";

std::string fresh_id() {
  static int count = 0;
  static const long long stamp = std::chrono::system_clock::now().time_since_epoch().count();
  return "oci-conformance-" + std::to_string(stamp % 100000000000) + "-" + std::to_string(++count);
}

// An error that the runtime means: not a crash, a hang, or a program that cannot be executed.
bool is_error(const Outcome& outcome) { return outcome.code > 0 && outcome.code < 126; }

bool is_alive(int pid) { return pid > 0 && ::kill(pid, 0) == 0; }

}  // namespace

std::string& runtime() {
  static std::string path;
  return path;
}

Container::Container() : id_(fresh_id()) {
  test::make_rootfs(rootfs());
  // A container in a user namespace must be able to come here.
  ::chmod(temp_.path().c_str(), 0755);
  config.parse(kConfig);
  config.set_text("/linux/cgroupsPath", "/" + id_);
}

Container::~Container() { destroy(); }

void Container::destroy() {
  if (creation_ == nullptr) return;
  creation_.reset();
  if (state().ok()) {
    const int init = pid();
    static_cast<void>(kill("KILL"));
    test::eventually([&] { return !is_alive(init); });
    // Beyond the specification, for what would stay otherwise.
    if (!remove().ok()) static_cast<void>(call({"delete", "--force", id_}));
  }
  // What a runtime leaves behind must not stay on the machine.
  auto dirs = test::cgroup_dirs(id_);
  for (auto dir = dirs.rbegin(); dir != dirs.rend(); ++dir) ::rmdir(dir->c_str());
}

Container& Container::args(const std::vector<std::string>& words) {
  config.set("/process/args", test::json_array(words));
  return *this;
}

Container& Container::mount(const std::string& destination, const std::string& type,
                            const std::string& source, const std::vector<std::string>& options) {
  config.add("/mounts", "{}");
  const auto index = std::to_string(config.document()["mounts"].Size() - 1);
  const std::string at = "/mounts/" + index;
  config.set_text((at + "/destination").c_str(), destination)
      .set_text((at + "/type").c_str(), type)
      .set_text((at + "/source").c_str(), source)
      .set((at + "/options").c_str(), test::json_array(options));
  return *this;
}

Container& Container::bind(const std::string& source, const std::string& destination,
                           std::vector<std::string> options) {
  options.insert(options.begin(), "bind");
  return mount(destination, "none", source, options);
}

Container& Container::map_ids() {
  const char* map = R"([{"containerID":0,"hostID":100000,"size":1000}])";
  config.add("/linux/namespaces", R"({"type":"user"})")
      .set("/linux/uidMappings", map)
      .set("/linux/gidMappings", map);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(rootfs()))
    if (entry.is_directory() && !entry.is_symlink())
      static_cast<void>(!::chown(entry.path().c_str(), 100000, 100000));
  static_cast<void>(!::chown(rootfs().c_str(), 100000, 100000));
  return *this;
}

void Container::write_config() const { test::write_file(bundle() + "/config.json", config.text()); }

Outcome Container::call(const std::vector<std::string>& words) const {
  Command command{.argv = {runtime()}};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  return test::run(command);
}

Outcome Container::create(const std::vector<std::string>& flags) {
  destroy();
  write_config();
  Command command{.argv = {runtime(), "create", "--bundle", bundle()}};
  command.argv.insert(command.argv.end(), flags.begin(), flags.end());
  command.argv.push_back(id_);
  creation_ = std::make_unique<test::Running>(command);
  Outcome outcome = creation_->wait();
  error_ = outcome.err;
  return outcome;
}

void Container::launch() {
  const Outcome created = create();
  BOOST_REQUIRE_MESSAGE(created.ok(), "create: " << created.text());
  const Outcome started = start();
  BOOST_REQUIRE_MESSAGE(started.ok(), "start: " << started.text() << creation_->err());
}

std::string Container::output() {
  const Outcome created = create();
  BOOST_REQUIRE_MESSAGE(created.ok(), "create: " << created.text());
  const int init = pid();
  const Outcome started = start();
  BOOST_REQUIRE_MESSAGE(started.ok(), "start: " << started.text() << creation_->err());
  const bool ended = test::eventually([&] { return !is_alive(init); }, std::chrono::seconds(10));
  BOOST_CHECK_MESSAGE(ended, "the process does not end");
  // What the runtime says while it creates are warnings, and allowed.
  const std::string said = creation_->err();
  BOOST_CHECK_MESSAGE(said == created.err, "standard error: " << said);
  return creation_->out();
}

std::map<std::string, std::string> Container::probe(const std::vector<std::string>& words) {
  std::vector<std::string> all{"/bin/probe"};
  all.insert(all.end(), words.begin(), words.end());
  return test::facts(args(all).output());
}

bool Container::refused() {
  const Outcome created = create();
  if (!created.ok()) return is_error(created);
  const Outcome started = start();
  error_ = started.err;
  return is_error(started);
}

rapidjson::Document Container::document() const {
  rapidjson::Document document;
  document.Parse(state().out.c_str());
  return document;
}

std::string Container::word(const char* key) const {
  const auto all = document();
  if (!all.IsObject() || !all.HasMember(key) || !all[key].IsString()) return "";
  return all[key].GetString();
}

int Container::pid() const {
  const auto all = document();
  if (!all.IsObject() || !all.HasMember("pid") || !all["pid"].IsInt()) return 0;
  return all["pid"].GetInt();
}

bool Container::wait_for(const std::string& wanted) const {
  return test::eventually([&] { return status() == wanted; }, std::chrono::seconds(10));
}

std::string Container::written() const { return creation_ == nullptr ? "" : creation_->out(); }

}  // namespace oci::conformance
