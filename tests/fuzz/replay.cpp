// fuzz_replay CORPUS [TARGET...]: every target, or those named, over the files in CORPUS/TARGET,
// and over nothing at all. Ends at the first that does not hold, with the file's name before it.
#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/target.h"

namespace oci::fuzz {
namespace {

const Target* first = nullptr;
const char* current = "";

extern "C" void say_which(int) {
  // Whatever the signal: nothing else is known to work now.
  std::fprintf(stderr, "with %s\n", current);
  std::_Exit(1);
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& dir) {
  std::vector<std::filesystem::path> files;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(dir, none))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

int replay(const std::filesystem::path& corpus, const Target& target) {
  current = target.name;
  target.run({});
  const auto files = files_of(corpus / target.name);
  for (const auto& file : files) {
    current = file.c_str();
    std::ifstream in(file, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    target.run(bytes);
  }
  std::printf("%-20s %4zu inputs\n", target.name, files.size());
  std::fflush(stdout);
  if (!files.empty()) return 0;
  std::fprintf(stderr, "%s has no corpus\n", target.name);
  return 1;
}

}  // namespace

Target::Target(const char* target_name, void (*target_run)(std::string_view))
    : name(target_name), run(target_run), next(first) {
  first = this;
}

}  // namespace oci::fuzz

int main(int argc, char** argv) {
  using namespace oci::fuzz;
  if (argc < 2) return 2;
  std::signal(SIGABRT, say_which);
  int rc = 0;
  for (const Target* target = first; target != nullptr; target = target->next) {
    const bool wanted = argc == 2 || std::any_of(argv + 2, argv + argc, [&](const char* name) {
                          return std::strcmp(name, target->name) == 0;
                        });
    if (wanted) rc |= replay(argv[1], *target);
  }
  return rc;
}
