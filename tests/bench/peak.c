// peak FILE PROGRAM...: runs PROGRAM and writes its peak resident memory in KiB into FILE. A process takes the
// peak of the one that executed it along (execve(2) keeps ru_maxrss), so the one that asks must be tiny: this one.
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  const int fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return 2;
  const pid_t pid = vfork();
  if (pid == 0) {
    execv(argv[2], argv + 2);
    _exit(127);
  }
  int status;
  struct rusage usage;
  if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) return 2;
  char text[32];
  const int n = snprintf(text, sizeof text, "%ld\n", usage.ru_maxrss);
  if (write(fd, text, n) != n) return 2;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
