#include "tests/support/bundle.h"

#include <filesystem>
#include <stdexcept>

#include "tests/support/rootfs.h"

namespace oci::test {
namespace {

namespace fs = std::filesystem;

const std::string& default_config() {
  static const std::string text = [] {
    const TempDir dir;
    const Outcome made = run({.argv = {runtime(), "spec", "--bundle", dir.path()}});
    if (!made.ok()) throw std::runtime_error("spec: " + made.text());
    return read_file(dir / "config.json");
  }();
  return text;
}

std::string fresh_id() {
  static int count = 0;
  // Its pid in the tests' own namespace says nothing; the time makes it unique on this machine.
  static const long long stamp = std::chrono::system_clock::now().time_since_epoch().count();
  return "oci-root-test-" + std::to_string(stamp % 100000000000) + "-" + std::to_string(++count);
}

}  // namespace

const std::string& runtime() {
  static const std::string path = [] {
    const char* given = ::getenv("OCIRUN");
    return fs::absolute(given != nullptr && *given != 0 ? given : OCI_BUILT_RUNTIME).string();
  }();
  return path;
}

bool testing_runc() { return fs::path(runtime()).filename() == "runc"; }

Bundle::Bundle() : id_(fresh_id()) {
  make_rootfs(rootfs());
  config.parse(default_config());
  config.set("/process/terminal", "false").set("/root/readonly", "false");
  // An engine gives each container a cgroup of its own; here, too, so that left-overs can be told.
  config.set_text("/linux/cgroupsPath", "/" + id_);
}

Bundle::~Bundle() { static_cast<void>(remove()); }

Bundle& Bundle::args(const std::vector<std::string>& words) {
  config.set("/process/args", json_array(words));
  return *this;
}

void Bundle::write_config() { write_file(dir() + "/config.json", config.text()); }

Command Bundle::command(const std::vector<std::string>& words) const {
  Command command{.argv = {runtime(), "--root", state_root()}};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  return command;
}

Command Bundle::creation(const char* verb, const std::vector<std::string>& flags) {
  write_config();
  std::vector<std::string> words{verb, "--bundle", dir()};
  words.insert(words.end(), flags.begin(), flags.end());
  words.push_back(id_);
  return command(words);
}

Outcome Bundle::run(const std::vector<std::string>& flags) {
  return test::run(creation("run", flags));
}
Outcome Bundle::create(const std::vector<std::string>& flags) {
  return test::run(creation("create", flags));
}

Outcome Bundle::exec(const std::vector<std::string>& words,
                     const std::vector<std::string>& flags) const {
  std::vector<std::string> all{"exec"};
  all.insert(all.end(), flags.begin(), flags.end());
  all.push_back(id_);
  all.insert(all.end(), words.begin(), words.end());
  return call(all);
}

void Bundle::start_sleeper() {
  args({"/bin/sleep", "1000"});
  if (const Outcome made = create(); !made.ok()) throw std::runtime_error("create: " + made.text());
  if (const Outcome started = start(); !started.ok())
    throw std::runtime_error("start: " + started.text());
}

namespace {
rapidjson::Document state_of(const Bundle& bundle) {
  rapidjson::Document document;
  document.Parse(bundle.call({"state", bundle.id()}).out.c_str());
  return document;
}
}  // namespace

std::string Bundle::status() const {
  const auto state = state_of(*this);
  return state.IsObject() ? state["status"].GetString() : "";
}

int Bundle::pid() const {
  const auto state = state_of(*this);
  return state.IsObject() ? state["pid"].GetInt() : -1;
}

std::string Bundle::annotation(const char* name) const {
  const auto state = state_of(*this);
  if (!state.IsObject() || !state.HasMember("annotations") || !state["annotations"].HasMember(name))
    return "";
  return state["annotations"][name].GetString();
}

}  // namespace oci::test
