// The figures as markdown.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/modes.h"

namespace oci::bench {

struct ViewReport {
  std::string view;
  Results results;
  std::vector<std::string> notes;  // who cannot run here, and why
};

// One file for one view: what the process inside the view hands to the one that prints.
std::string encode(const ViewReport& report);
ViewReport decode(const std::string& text);

std::string markdown(const std::vector<ViewReport>& reports, std::size_t n);

}  // namespace oci::bench
