#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "tools/ocirun/app.h"

namespace {

// Without this, the next file opened would become the standard input or output of a container.
void fill_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd)
    if (::fcntl(fd, F_GETFD) < 0) (void)::open("/dev/null", O_RDWR);
}

// One short-lived process: memory is taken in one piece and never given back.
void settle_heap() {
  ::mallopt(M_TOP_PAD, 512 << 10);
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

}  // namespace

int main(int argc, char** argv) {
  settle_heap();
  // Where the caller ignores it, the kernel keeps no exit status: waitpid(2).
  ::signal(SIGCHLD, SIG_DFL);
  fill_standard_descriptors();
  try {
    ocirun::Program program{argc > 0 ? argv[0] : "ocirun", {}};
    program.name = program.path.substr(program.path.rfind('/') + 1);
    return ocirun::run_tool(program, {argv + (argc > 0 ? 1 : 0), argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ocirun: %s\n", error.what());
    return 1;
  }
}
