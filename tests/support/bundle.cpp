#include "tests/support/bundle.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace oci::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kApplets[] = {
    "sh",    "cat",   "echo",  "sleep", "ls",    "id",     "true",   "false",    "mount",
    "kill",  "touch", "mkdir", "stat",  "grep",  "wc",     "head",   "test",     "readlink",
    "env",   "rm",    "cp",    "mv",    "ps",    "umount", "mknod",  "hostname", "ln",
    "seq",   "tr",    "cut",   "sort",  "chmod", "printf", "usleep", "dd",       "ip",
    "uname", "nproc", "tty",   "stty",  "find",  "sed",    "awk",    "mkfifo",   "pwd"};

// Made once a program run; the bundles hard-link its big files.
const TempDir& template_files() {
  static const TempDir dir;
  static const bool made = [] {
    fs::copy_file("/bin/busybox", dir / "busybox");
    fs::copy_file(OCI_PROBE, dir / "probe");
    ::chmod((dir / "busybox").c_str(), 0755);
    ::chmod((dir / "probe").c_str(), 0755);
    return true;
  }();
  static_cast<void>(made);
  return dir;
}

void make_rootfs(const std::string& root) {
  for (const char* name : {"bin", "dev", "etc", "proc", "sys", "tmp", "root", "home", "mnt", "var"})
    fs::create_directories(root + "/" + name);
  ::chmod((root + "/tmp").c_str(), 01777);
  const TempDir& files = template_files();
  for (const char* name : {"busybox", "probe"})
    fs::create_hard_link(files / name, root + "/bin/" + name);
  for (const char* name : kApplets) fs::create_symlink("busybox", root + "/bin/" + name);
  write_file(root + "/etc/passwd",
             "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n");
  write_file(root + "/etc/group", "root:x:0:\nuser:x:1000:\n");
}

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

std::string json_array(const std::vector<std::string>& words) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartArray();
  for (const std::string& word : words)
    writer.String(word.data(), static_cast<rapidjson::SizeType>(word.size()));
  writer.EndArray();
  return buffer.GetString();
}

void Config::parse(const std::string& text) {
  document_.Parse(text.c_str());
  if (document_.HasParseError()) throw std::runtime_error("bad JSON: " + text);
}

Config& Config::set(const char* pointer, const std::string& json) {
  rapidjson::Document value(&document_.GetAllocator());
  value.Parse(json.c_str());
  if (value.HasParseError()) throw std::runtime_error("bad JSON in a test: " + json);
  rapidjson::Pointer(pointer).Set(document_, value);
  return *this;
}

Config& Config::set_text(const char* pointer, const std::string& text) {
  rapidjson::Pointer(pointer).Set(document_, text.c_str());
  return *this;
}

Config& Config::add(const char* pointer, const std::string& json) {
  if (rapidjson::Pointer(pointer).Get(document_) == nullptr) set(pointer, "[]");
  return set((std::string(pointer) + "/-").c_str(), json);
}

Config& Config::drop(const char* pointer) {
  rapidjson::Pointer(pointer).Erase(document_);
  return *this;
}

Config& Config::drop_where(const char* pointer, const char* key, const char* value) {
  rapidjson::Value* array = rapidjson::Pointer(pointer).Get(document_);
  if (array == nullptr) return *this;
  for (auto it = array->Begin(); it != array->End();)
    it = std::strcmp((*it)[key].GetString(), value) == 0 ? array->Erase(it) : it + 1;
  return *this;
}

std::string Config::text() const {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  document_.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

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
