// Whole documents: what is found at once, how it is told, and what engines write.
#include "oci/check.h"

#include <map>
#include <set>

#include "lib/json/reader.h"
#include "oci/parse.h"
#include "tests/unit/check/support.h"
#include "tests/unit/spec/documents.h"

using namespace oci;
using oci::check_rules::test::Files;
using oci::test::EngineDocument;

namespace {

std::string shown(const Finding& f) {
  return std::string(level_name(f.level)) + " " + std::string(scope_name(f.scope)) + " " +
         f.requirement + " " + f.pointer + ": " + f.text;
}

CheckReport checked(const std::string& json, const std::string& bundle, bool host) {
  CheckOptions options;
  options.bundle = bundle;
  options.host = host;
  auto report = check_document(json, options);
  BOOST_REQUIRE_MESSAGE(report.ok(), (report.ok() ? "" : report.error().text));
  return report.take();
}

constexpr const char* kBad = R"({
  "ociVersion": "1.3.0", "bogus": 1, "hostname": "a", "hostname": "b", "vm": {},
  "root": {"path": "rootfs"},
  "process": {"cwd": "x", "args": ["/bin/no"], "capabilities": {},
              "rlimits": [{"type": "RLIMIT_X", "hard": 1, "soft": 1}]},
  "mounts": [{"destination": "/proc/sys", "type": "tmpfs", "source": "t"},
             {"destination": "/a", "source": "/nowhere", "options": ["bind"]},
             {"destination": "/b", "source": "/nowhere", "options": ["bind"]},
             {"destination": "/c", "source": "/etc", "options": ["bind", "size=1"]}],
  "linux": {"namespaces": [{"type": "mount"}, {"type": "uts"}],
            "resources": {"memory": {"limit": 2, "swap": 1}, "unified": {"a/b": "1"}}}
})";

}  // namespace

BOOST_AUTO_TEST_SUITE(checking)

BOOST_AUTO_TEST_CASE(everything_at_once_and_each_thing_once) {
  const Files files;
  const CheckReport report = checked(kBad, files.bundle.path(), true);
  std::map<std::string, std::string> found;  // pointer -> scope, of errors
  std::set<std::string> warned;
  for (const Finding& f : report.findings) {
    if (f.level == Level::kWarning)
      warned.insert(f.pointer);
    else
      BOOST_TEST(found.emplace(f.pointer, scope_name(f.scope)).second, shown(f));
    BOOST_TEST(!f.rule.empty(), shown(f));
    BOOST_TEST(!f.anchor.empty(), shown(f));
  }
  for (const char* pointer :
       {"/process/cwd", "/process/rlimits/0/type", "/mounts/0/destination", "/mounts/3/options",
        "/linux/resources/memory/swap", "/linux/resources/unified/a~1b"})
    BOOST_TEST(found[pointer] == "spec", pointer);
  for (const char* pointer : {"/mounts/1/source", "/mounts/2/source", "/process/args/0"})
    BOOST_TEST(found[pointer] == "host", pointer);
  BOOST_TEST(found.size() == 9u);
  for (const char* pointer : {"/bogus", "/hostname", "/vm"})
    BOOST_TEST(warned.contains(pointer), pointer);
  BOOST_TEST(!report.outline.has_value());
  // Errors come first, those of the document before those of the host.
  for (std::size_t i = 1; i < report.findings.size(); ++i) {
    const Finding &a = report.findings[i - 1], &b = report.findings[i];
    BOOST_TEST((std::pair(a.level, a.scope) <= std::pair(b.level, b.scope)));
  }
}

BOOST_AUTO_TEST_CASE(the_document_alone) {
  const Files files;
  for (const Finding& f : checked(kBad, files.bundle.path(), false).findings)
    BOOST_TEST((f.scope != Scope::kHost), shown(f));
}

BOOST_AUTO_TEST_CASE(what_is_no_document_is_one_finding) {
  const Files files;
  for (const char* text : {"", "{", "null", R"({"process": 1})"}) {
    const CheckReport report = checked(text, files.bundle.path(), true);
    BOOST_REQUIRE_MESSAGE(report.findings.size() == 1u, text);
    BOOST_TEST(report.count(Level::kError) == 1u);
  }
  BOOST_TEST(checked(R"({"process": 1})", files.bundle.path(), true).findings[0].pointer ==
             "/process");
}

BOOST_AUTO_TEST_CASE(a_bundle_in_order) {
  const Files files;
  std::ofstream(files.bundle / "config.json") << default_config(false, false, 0, 0);
  CheckOptions options;
  options.bundle = files.bundle.path();
  options.host = false;  // who builds this need not be root
  auto report = check(options);
  BOOST_REQUIRE(report.ok());
  for (const Finding& f : report->findings) BOOST_ERROR(shown(f));
  BOOST_REQUIRE(report->outline.has_value());
  BOOST_TEST(report->outline->rootfs == files.bundle / "rootfs");
  BOOST_TEST(report->outline->mounts == 7u);
  auto plan = outline(options);
  BOOST_REQUIRE(plan.ok());
  BOOST_TEST(plan->steps.size() == report->outline->steps.size());
  BOOST_TEST(plan->steps.front().inside == false);
  BOOST_TEST(plan->steps.back().name == "exec");
  BOOST_TEST(plan->steps.back().inside);
  const std::string text = outline_text(*plan);
  for (const char* part : {"\nsteps before the clone\n", "fs_mount", "# /mounts/0", "program:"})
    BOOST_TEST(text.find(part) != std::string::npos, part);
}

BOOST_AUTO_TEST_CASE(no_bundle) {
  const Files files;
  CheckOptions options;
  options.bundle = files.bundle.path();
  auto report = check(options);
  BOOST_REQUIRE(!report.ok());
  BOOST_TEST(report.error().text == "JSON specification file config.json not found");
  options.bundle = files.bundle / "nowhere";
  BOOST_TEST(!check(options).ok());
  BOOST_TEST(!outline(options).ok());
}

// Without the host it is judged by a host with cgroup v2.
BOOST_AUTO_TEST_CASE(keys_of_v1_alone) {
  const Files files;
  spec::Spec spec = check_rules::test::small_spec();
  spec.linux_->resources.emplace().memory.emplace().swappiness = 10;
  std::string all;
  for (const Finding& f : checked(render_spec(spec), files.bundle.path(), false).findings)
    if (f.requirement == "S187") all += shown(f) + "\n";
  BOOST_TEST(all ==
             "warning spec S187 /linux/resources/memory/swappiness: "
             "linux/resources/memory/swappiness has no equivalent in cgroup v2: ignored\n");
}

// Texts and JSON are read by people and by programs.
BOOST_AUTO_TEST_CASE(forms) {
  const Files files;
  const CheckReport report = checked(kBad, files.bundle.path(), false);
  const std::string text = report_text(report);
  for (const char* part :
       {"Errors in the document:\n  /process/cwd: Cwd must be an absolute path  [S069 must, "
        "config.md#process: cwd is an absolute path]\n",
        "\nWarnings about the document:\n",
        "  /bogus: the specification has no such member: "
        "ignored  [S005 must, ",
        "\n6 errors, "})
    BOOST_TEST(text.find(part) != std::string::npos, part << "in:\n" << text);
  auto document = json::Document::parse(report_json(report));
  BOOST_REQUIRE(document.ok());
  std::set<std::string> keys;
  const json::Cursor root = document->root();
  for (std::size_t i = 0; i < root.size(); ++i) keys.emplace(root.child(i).name());
  const std::set<std::string> expected{"bundle", "errors", "warnings", "findings", "plan"};
  BOOST_TEST(keys == expected, boost::test_tools::per_element());
}

// Nothing that an engine wrote is wrong, wherever it runs. What is missing here is told, and is of
// the host; what this version cannot do yet is of the runtime.
BOOST_AUTO_TEST_CASE(engines_write_no_errors) {
  const Files files;
  // Files, namespaces, profiles and rights that the engine's machine had.
  const std::set<std::string> host_ids{"S015", "S019", "S073", "S074", "S075", "S076", "S079",
                                       "S110", "S113", "S117", "S118", "S120", "S133", "S137",
                                       "S141", "S155", "S162", "S174", "S181", "S189", "S206",
                                       "S216", "S229", "S071", "S187", "S104", "S022", "S080"};
  std::set<std::string> missing;
  std::size_t documents = 0;
  for (const EngineDocument& document : oci::test::engine_documents()) {
    spec::Spec spec = check_rules::test::small_spec();
    std::string json = document.text;
    if (document.kind == EngineDocument::kProcess) {
      auto process = parse_process(document.text);
      BOOST_REQUIRE(process.ok());
      spec.process = process.take();
      json = render_spec(spec);
    } else if (document.kind == EngineDocument::kResources) {
      auto resources = parse_resources(document.text);
      BOOST_REQUIRE(resources.ok());
      spec.linux_->resources = resources.take();
      json = render_spec(spec);
    }
    ++documents;
    for (const bool host : {false, true})
      for (const Finding& f : checked(json, files.bundle.path(), host).findings) {
        if (f.level != Level::kError) continue;
        BOOST_TEST((f.scope != Scope::kSpec), document.name << ": " << shown(f));
        BOOST_TEST((host || f.scope != Scope::kHost), document.name << ": " << shown(f));
        if (f.scope == Scope::kHost)
          BOOST_TEST(host_ids.contains(f.requirement), document.name << ": " << shown(f));
        else
          missing.insert(f.text);
      }
  }
  for (const std::string& text : missing) BOOST_TEST_MESSAGE("not there in this version: " << text);
  BOOST_TEST(documents > 150u);
}

BOOST_AUTO_TEST_SUITE_END()
