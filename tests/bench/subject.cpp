#include "tests/bench/subject.h"

#include <filesystem>
#include <stdexcept>
#include <utility>

namespace oci::bench {
namespace {

namespace fs = std::filesystem;

void replace(std::string& text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("the default configuration has no " + from);
  text.replace(at, from.size(), to);
}

std::string quoted(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "\"" : ", \"") + word + "\"";
  return text;
}

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

pid_t Container::pid() const { return std::stoi(read_text(pid_file)); }

Subject::Subject(std::string name, std::string path, std::string state_root,
                 const std::string& view)
    : name_(std::move(name)),
      path_(std::move(path)),
      state_root_(std::move(state_root)),
      v1_(view != "v2") {}

Words Subject::command(const Words& words) const {
  return Words{path_, "--root", state_root_} + words;
}

Words Subject::floor(const Container& c, const Words& words) const {
  Words argv{path_};
  if (v1_) argv.push_back("-v1");
  return argv + Words{"-id", c.id, "-pid-file", c.pid_file} + words;
}

Words Subject::run(const Container& c) const {
  if (bare()) return floor(c, Words{"run", c.bundle + "/rootfs"} + c.program);
  return command({"run", "--bundle", c.bundle, c.id});
}

Words Subject::create(const Container& c) const {
  if (bare()) return floor(c, Words{"create", c.bundle + "/rootfs"} + c.program);
  return command({"create", "--bundle", c.bundle, "--pid-file", c.pid_file, c.id});
}

Words Subject::start(const Container& c) const {
  return bare() ? floor(c, {"start"}) : command({"start", c.id});
}

Words Subject::state(const Container& c) const {
  return bare() ? Words{path_, "nothing"} : command({"state", c.id});
}

Words Subject::remove(const Container& c) const {
  return bare() ? floor(c, {"delete"}) : command({"delete", c.id});
}

Words Subject::kill_and_remove(const Container& c) const {
  if (bare()) return floor(c, {"killdelete", std::to_string(c.pid())});
  return command({"delete", "--force", c.id});
}

Words Subject::exec(const Container& c, const Words& program) const {
  if (bare()) return floor(c, Words{"exec", std::to_string(c.pid())} + program);
  return command({"exec", c.id}) + program;
}

Words Subject::list() const { return bare() ? Words{path_, "nothing"} : command({"list"}); }

Bundles::Bundles(std::string directory, std::string spec, const std::string& noop)
    : directory_(std::move(directory)), spec_(std::move(spec)) {
  const std::string rootfs = directory_ + "/rootfs";
  for (const char* name : {"bin", "dev", "proc", "sys", "tmp"})
    fs::create_directories(rootfs + "/" + name);
  fs::copy_file("/bin/busybox", rootfs + "/bin/busybox", fs::copy_options::overwrite_existing);
  fs::copy_file(noop, rootfs + "/noop", fs::copy_options::overwrite_existing);
  replace(spec_, "\"terminal\": true", "\"terminal\": false");
  // Older peers refuse versions that they do not know.
  replace(spec_, "\"ociVersion\": \"1.3.0\"", "\"ociVersion\": \"1.0.2\"");
}

Container Bundles::make(const std::string& id, const Words& program) {
  const std::string bundle = directory_ + "/" + id;
  fs::create_directories(bundle);
  std::error_code there;
  fs::create_symlink("../rootfs", bundle + "/rootfs", there);
  std::string config = spec_;
  replace(config, "\"sh\"", quoted(program));
  replace(config, "\"path\": \"rootfs\"", "\"path\": \"" + directory_ + "/rootfs\"");
  // Never the default one: some runtimes take an empty path for the root cgroup.
  replace(config, "\"linux\": {", "\"linux\": {\"cgroupsPath\": \"/" + id + "\",");
  write_text(bundle + "/config.json", config);
  return {id, bundle, bundle + "/pid", program};
}

}  // namespace oci::bench
