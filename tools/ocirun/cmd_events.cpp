#include "tools/ocirun/command.h"
#include "tools/ocirun/go_text.h"
#include "tools/ocirun/output.h"
#include "tools/ocirun/stats_json.h"

namespace ocirun {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Flag kFlags[] = {
    {"interval", "", {FlagType::kDuration, "TIME"}, "time between two statistics", "5s"},
    {"stats", "", FlagType::kBool, "print the statistics once and end"},
};

constexpr Example kExamples[] = {
    {"What the container uses now:", "{} events --stats web"},
    {"Every minute, until the container ends:", "{} events --interval 1m web"},
};

// Until the container ends. Statistics that cannot be had once may be had the next time.
int follow(Invocation& call, const oci::Runtime& runtime, std::chrono::nanoseconds interval) {
  const std::string& id = call.arguments[0];
  auto stream = runtime.events(id);
  if (!stream) return call.fail(stream.error());
  // A sum past the clock's end would lie in the past.
  const auto now = Clock::now();
  const std::chrono::nanoseconds step = std::min(interval, Clock::time_point::max() - now);
  auto due = now + step;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now());
    const auto event = stream->next(std::max(left, std::chrono::milliseconds(0)));
    if (!event) return call.fail(event.error());
    if (*event == oci::ContainerEvent::kEnded) return 0;
    std::string line;
    if (*event == oci::ContainerEvent::kOutOfMemory) {
      line = oom_line(id);
    } else {
      const auto stats = runtime.stats(id);
      if (stats)
        line = stats_line(id, *stats);
      else if (stats.error().code != oci::Code::kNotRunning)
        call.log.error(stats.error());
      const auto after = Clock::now();
      due = after + std::min(step, Clock::time_point::max() - after);
    }
    if (const auto printed = print(line); !printed) return call.fail(printed.error());
  }
}

int run_events(Invocation& call) {
  const std::string& id = call.arguments[0];
  const auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  const auto info = runtime->state(id);
  if (!info) return call.fail(info.error());
  constexpr std::chrono::seconds kInterval{5};
  const auto interval = call.flags.is_set("interval") ? *parse_duration(call.flags.text("interval"))
                                                      : std::chrono::nanoseconds(kInterval);
  if (interval.count() <= 0)
    return call.fail({oci::Code::kInvalidArgument,
                      "duration interval must be greater than 0",
                      0,
                      "--interval",
                      {}});
  if (info->status == oci::ContainerStatus::kStopped)
    return call.fail(
        {oci::Code::kNotRunning, "container with id " + id + " is not running", 0, {}, {}});
  if (!call.flags.on("stats")) return follow(call, *runtime, interval);
  const auto stats = runtime->stats(id);
  if (!stats) return call.fail(stats.error());
  const oci::Status printed = print(stats_line(id, *stats));
  return printed ? 0 : call.fail(printed.error());
}

}  // namespace

constinit const Command kEvents{
    .name = "events",
    .summary = "print what a container uses, and when it runs out of memory",
    .synopsis = "<container-id>",
    .description =
        "One JSON object a line, of type \"stats\" every five seconds and of type \"oom\" when\n"
        "the memory is used up, until the container ends.",
    .examples = kExamples,
    .see_also = "{}-ps(8), {}-update(8), cgroups(7)",
    .flags = kFlags,
    .operands = kContainer,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_events,
};

}  // namespace ocirun
