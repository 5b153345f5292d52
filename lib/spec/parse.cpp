#include "oci/parse.h"

#include <cctype>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

#include "lib/base/try.h"
#include "lib/json/fields.h"
#include "lib/spec/config_table.h"

namespace oci {
namespace {

constexpr json::Limits kLimits{kMaxDocumentBytes, kMaxDocumentDepth};

template <class T>
Result<T> parse_document(const json::Document& document, ParseNotes* notes) {
  json::Notes found;
  T value = TRY(json::decode<T>(document, &found));
  if (notes != nullptr)
    *notes = {std::move(found.unknown), std::move(found.duplicate), std::move(found.ignored)};
  return value;
}

template <class T>
Result<T> parse_text(std::string text, ParseNotes* notes) {
  const json::Document document = TRY(json::Document::parse(std::move(text), kLimits));
  return parse_document<T>(document, notes);
}

Result<spec::Spec> parse_config(std::string text, ParseNotes* notes) {
  const json::Document document = TRY(json::Document::parse(std::move(text), kLimits));
  if (document.root().is_null())
    return Error{Code::kInvalidConfig, "config cannot be null", 0, {}, {}};
  return parse_document<spec::Spec>(document, notes);
}

// As Go words it: "permission denied".
std::string errno_words(int err) {
  std::string text = std::generic_category().message(err);
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

Error file_error(std::string_view call, const std::string& path, int err) {
  if (err == ENOENT)
    return Error{
        Code::kInvalidConfig, "JSON specification file config.json not found", err, path, {}};
  const Code code = err == EACCES || err == EPERM ? Code::kPermission : Code::kSystem;
  std::string text(call);
  text.append(" ").append(path).append(": ").append(errno_words(err));
  return Error{code, std::move(text), err, path, {}};
}

// One byte beyond the limit is enough for the parser to refuse.
Result<std::string> read_config(const std::string& path) {
  const auto close = [](std::FILE* f) { std::fclose(f); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "re"), close);
  if (file == nullptr) return file_error("open", path, errno);
  std::string text;
  char buffer[16384];
  while (text.size() <= kMaxDocumentBytes) {
    const std::size_t n = std::fread(buffer, 1, sizeof buffer, file.get());
    text.append(buffer, n);
    if (n == sizeof buffer) continue;
    if (std::ferror(file.get()) != 0) return file_error("read", path, errno);
    break;
  }
  return text;
}

}  // namespace

Result<spec::Spec> parse_spec(std::string_view json, ParseNotes* notes) {
  return parse_config(std::string(json), notes);
}

Result<spec::Process> parse_process(std::string_view json, ParseNotes* notes) {
  return parse_text<spec::Process>(std::string(json), notes);
}

Result<spec::Resources> parse_resources(std::string_view json, ParseNotes* notes) {
  return parse_text<spec::Resources>(std::string(json), notes);
}

Result<std::vector<spec::Mount>> parse_mounts(std::string_view json, ParseNotes* notes) {
  return parse_text<std::vector<spec::Mount>>(std::string(json), notes);
}

Result<spec::Spec> load_spec(const std::string& bundle, ParseNotes* notes) {
  std::string text = TRY(read_config(bundle + "/config.json"));
  return parse_config(std::move(text), notes);
}

}  // namespace oci
