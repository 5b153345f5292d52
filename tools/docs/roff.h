// Text in the macros of man(7).
#pragma once

#include <string>
#include <string_view>

namespace ocirun::docs {

class Roff {
 public:
  Roff(std::string_view title, std::string_view source);

  // Escaped for use within a line. In prose a hyphen within a word stays one; in an option or a
  // literal it is the character that is typed.
  static std::string prose(std::string_view text);
  static std::string literal(std::string_view text);
  static std::string bold(std::string_view text) { return "\\fB" + literal(text) + "\\fP"; }
  static std::string italic(std::string_view text) { return "\\fI" + literal(text) + "\\fP"; }

  void section(std::string_view title);
  // Starts an item of a list; `tag` is escaped already, as the lines are.
  void item(const std::string& tag);
  void line(const std::string& escaped);
  // Plain text: paragraphs are separated by empty lines, an indented one is kept line by line.
  void paragraphs(std::string_view plain);
  // Lines for a shell.
  void shell(std::string_view plain);
  // "a(8), b(1)"
  void references(std::string_view plain);

  const std::string& text() const { return out_; }

 private:
  std::string out_;
  bool at_section_start_ = false;
};

}  // namespace ocirun::docs
