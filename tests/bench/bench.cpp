// bench [--n N] [--views v1,v2] [--only GROUP] [--listed N] [NAME=PATH ...]: measures ocirun beside
// runc, crun and the floor in turn and prints markdown. Needs root, busybox-static, and the peers
// it is to compare with.
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "tests/bench/measure.h"
#include "tests/bench/modes.h"
#include "tests/bench/report.h"
#include "tests/support/temp_dir.h"

namespace oci::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kSkipped = 77;

struct Options {
  std::size_t n = 30, listed = 100;
  std::string views = "v1,v2", only, inside,
              output;  // inside: the view this process is in, and where to write
  std::map<std::string, std::string> paths{{"ocirun", OCI_BUILT_RUNTIME},
                                           {"floor", OCI_FLOOR},
                                           {"crun", "/usr/bin/crun"},
                                           {"runc", "/usr/sbin/runc"}};
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&]() -> std::string {
      if (++i >= argc) throw std::runtime_error(word + " needs a value");
      return argv[i];
    };
    if (word == "--n")
      options.n = std::stoul(value());
    else if (word == "--listed")
      options.listed = std::stoul(value());
    else if (word == "--only")
      options.only = value();
    else if (word == "--views")
      options.views = value();
    else if (word == "--inside")
      options.inside = value();
    else if (word == "--output")
      options.output = value();
    else if (const auto equals = word.find('='); equals != std::string::npos)
      options.paths[word.substr(0, equals)] = word.substr(equals + 1);
    else
      throw std::runtime_error("unknown word " + word);
  }
  if (!options.only.empty() &&
      std::find(std::begin(kGroups), std::end(kGroups), options.only) == std::end(kGroups))
    throw std::runtime_error("unknown group " + options.only);
  return options;
}

std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (char& c : text)
    if (c == '\n' || c == '\t') c = ' ';
  return text;
}

std::string default_spec(const std::string& ocirun, const std::string& directory) {
  timed({ocirun, "spec", "--bundle", directory});
  return read_text(directory + "/config.json");
}

// State belongs on a tmpfs, as /run is: on a disk's file system the replacing of records waits for
// the disk.
class StateDir {
 public:
  explicit StateDir(std::string path) : path_(std::move(path)) {
    fs::create_directory(path_);
    if (::mount("tmpfs", path_.c_str(), "tmpfs", 0, "mode=700") != 0)
      throw std::runtime_error("cannot mount a tmpfs");
  }
  StateDir(const StateDir&) = delete;
  StateDir& operator=(const StateDir&) = delete;
  ~StateDir() { ::umount2(path_.c_str(), MNT_DETACH); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Within a view: measures, and writes what it found to the output file.
void measure(const Options& options) {
  // What the runtimes leave running is reaped here.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const test::TempDir work;
  const StateDir state(work / "state");
  Bundles bundles(work.path(), default_spec(options.paths.at("ocirun"), work.path()), OCI_NOOP);
  Setting setting{.subjects = {},
                  .bundles = bundles,
                  .prefix = "ocibench" + std::to_string(::getpid()) + "-",
                  .peak = OCI_PEAK,
                  .scratch = work.path(),
                  .n = options.n,
                  .listed = options.listed,
                  .only = options.only};
  ViewReport report;
  report.view = options.inside;
  for (const auto& [name, path] : options.paths) {
    const Subject subject(name, path, state / name, options.inside);
    const std::string reason =
        fs::exists(path) ? trial(setting, subject) : path + " is not installed";
    if (reason.empty()) {
      setting.subjects.push_back(subject);
      continue;
    }
    report.notes.push_back("NOT MEASURED: " + name + ": " + one_line(reason));
    std::cerr << options.inside << ": " << report.notes.back() << "\n";
    if (name == "ocirun") throw std::runtime_error("there is nothing to measure");
  }
  report.results = measure_all(setting);
  write_text(options.output, encode(report));
}

ViewReport in_view(const Options& options, const std::string& view, const std::string& output) {
  Words argv{OCI_CGROUP_VIEW,
             view,
             fs::read_symlink("/proc/self/exe"),
             "--inside",
             view,
             "--output",
             output,
             "--n",
             std::to_string(options.n),
             "--listed",
             std::to_string(options.listed),
             "--only",
             options.only};
  for (const auto& [name, path] : options.paths) argv.push_back(name + "=" + path);
  const Run result = run(argv);
  if (result.code != 0) throw std::runtime_error("view " + view + ": " + result.errors);
  ViewReport report = decode(read_text(output));
  report.view = view;
  return report;
}

// crun sets RLIMIT_MEMLOCK to infinity before it loads a device program, and gives up where it may
// not.
void warn_of_crun(std::vector<ViewReport>& reports) {
  rlimit limit{};
  ::getrlimit(RLIMIT_MEMLOCK, &limit);
  for (ViewReport& report : reports)
    for (std::string& note : report.notes)
      if (note.find("crun") != std::string::npos && note.find("MEMLOCK") != std::string::npos)
        note +=
            ". It raises RLIMIT_MEMLOCK, which takes CAP_SYS_RESOURCE, and this machine gives "
            "none; "
            "the ratios to crun are to its figures under another view";
}

int main_of(int argc, char** argv) {
  const Options options = parse(argc, argv);
  if (!options.inside.empty()) {
    measure(options);
    return 0;
  }
  if (::geteuid() != 0 || !fs::exists("/bin/busybox")) {
    std::cerr << "SKIPPED: the benchmark needs root and busybox-static\n";
    return kSkipped;
  }
  const test::TempDir work;
  std::vector<ViewReport> reports;
  std::istringstream views(options.views);
  for (std::string view; std::getline(views, view, ',');)
    reports.push_back(in_view(options, view, work / view));
  warn_of_crun(reports);
  std::cout << markdown(reports, options.n);
  return 0;
}

}  // namespace
}  // namespace oci::bench

int main(int argc, char** argv) try {
  return oci::bench::main_of(argc, argv);
} catch (const std::exception& e) {
  std::fprintf(stderr, "bench: %s\n", e.what());
  return 1;
}
