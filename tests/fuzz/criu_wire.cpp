// CRIU's messages. Any bytes as its answer; and any request, which must be a message that an own
// reading of the wire format takes apart into the same fields as the decoder.
#include <optional>
#include <vector>

#include "lib/criu/rpc.h"
#include "lib/criu/wire.h"
#include "tests/fuzz/target.h"

using namespace oci;
using fuzz::Input;
using fuzz::require;

namespace {

constexpr std::uint64_t kLastField = 0x1fffffff;

struct Plain {
  std::uint64_t number, value;
  std::string_view bytes;
};

// The wire format in short: a key of number and kind, then a varint, 8, 4, or a varint and so many
// bytes.
std::optional<std::uint64_t> varint(std::string_view& rest) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (rest.empty()) return {};
    const auto byte = static_cast<std::uint8_t>(rest[0]);
    rest.remove_prefix(1);
    if (shift == 63 && byte > 1) return {};  // more than 64 bits
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
  return {};
}

bool read_plain(std::string_view rest, std::vector<Plain>& out) {
  while (!rest.empty()) {
    const auto key = varint(rest);
    if (!key || *key >> 3 == 0 || *key >> 3 > kLastField) return false;
    std::optional<std::uint64_t> value = 0;
    std::uint64_t size = 0;
    switch (*key & 7) {
      case 0: value = varint(rest); break;
      case 1: size = 8; break;
      case 2:
        value = varint(rest);
        size = value.value_or(0);
        break;
      case 5: size = 4; break;
      default: return false;
    }
    if (!value || size > rest.size()) return false;
    if ((*key & 7) == 0) out.push_back({*key >> 3, *value, {}});
    if ((*key & 7) == 2) out.push_back({*key >> 3, 0, rest.substr(0, size)});
    rest.remove_prefix(size);
  }
  return true;
}

void check_decoder(std::string_view bytes) {
  std::vector<Plain> fields;
  const bool whole = read_plain(bytes, fields);
  criu::Decoder decoder(bytes);
  std::size_t count = 0;
  while (const auto field = decoder.next()) {
    require(count < fields.size(), "the decoder finds no more fields than there are");
    const Plain& plain = fields[count++];
    require(
        field->number == plain.number && field->value == plain.value && field->bytes == plain.bytes,
        "the same field");
  }
  require(decoder.broken() == !whole && (!whole || count == fields.size()),
          "broken is what is broken");
}

std::vector<criu::Pair> pairs(Input& in) {
  std::vector<criu::Pair> out(in.below(3));
  for (criu::Pair& pair : out) pair.key = in.text(), pair.value = in.text();
  return out;
}

criu::Request read_request(Input& in) {
  criu::Request request;
  request.kind = static_cast<criu::Kind>(in.below(11));
  if (in.flag()) request.notify_success = in.flag();
  if (in.flag()) request.features = criu::Features{in.flag(), in.flag()};
  if (!in.flag()) return request;
  criu::Options& options = request.options.emplace();
  options.images_dir_fd = static_cast<int>(in.number(4));
  options.work_dir_fd = static_cast<int>(in.number(4));
  options.pid = static_cast<std::int32_t>(in.number(4));
  options.root = in.text();
  options.log_file = in.text();
  options.track_memory = in.flag();
  options.tcp_established = in.flag();
  if (in.flag())
    options.page_server = criu::PageServer{std::string(in.text()), static_cast<int>(in.number(4))};
  if (in.flag()) options.cgroup_mode = static_cast<criu::CgroupMode>(in.below(5));
  options.empty_namespaces = static_cast<std::uint32_t>(in.number(4));
  options.external_mounts = pairs(in);
  options.cgroup_roots = pairs(in);
  options.join_namespaces = pairs(in);
  for (std::size_t i = in.below(3); i > 0; --i) options.external.emplace_back(in.text());
  for (std::size_t i = in.below(3); i > 0; --i)
    options.inherited.push_back({std::string(in.text()), static_cast<int>(in.number(4))});
  return request;
}

}  // namespace

FUZZ_TARGET(criu_wire) {
  check_decoder(bytes);
  std::vector<Plain> fields;
  require(read_plain(bytes, fields) == criu::decode_response(bytes).ok(),
          "an answer is what can be taken apart");

  Input in(bytes);
  const criu::Request request = read_request(in);
  const std::string message = criu::encode(request);
  check_decoder(message);
  fields.clear();
  require(read_plain(message, fields) && !fields.empty(), "a request is a message");
  require(fields[0].number == 1 && fields[0].value == static_cast<std::uint64_t>(request.kind),
          "of its kind");
}
