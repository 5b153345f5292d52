// Runs code with standard output and error in files, and gives what it wrote.
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

struct TempDir {
  TempDir() {
    char name[] = "/tmp/ocirun-unit-XXXXXX";
    BOOST_REQUIRE(::mkdtemp(name) != nullptr);
    path = name;
  }
  ~TempDir() { std::filesystem::remove_all(path); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string path;
};

inline std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Captured {
  int code = 0;
  std::string out, err;
};

template <class Function>
Captured capture(Function function) {
  TempDir dir;
  int saved[3] = {};
  for (int fd = 1; fd <= 2; ++fd) {
    saved[fd] = ::fcntl(fd, F_DUPFD_CLOEXEC, 700);
    const int file =
        ::open((dir.path + "/" + std::to_string(fd)).c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    ::dup2(file, fd);
    ::close(file);
  }
  Captured seen;
  seen.code = function();
  for (int fd = 1; fd <= 2; ++fd) {
    ::dup2(saved[fd], fd);
    ::close(saved[fd]);
  }
  seen.out = read_all(dir.path + "/1");
  seen.err = read_all(dir.path + "/2");
  return seen;
}
