#include "tests/bench/report.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <sstream>

namespace oci::bench {
namespace {

constexpr const char* kOrder[] = {"floor", "ocirun", "crun", "runc"};

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

// The figure a ratio is taken to: of this view, or of the first that has one.
double reference(const std::vector<ViewReport>& reports, const ViewReport& here,
                 const std::string& quantity, const std::string& runtime, std::string& from) {
  const auto find = [&](const ViewReport& report) -> double {
    const auto values = report.results.find(quantity);
    if (values == report.results.end()) return 0;
    const auto mine = values->second.find(runtime);
    return mine == values->second.end() ? 0 : summary(mine->second).median;
  };
  if (const double median = find(here); median > 0) return median;
  for (const ViewReport& report : reports)
    if (const double median = find(report); median > 0) {
      from = " (" + report.view + ")";
      return median;
    }
  return 0;
}

std::string ratio(double mine, double other, const std::string& from) {
  return other > 0 ? number("%.2f", mine / other) + from : "";
}

void print_row(std::ostringstream& out, const std::vector<ViewReport>& reports,
               const ViewReport& report, const Quantity& quantity) {
  const auto found = report.results.find(quantity.name);
  if (found == report.results.end()) return;
  const bool time = std::string(quantity.unit) == "ms";
  out << "| " << quantity.name << ", " << quantity.unit << " |";
  for (const char* runtime : kOrder) {
    const auto values = found->second.find(runtime);
    if (values == found->second.end()) {
      out << " - |";
      continue;
    }
    const Summary s = summary(values->second);
    out << " " << number(time ? "%.2f" : "%.0f", s.median);
    if (time) out << " (" << number("%.2f", s.p90) << ", " << number("%.2f", s.least) << ")";
    out << " |";
  }
  const auto ours = found->second.find("ocirun");
  if (ours != found->second.end()) {
    const double mine = summary(ours->second).median;
    for (const char* other : {"floor", "crun"}) {
      std::string from;
      const double median = reference(reports, report, quantity.name, other, from);
      out << " " << ratio(mine, median, from) << " |";
    }
  }
  out << "\n";
}

}  // namespace

std::string encode(const ViewReport& report) {
  std::ostringstream out;
  for (const std::string& note : report.notes) out << "note\t" << note << "\n";
  for (const auto& [quantity, values] : report.results)
    for (const auto& [runtime, samples] : values)
      for (const double sample : samples)
        out << "value\t" << quantity << "\t" << runtime << "\t" << sample << "\n";
  return out.str();
}

ViewReport decode(const std::string& text) {
  ViewReport report;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string kind, quantity, runtime;
    std::getline(fields, kind, '\t');
    if (kind == "note") {
      report.notes.push_back(line.substr(kind.size() + 1));
      continue;
    }
    double value = 0;
    std::getline(fields, quantity, '\t');
    std::getline(fields, runtime, '\t');
    fields >> value;
    report.results[quantity][runtime].push_back(value);
  }
  return report;
}

std::string markdown(const std::vector<ViewReport>& reports, std::size_t n) {
  std::ostringstream out;
  utsname system{};
  ::uname(&system);
  double load = 0;
  ::getloadavg(&load, 1);
  out << "Linux " << system.release << ", " << system.machine << ", "
      << ::sysconf(_SC_NPROCESSORS_ONLN) << " processors, load " << number("%.1f", load)
      << " at the end; n = " << n << ", runtimes in turn; median (90th percentile, least).\n";
  for (const ViewReport& report : reports) {
    out << "\n### cgroup " << report.view << "\n\n";
    for (const std::string& note : report.notes) out << "**" << note << "**\n\n";
    out << "| |";
    for (const char* runtime : kOrder) out << " " << runtime << " |";
    out << " ocirun / floor | ocirun / crun |\n|---|---|---|---|---|---|---|\n";
    for (const Quantity& quantity : kQuantities) print_row(out, reports, report, quantity);
  }
  return out.str();
}

}  // namespace oci::bench
