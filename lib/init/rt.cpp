// What a compiler or libstdc++'s inline headers may call. No include: <cstring> would declare
// overloads that clash.
using Size = decltype(sizeof 0);
extern "C" {
void* memcpy(void* __restrict to, const void* __restrict from, Size n) noexcept {
#if defined(__x86_64__)
  void* start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
  return start;
#else
  auto* t = static_cast<char*>(to);
  auto* f = static_cast<const char*>(from);
  while (n--) *t++ = *f++;
  return to;
#endif
}
void* memmove(void* to, const void* from, Size n) noexcept {
  auto* t = static_cast<char*>(to);
  auto* f = static_cast<const char*>(from);
  if (t < f)
    while (n--) *t++ = *f++;
  else
    while (n--) t[n] = f[n];
  return to;
}
void* memset(void* to, int byte, Size n) noexcept {
  auto* t = static_cast<char*>(to);
  while (n--) *t++ = static_cast<char>(byte);
  return to;
}
int memcmp(const void* x, const void* y, Size n) noexcept {
  auto* a = static_cast<const unsigned char*>(x);
  auto* b = static_cast<const unsigned char*>(y);
  for (; n--; ++a, ++b)
    if (*a != *b) return *a - *b;
  return 0;
}
Size strlen(const char* s) noexcept {
  Size n = 0;
  while (s[n]) ++n;
  return n;
}
void* memchr(const void* x, int byte, Size n) noexcept {
  auto* a = static_cast<const unsigned char*>(x);
  for (; n--; ++a)
    if (*a == static_cast<unsigned char>(byte)) return const_cast<unsigned char*>(a);
  return nullptr;
}
// libstdc++'s checked accessors; reaching it is a defect.
[[noreturn]] void oci_out_of_range(const char*, ...) __asm__("_ZSt24__throw_out_of_range_fmtPKcz");
void oci_out_of_range(const char*, ...) { __builtin_trap(); }
}
