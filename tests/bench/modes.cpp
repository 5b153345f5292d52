#include "tests/bench/modes.h"

#include <memory>

namespace oci::bench {
namespace {

const Words kBusybox{"/bin/busybox", "true"};
const Words kNoop{"/noop"};
const Words kWaiting{"/noop", "wait"};

// Removes a container at the end, come what may; without a word when there is none.
class Guard {
 public:
  Guard(const Subject& subject, Container container)
      : subject_(subject), container_(std::move(container)) {}
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard() try {
    if (done_) return;
    run(subject_.kill_and_remove(container_));
    wait_for_end(container_.pid());
  } catch (const std::exception&) {
    // It was never made, or has been reaped.
  }
  void done() { done_ = true; }

 private:
  const Subject& subject_;
  Container container_;
  bool done_ = false;
};

class Measurement {
 public:
  explicit Measurement(const Setting& setting) : s_(setting) {}

  Results all() {
    if (wanted("run")) runs("run, busybox true", kBusybox);
    if (wanted("run")) runs("run, no-libc true", kNoop);
    if (wanted("lifecycle")) lifecycle();
    if (wanted("running")) running();
    if (wanted("force")) forced();
    if (wanted("list")) list();
    if (wanted("memory")) memory();
    return std::move(results_);
  }

 private:
  bool wanted(const std::string& group) const { return s_.only.empty() || s_.only == group; }

  template <typename Body>
  void in_turn(std::size_t n, Body body) {
    for (std::size_t i = 0; i < n; ++i)
      for (const Subject& subject : s_.subjects) body(subject);
  }
  Container container(const Subject& subject, const Words& program,
                      const std::string& suffix = {}) {
    return s_.bundles.make(s_.prefix + subject.name() + suffix, program);
  }
  void add(const char* quantity, const Subject& subject, double value) {
    results_[quantity][subject.name()].push_back(value);
  }

  void runs(const char* quantity, const Words& program) {
    std::map<std::string, Container> containers;
    for (const Subject& subject : s_.subjects)
      containers[subject.name()] = container(subject, program);
    in_turn(s_.n, [&](const Subject& subject) {
      add(quantity, subject, timed(subject.run(containers[subject.name()])));
    });
  }

  void lifecycle() {
    in_turn(s_.n, [&](const Subject& subject) {
      const Container c = container(subject, kNoop);
      Guard guard(subject, c);
      const double begun = now_ms();
      add("create", subject, timed(subject.create(c)));
      const pid_t pid = c.pid();
      add("start", subject, timed(subject.start(c)));
      wait_for_end(pid);
      add("delete", subject, timed(subject.remove(c)));
      add("create+start+wait+delete", subject, now_ms() - begun);
      guard.done();
    });
  }

  Container started(const Subject& subject) {
    Container c = container(subject, kWaiting);
    timed(subject.create(c));
    timed(subject.start(c));
    return c;
  }

  // exec and state of a container that runs.
  void running() {
    std::map<std::string, Container> containers;
    std::vector<std::unique_ptr<Guard>> guards;
    for (const Subject& subject : s_.subjects) {
      containers[subject.name()] = started(subject);
      guards.push_back(std::make_unique<Guard>(subject, containers[subject.name()]));
    }
    in_turn(s_.n, [&](const Subject& subject) {
      const Container& c = containers[subject.name()];
      add("exec, busybox true", subject, timed(subject.exec(c, kBusybox)));
      add("exec, no-libc true", subject, timed(subject.exec(c, kNoop)));
      add("state", subject, timed(subject.state(c)));
    });
  }

  void forced() {
    in_turn(s_.n, [&](const Subject& subject) {
      const Container c = started(subject);
      Guard guard(subject, c);
      add("delete --force of a running one", subject, timed(subject.kill_and_remove(c)));
      wait_for_end(c.pid());
      guard.done();
    });
  }

  void list() {
    std::vector<std::unique_ptr<Guard>> guards;
    for (const Subject& subject : s_.subjects) {
      if (subject.bare()) continue;  // it keeps no records
      for (std::size_t i = 0; i < s_.listed; ++i) {
        const Container c = container(subject, kNoop, "-" + std::to_string(i));
        guards.push_back(std::make_unique<Guard>(subject, c));
        timed(subject.create(c));
      }
    }
    in_turn(s_.n,
            [&](const Subject& subject) { add("list of 100", subject, timed(subject.list())); });
  }

  double peak_of(const Words& argv) {
    Words words{s_.peak, s_.scratch + "/peak"};
    words.insert(words.end(), argv.begin(), argv.end());
    timed(words);
    return std::stod(read_text(s_.scratch + "/peak"));
  }

  void memory() {
    in_turn(5, [&](const Subject& subject) {
      add("peak RSS of run", subject, peak_of(subject.run(container(subject, kNoop))));
      const Container c = container(subject, kNoop);
      const Guard guard(subject, c);
      add("peak RSS of create", subject, peak_of(subject.create(c)));
      add("RSS of the waiting init", subject, static_cast<double>(resident_kb(c.pid())));
    });
  }

  const Setting& s_;
  Results results_;
};

}  // namespace

std::string trial(const Setting& setting, const Subject& subject) {
  const Container c = setting.bundles.make(setting.prefix + subject.name(), kNoop);
  const Run result = run(subject.run(c));
  if (result.code == 0) return {};
  if (!subject.bare()) run(subject.kill_and_remove(c));
  return result.errors.empty() ? "exit code " + std::to_string(result.code) : result.errors;
}

Results measure_all(const Setting& setting) { return Measurement(setting).all(); }

}  // namespace oci::bench
