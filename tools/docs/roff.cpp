#include "tools/docs/roff.h"

#include <algorithm>

#include "tools/ocirun/help.h"

namespace ocirun::docs {
namespace {

// Characters that the formatter would turn into others, or read as its own. groff_char(7)
void add_escaped(std::string& out, char c) {
  switch (c) {
    case '\\': out += "\\e"; break;
    case '\'': out += "\\(aq"; break;
    case '`': out += "\\(ga"; break;
    case '^': out += "\\(ha"; break;
    case '~': out += "\\(ti"; break;
    default: out += c;
  }
}

std::string_view without_indent(std::string_view text) {
  return text.substr(std::min(text.size(), text.find_first_not_of(' ')));
}

}  // namespace

Roff::Roff(std::string_view title, std::string_view source) {
  out_.append(".TH \"").append(literal(title)).append("\" 8 \"\" \"").append(source).append("\"\n");
  // A name or an option that is broken at a hyphen cannot be searched for.
  out_ += ".nh\n.ad l\n";
}

std::string Roff::prose(std::string_view text) {
  std::string out;
  bool word_begins = true, option = false;
  for (const char c : text) {
    // At the start of a line these two would make it a request.
    if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
    // After an opening quote or bracket a word begins as well.
    if (c == '-') option = option || word_begins;
    word_begins = c == ' ' || c == '\n' || c == '"' || c == '(';
    if (word_begins) option = false;
    if (c == '-' && option)
      out += "\\-";
    else if (c == '\'')
      out += c;  // an apostrophe
    else
      add_escaped(out, c);
  }
  return out;
}

std::string Roff::literal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '-')
      out += "\\-";
    else
      add_escaped(out, c);
  }
  return out;
}

void Roff::section(std::string_view title) {
  out_.append(".SH ").append(title).append("\n");
  at_section_start_ = true;
}

void Roff::item(const std::string& tag) {
  out_ += ".TP\n";
  line(tag);
}

void Roff::line(const std::string& escaped) {
  out_.append(escaped).append("\n");
  at_section_start_ = false;
}

void Roff::paragraphs(std::string_view plain) {
  bool begin = true;
  while (!plain.empty()) {
    const std::string_view next = take_line(plain);
    if (next.empty()) {
      begin = true;
    } else if (next.starts_with(' ')) {
      shell(next.substr(next.find_first_not_of("# ")));
      begin = false;
    } else {
      if (begin && !at_section_start_) out_ += ".PP\n";
      line(prose(next));
      begin = false;
    }
  }
}

void Roff::shell(std::string_view plain) {
  out_ += ".PP\n.RS 4\n.EX\n";
  while (!plain.empty()) {
    const std::string_view next = take_line(plain);
    const std::string_view code = without_indent(next);
    out_.append(code.size() == next.size() ? "# " : "  ").append(literal(code)).append("\n");
  }
  out_ += ".EE\n.RE\n";
  at_section_start_ = false;
}

void Roff::references(std::string_view plain) {
  while (!plain.empty()) {
    const std::size_t open = plain.find('('), end = plain.find(", ");
    const std::string_view rest = plain.substr(open, end == plain.npos ? end : end - open);
    out_.append(".BR ").append(literal(plain.substr(0, open))).append(" ").append(rest);
    out_ += end == plain.npos ? "\n" : ",\n";
    plain.remove_prefix(end == plain.npos ? plain.size() : end + 2);
  }
}

}  // namespace ocirun::docs
