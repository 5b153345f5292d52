#include "lib/criu/rpc.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <string>

#include "lib/criu/wire.h"

using namespace oci::criu;

namespace {

// Field number to values, in order: numbers in decimal, the rest as it is.
using Fields = std::multimap<unsigned, std::string>;
Fields fields(std::string_view message) {
  Fields found;
  Decoder in(message);
  while (const auto field = in.next())
    found.emplace(field->number, field->bytes.data() != nullptr
                                     ? std::string(field->bytes)
                                     : std::to_string(static_cast<std::int64_t>(field->value)));
  BOOST_REQUIRE(!in.broken());
  return found;
}
std::string one(const Fields& all, unsigned number) {
  BOOST_REQUIRE_MESSAGE(all.count(number) == 1, "field " << number);
  return all.find(number)->second;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rpc)

// What an older and a newer CRIU must both understand.
BOOST_AUTO_TEST_CASE(smallest_requests) {
  BOOST_TEST(encode({Kind::kVersion, {}, {}, true, {}}) == "\x08\x0a\x20\x01");
  BOOST_TEST(encode({Kind::kNotify, {}, true, false, {}}) == "\x08\x06\x18\x01");
  BOOST_TEST((encode({Kind::kNotify, {}, false, false, {}}) == std::string("\x08\x06\x18\x00", 4)));
  BOOST_TEST((encode({Kind::kFeatureCheck, {}, {}, true, Features{true, false}}) ==
              std::string("\x08\x09\x20\x01\x2a\x04\x08\x01\x10\x00", 10)));
}

BOOST_AUTO_TEST_CASE(options_of_a_dump) {
  Options options;
  options.images_dir_fd = 5;
  options.work_dir_fd = 6;
  options.log_file = "dump.log";
  options.pid = 4711;
  options.root = "/rootfs";
  options.parent_images = "../1";
  options.track_memory = options.leave_running = options.tcp_established = true;
  options.page_server = PageServer{"host", 99};
  options.cgroup_mode = CgroupMode::kIgnore;
  options.empty_namespaces = 0x40000000;
  options.freeze_cgroup = "/sys/fs/cgroup/box";
  options.external = {"net[1]:extRootNetNS"};
  options.external_mounts = {{"/a", "/b"}, {"/c", "/d"}};
  const Fields request = fields(encode({Kind::kDump, options, {}, false, {}}));
  BOOST_TEST(one(request, 1) == "1");
  const Fields all = fields(one(request, 2));
  const std::map<unsigned, std::string> wanted{{1, "5"},
                                               {2, "4711"},
                                               {3, "1"},
                                               {5, "1"},
                                               {9, "4"},
                                               {12, "1"},
                                               {10, "dump.log"},
                                               {13, "/rootfs"},
                                               {15, "1"},
                                               {14, "../1"},
                                               {17, "6"},
                                               {24, "1"},
                                               {34, "0"},
                                               {50, "1"},
                                               {38, "1073741824"},
                                               {44, "/sys/fs/cgroup/box"},
                                               {37, "net[1]:extRootNetNS"}};
  for (const auto& [number, value] : wanted) BOOST_TEST(one(all, number) == value);
  BOOST_TEST(one(fields(one(all, 11)), 1) == "host");
  BOOST_TEST(one(fields(one(all, 11)), 2) == "99");
  BOOST_REQUIRE(all.count(23) == 2u);
  const Fields mount = fields(all.find(23)->second);
  BOOST_TEST(one(mount, 1) == "/a");
  BOOST_TEST(one(mount, 2) == "/b");
  // What is not asked for is not said: an older CRIU need not know it.
  BOOST_TEST(all.size() == wanted.size() + 3);
}

BOOST_AUTO_TEST_CASE(options_of_a_restore) {
  Options options;
  options.images_dir_fd = 5;
  options.restore_as_sibling = options.evasive_devices = true;
  options.inherited = {{"pipe:[12]", 1}};
  options.cgroup_roots = {{"", "/box"}, {"freezer", "/f"}};
  options.join_namespaces = {{"ipc", "/proc/1/ns/ipc"}};
  options.lsm_profile = "apparmor:x";
  options.lsm_mount_context = "context";
  const Fields all = fields(one(fields(encode({Kind::kRestore, options, {}, false, {}})), 2));
  BOOST_TEST(all.count(17) == 0u);
  BOOST_TEST(one(all, 26) == "1");
  BOOST_TEST(one(all, 6) == "1");
  BOOST_TEST(one(all, 53) == "apparmor:x");
  BOOST_TEST(one(all, 63) == "context");
  BOOST_TEST(one(fields(one(all, 27)), 1) == "pipe:[12]");
  BOOST_TEST(one(fields(one(all, 27)), 2) == "1");
  BOOST_TEST(one(fields(one(all, 39)), 1) == "ipc");
  BOOST_REQUIRE(all.count(25) == 2u);
  const Fields whole = fields(all.find(25)->second);  // without a controller: all of them
  BOOST_TEST(whole.count(1) == 0u);
  BOOST_TEST(one(whole, 2) == "/box");
}

BOOST_AUTO_TEST_CASE(a_version_that_cannot_be_is_older_than_any) {
  const auto large = decode_response("\x08\x0a\x10\x01\x52\x06\x08\xff\xff\xff\xff\x07");
  BOOST_REQUIRE(large);
  BOOST_TEST(large->version == 0);
  const auto negative =
      decode_response("\x08\x0a\x10\x01\x52\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  BOOST_REQUIRE(negative);
  BOOST_TEST(negative->version == 0);
}

BOOST_AUTO_TEST_CASE(answers) {
  // As CRIU 4.1.1 has said them.
  const auto version = decode_response("\x08\x0a\x10\x01\x52\x06\x08\x04\x10\x01\x20\x01");
  BOOST_REQUIRE(version);
  BOOST_TEST((version->kind == Kind::kVersion));
  BOOST_TEST(version->success);
  BOOST_TEST(version->version == 40101);

  const auto stage =
      decode_response("\x08\x06\x10\x01\x2a\x15\x0a\x10setup-namespaces\x10\x88\x04");
  BOOST_REQUIRE(stage);
  BOOST_TEST((stage->kind == Kind::kNotify));
  BOOST_TEST(stage->notify == "setup-namespaces");
  BOOST_TEST(stage->notify_pid == 520);

  const auto restored = decode_response("\x08\x02\x10\x01\x22\x03\x08\x88\x04");
  BOOST_REQUIRE(restored);
  BOOST_TEST(restored->restored_pid == 520);

  const auto failed =
      decode_response(std::string("\x08\x01\x10\x00\x1a\x02\x08\x00\x38\x38\x4a\x03why", 15));
  BOOST_REQUIRE(failed);
  BOOST_TEST(!failed->success);
  BOOST_TEST(failed->error_number == 56);
  BOOST_TEST(failed->error_text == "why");

  const auto features = decode_response("\x08\x09\x10\x01\x42\x04\x08\x01\x10\x01");
  BOOST_REQUIRE(features);
  BOOST_TEST(features->features.memory_tracking);
  BOOST_TEST(features->features.lazy_pages);

  BOOST_TEST(!decode_response("\x08"));
}

BOOST_AUTO_TEST_SUITE_END()
