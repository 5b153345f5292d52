// run_bundle BUNDLE [PROGRAM [ARGUMENT...]]: runs a container of a bundle (config.json and a root
// file system), step by step, and ends with the exit code of its program. Needs root.
#include <unistd.h>

#include <cstdio>
#include <string>

#include "oci/oci.h"

namespace {

// 125, as engines have it: the container could not be run at all.
int fail(const oci::Error& error) {
  std::fprintf(stderr, "run_bundle: %s [%s]\n", error.text.c_str(),
               std::string(oci::code_name(error.code)).c_str());
  if (error.code == oci::Code::kInvalidConfig)
    std::fprintf(stderr, "look at %s in config.json\n", error.where.c_str());
  return error.code == oci::Code::kExec ? 127 : 125;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2)
    return std::fputs("usage: run_bundle BUNDLE [PROGRAM [ARGUMENT...]]\n", stderr), 125;

  // The spec is plain data: load it, change what you like, hand it on.
  auto spec = oci::load_spec(argv[1]);
  if (!spec) return fail(spec.error());
  if (!spec->process) spec->process.emplace();
  spec->process->terminal = false;
  if (argc > 2) spec->process->args.assign(argv + 2, argv + argc);
  if (auto valid = oci::first_error(oci::validate(*spec)); !valid) return fail(valid.error());

  auto runtime = oci::Runtime::open({});
  if (!runtime) return fail(runtime.error());

  const std::string id = "run-bundle-" + std::to_string(::getpid());
  oci::CreateOptions options;
  options.bundle = argv[1];
  options.spec = *spec;
  if (auto created = runtime->create(id, options); !created)
    return fail(created.error());  // leaves nothing

  int code = 125;
  if (auto started = runtime->start(id); !started) {
    code = fail(started.error());
  } else if (auto ended = runtime->wait(id); !ended) {
    code = fail(ended.error());
  } else if (*ended) {
    code = (*ended)->shell_code();
  }
  if (auto removed = runtime->remove(id, {.force = true}); !removed) return fail(removed.error());
  return code;
}
