// The one raw system-call primitive for each architecture. Errors are values (-4095..-1), never
// errno. Usable in both worlds: no libc, no heap.
#pragma once

#include <asm/unistd.h>

namespace oci::sys {

using Word = long;

#if defined(__x86_64__)
inline Word raw(Word n, Word a = 0, Word b = 0, Word c = 0, Word d = 0, Word e = 0,
                Word f = 0) noexcept {
  Word result;
  register Word r10 __asm__("r10") = d;
  register Word r8 __asm__("r8") = e;
  register Word r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
inline Word raw(Word n, Word a = 0, Word b = 0, Word c = 0, Word d = 0, Word e = 0,
                Word f = 0) noexcept {
  register Word x8 __asm__("x8") = n;
  register Word x0 __asm__("x0") = a;
  register Word x1 __asm__("x1") = b;
  register Word x2 __asm__("x2") = c;
  register Word x3 __asm__("x3") = d;
  register Word x4 __asm__("x4") = e;
  register Word x5 __asm__("x5") = f;
  __asm__ volatile("svc #0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
}
#else
#error "no raw system call for this architecture"
#endif

template <class P>
inline Word word(P* pointer) noexcept {
  return reinterpret_cast<Word>(pointer);
}

// clone3 with CLONE_VM and a stack of its own: the child calls fn(arg) and exits with its result.
// `args` is a struct clone_args of `size` bytes.
#if defined(__x86_64__)
inline Word clone3_vm(void* args, unsigned long size, int (*fn)(void*), void* arg) noexcept {
  Word result;
  register Word r8 __asm__("r8") = word(arg);
  register Word r12 __asm__("r12") = reinterpret_cast<Word>(fn);
  __asm__ volatile(
      "syscall\n\ttest %%rax,%%rax\n\tjnz 1f\n\t"
      "xor %%ebp,%%ebp\n\tmov %%r8,%%rdi\n\tcall *%%r12\n\tmov %%eax,%%edi\n\tmov "
      "$231,%%eax\n\tsyscall\n\thlt\n1:"
      : "=a"(result)
      : "a"(__NR_clone3), "D"(args), "S"(size), "r"(r8), "r"(r12)
      : "rcx", "r11", "memory");
  return result;
}
#else
inline Word clone3_vm(void* args, unsigned long size, int (*fn)(void*), void* arg) noexcept {
  register Word x8 __asm__("x8") = __NR_clone3;
  register Word x0 __asm__("x0") = word(args);
  register Word x1 __asm__("x1") = static_cast<Word>(size);
  register Word x10 __asm__("x10") = reinterpret_cast<Word>(fn);
  register Word x11 __asm__("x11") = word(arg);
  __asm__ volatile(
      "svc #0\n\tcbnz x0, 1f\n\tmov x29, #0\n\tmov x0, x11\n\tblr x10\n\tmov x8, #94\n\tsvc "
      "#0\n\tbrk #1\n1:"
      : "+r"(x0)
      : "r"(x8), "r"(x1), "r"(x10), "r"(x11)
      : "memory", "x30");
  return x0;
}
#endif

}  // namespace oci::sys
