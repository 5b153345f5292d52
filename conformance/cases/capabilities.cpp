// Capabilities. Spec: config.md#linux-process
#include "conformance/suite.h"

using namespace oci::conformance;

BOOST_AUTO_TEST_SUITE(capabilities)

BOOST_AUTO_TEST_CASE(of_root_are_those_listed, *proves({"S076"})) {
  Container c;
  c.config.set("/process/capabilities",
               R"({"bounding":["CAP_KILL","CAP_CHOWN","CAP_SETUID"],
                   "permitted":["CAP_KILL","CAP_CHOWN","CAP_SETUID"],
                   "effective":["CAP_KILL","CAP_CHOWN","CAP_SETUID"],"inheritable":[]})");
  auto f = c.probe();
  for (const char* set : {"CapBnd", "CapPrm", "CapEff"})
    BOOST_TEST(f[set] == "00000000000000a1", set);
  BOOST_TEST(f["CapInh"] == "0000000000000000");
  BOOST_TEST(f["CapAmb"] == "0000000000000000");
}

BOOST_AUTO_TEST_CASE(of_a_user_are_none_but_the_bound, *proves({"S076"})) {
  Container c;
  c.config.set("/process/user/uid", "1000")
      .set("/process/capabilities", R"({"bounding":["CAP_KILL"],"permitted":["CAP_KILL"],
        "effective":["CAP_KILL"]})");
  auto f = c.probe();
  BOOST_TEST(f["CapBnd"] == "0000000000000020");
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
    BOOST_TEST(f[set] == "0000000000000000", set);
}

BOOST_AUTO_TEST_CASE(ambient_ones_reach_a_user, *proves({"S076"})) {
  Container c;
  c.config.set("/process/user/uid", "1000")
      .set("/process/capabilities", R"({"bounding":["CAP_KILL"],"permitted":["CAP_KILL"],
        "effective":["CAP_KILL"],"inheritable":["CAP_KILL"],"ambient":["CAP_KILL"]})");
  auto f = c.probe();
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb", "CapBnd"})
    BOOST_TEST(f[set] == "0000000000000020", set);
}

BOOST_AUTO_TEST_CASE(absent_means_none, *proves({"S077"})) {
  Container c;
  c.config.drop("/process/capabilities");
  auto f = c.probe();
  for (const char* set : {"CapBnd", "CapInh", "CapPrm", "CapEff", "CapAmb"})
    BOOST_TEST(f[set] == "0000000000000000", set);
}

BOOST_AUTO_TEST_CASE(an_unknown_one_does_not_fail, *proves({"S076"})) {
  Container c;
  for (const char* set : {"bounding", "effective", "permitted"})
    c.config.set((std::string("/process/capabilities/") + set).c_str(),
                 R"(["CAP_KILL","CAP_NO_SUCH"])");
  BOOST_TEST(oci::test::facts(c.args({"/bin/probe"}).output())["CapBnd"] == "0000000000000020");
}

BOOST_AUTO_TEST_SUITE_END()
