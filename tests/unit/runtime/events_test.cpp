// EventStream without a container: its end is that of a process.
#include "lib/runtime/events.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "lib/sys/process.h"
#include "tests/support/child.h"

using namespace oci;
using std::chrono::milliseconds;

namespace {

bool readable(int fd) {
  pollfd p{fd, POLLIN, 0};
  return ::poll(&p, 1, 0) == 1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(events)

BOOST_AUTO_TEST_CASE(the_end_is_an_event_and_the_last_one) {
  test::Child child([] {
    for (;;) ::pause();
    return 0;
  });
  runtime::Record record;
  {
    const UniqueFd pidfd = sys::open_pidfd(child.pid()).value();
    record.init = sys::identify_process(child.pid(), pidfd).value();
  }
  EventStream stream = runtime::watch_container(record).value();
  BOOST_TEST(!stream.next(milliseconds(0)).value().has_value());
  BOOST_TEST(!stream.next(milliseconds(20)).value().has_value());
  BOOST_TEST(!readable(stream.fd()));
  ::kill(child.pid(), SIGKILL);
  for (int i = 0; i < 2; ++i) {
    const auto event = stream.next(milliseconds(-1)).value();
    BOOST_REQUIRE(event.has_value());
    BOOST_TEST((*event == ContainerEvent::kEnded));
    BOOST_TEST(readable(stream.fd()));
  }
  const auto late = runtime::watch_container(record);
  BOOST_REQUIRE(!late);
  BOOST_TEST((late.error().code == Code::kNotRunning));
}

BOOST_AUTO_TEST_SUITE_END()
