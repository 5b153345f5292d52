// What the host says, taken apart.
#include <boost/test/unit_test.hpp>

#include "lib/check/host.h"

using namespace oci::check_rules;

namespace {

std::string shown(const std::vector<IdRange>& ranges) {
  std::string out;
  for (const IdRange& range : ranges)
    out += std::to_string(range.first) + "+" + std::to_string(range.count) + " ";
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(host_text)

BOOST_AUTO_TEST_CASE(lists) {
  const std::set<unsigned> expected{0, 1, 2, 5, 7, 8};
  BOOST_TEST((parse_list("0-2,5,7-8\n") == expected));
  BOOST_TEST((parse_list("3") == std::set<unsigned>{3}));
  for (const char* bad : {"", "a", "1-", "-1", "1,,2", "0-99999999"})
    BOOST_TEST(parse_list(bad).empty(), bad);
}

BOOST_AUTO_TEST_CASE(subordinate_ids) {
  const char* text = "root:1:2\nann:100000:65536\n1000:300000:10\nbob:5:x\n:7:7\nann:9\n";
  BOOST_TEST(shown(parse_sub_ids(text, "ann", "1000")) == "100000+65536 300000+10 ");
  BOOST_TEST(shown(parse_sub_ids(text, "", "1001")) == "");
}

BOOST_AUTO_TEST_CASE(id_maps) {
  BOOST_TEST(shown(parse_id_map("         0          0 4294967295\n")) == "0+4294967295 ");
  BOOST_TEST(shown(parse_id_map("0 1000 1\n1 100000 65536\n")) == "0+1 1+65536 ");
  BOOST_TEST(shown(parse_id_map("x\n")) == "");
}

BOOST_AUTO_TEST_CASE(page_sizes) {
  BOOST_TEST(page_size_of("hugepages-2048kB") == "2MB");
  BOOST_TEST(page_size_of("hugepages-1048576kB") == "1GB");
  BOOST_TEST(page_size_of("hugepages-64kB") == "64KB");
  BOOST_TEST(page_size_of("hugepages-kB") == "");
  BOOST_TEST(page_size_of("other") == "");
}

BOOST_AUTO_TEST_CASE(login_names) {
  const char* text = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/:/bin/sh\n";
  BOOST_TEST(name_of_user(text, "1000") == "ann");
  BOOST_TEST(name_of_user(text, "1") == "");
}

BOOST_AUTO_TEST_CASE(this_host) {
  const Host host = read_host({});
  BOOST_TEST(host.filesystems.contains("proc"));
  BOOST_TEST(!host.filesystems.contains("nodev"));
  BOOST_TEST(host.namespaces.contains("mnt"));
  BOOST_TEST(host.hard_limits.size() == 16u);
  BOOST_TEST(host.max_open_files > 0u);
  BOOST_TEST(host.cpus.contains(0));
  BOOST_TEST(host.network_devices.contains("lo"));
  BOOST_TEST(!host.uids.empty());
}

BOOST_AUTO_TEST_SUITE_END()
