// ocirun_docs DIRECTORY: writes man pages and completions into it, laid out as below share/.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tools/docs/docs.h"

namespace {

namespace fs = std::filesystem;

void write_file(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file)
    throw fs::filesystem_error("write", path, std::error_code(errno, std::generic_category()));
}

void write_all_files(const fs::path& top) {
  using namespace ocirun::docs;
  write_file(top / "man/man8" / (kTool + ".8"), tool_page());
  for (const ocirun::Command* command : ocirun::commands())
    write_file(top / "man/man8" / (kTool + "-" + std::string(command->name) + ".8"),
               command_page(*command));
  write_file(top / "bash-completion/completions" / kTool, bash_completion());
  write_file(top / "zsh/site-functions" / ("_" + kTool), zsh_completion());
  write_file(top / "fish/vendor_completions.d" / (kTool + ".fish"), fish_completion());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: ocirun_docs DIRECTORY\n";
    return 2;
  }
  try {
    write_all_files(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << "ocirun_docs: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
