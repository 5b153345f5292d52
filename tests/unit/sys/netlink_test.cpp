#include "lib/sys/netlink.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "lib/sys/file.h"
#include "lib/sys/links.h"

using namespace oci;

BOOST_AUTO_TEST_SUITE(netlink)

BOOST_AUTO_TEST_CASE(attributes_are_taken_apart) {
  using sys::netlink_attributes;
  const std::string payload("head\x08\0\x01\0abcd\x05\0\x03\x80x\0\0\0\x06\0\x02\0yz", 26);
  const auto all = netlink_attributes(payload, 3);
  BOOST_REQUIRE_EQUAL(all.size(), 3u);
  BOOST_TEST(all[0].type == 1);
  BOOST_TEST(all[0].data == "abcd");
  BOOST_TEST(all[1].type == 3);  // NLA_F_NESTED is no part of it
  BOOST_TEST(all[1].data == "x");
  BOOST_TEST(all[2].data == "yz");
}

BOOST_AUTO_TEST_CASE(a_broken_rest_is_left_out) {
  using sys::netlink_attributes;
  BOOST_TEST(netlink_attributes("", 4).empty());
  BOOST_TEST(netlink_attributes("abc", 16).empty());
  BOOST_TEST(netlink_attributes(std::string("\x09\0\x01\0abcd", 8), 0).empty());  // too long
  BOOST_TEST(netlink_attributes(std::string("\x03\0\x01\0abcd", 8), 0).empty());  // too short
  BOOST_TEST(netlink_attributes(std::string("\x05\0\x01\0a\0\0\0\xff", 9), 0).size() == 1u);
}

BOOST_AUTO_TEST_CASE(loopback_is_found) {
  auto netlink = sys::Netlink::open();
  BOOST_REQUIRE_MESSAGE(netlink.ok(), (netlink.ok() ? "" : netlink.error().text));
  const auto lo = sys::find_link(*netlink, "lo");
  BOOST_REQUIRE_MESSAGE(lo.ok(), (lo.ok() ? "" : lo.error().text));
  BOOST_TEST(lo->index == 1);
  BOOST_TEST(lo->name == "lo");
  BOOST_TEST(sys::link_addresses(*netlink, lo->index).ok());
  BOOST_TEST(sys::link_routes(*netlink, lo->index).ok());
  const auto none = sys::find_link(*netlink, "no-such-device");
  BOOST_REQUIRE(!none);
  BOOST_TEST(none.error().sys_errno == ENODEV);
  BOOST_TEST(none.error().text == "link not found: no such device");
}

BOOST_AUTO_TEST_CASE(a_socket_elsewhere_leaves_the_thread_here) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("SKIPPED: entering a namespace takes root");
    return;
  }
  const auto own = sys::open("/proc/thread-self/ns/net", O_RDONLY);
  BOOST_REQUIRE(own);
  const std::string before = *sys::read_link("/proc/thread-self/ns/net");
  const auto there = sys::Netlink::open_in(*own);
  BOOST_TEST_MESSAGE((there.ok() ? "" : there.error().text));
  BOOST_TEST(there.ok());
  BOOST_TEST(*sys::read_link("/proc/thread-self/ns/net") == before);
  const auto file = sys::open("/dev/null", O_RDONLY);
  const auto none = sys::Netlink::open_in(*file);
  BOOST_REQUIRE(!none);
  BOOST_TEST(none.error().text == "setns: invalid argument");
}

BOOST_AUTO_TEST_SUITE_END()
