#include "lib/plan/init_plan_builder.h"

namespace oci::plan {

Builder::Builder() {
  data_.resize(sizeof(Header) +
               1);  // an empty string at a known place: the default Ref of every step
  data_.reserve(16384);
  steps_.reserve(160);  // what the default configuration takes, and some more
  notes_.reserve(160);
}

Ref Builder::bytes(const void* data, std::size_t size) {
  data_.resize((data_.size() + 7) / 8 * 8);
  const auto off = static_cast<std::uint32_t>(data_.size());
  const auto* first = static_cast<const std::byte*>(data);
  data_.insert(data_.end(), first, first + size);
  data_.push_back(std::byte{0});
  return {off, static_cast<std::uint32_t>(size)};
}

Ref Builder::list(const std::vector<std::string>& items) {
  std::vector<Ref> refs;
  refs.reserve(items.size());
  for (const std::string& item : items) refs.push_back(str(item));
  if (refs.empty()) return {sizeof(Header), 0};
  const Ref whole = bytes(refs.data(), refs.size() * sizeof(Ref));
  return {whole.off, static_cast<std::uint32_t>(refs.size())};
}

Step& Builder::add(Op op, std::string_view subject, std::string_view pointer) {
  constexpr Ref kEmpty{sizeof(Header), 0};
  notes_.push_back({std::string(subject), std::string(pointer)});
  steps_.push_back(Step{op, 0, 0, 0, 0, 0, 0, 0, 0, kEmpty, kEmpty, kEmpty});
  return steps_.back();
}

std::vector<std::byte> Builder::finish() {
  data_.resize((data_.size() + 7) / 8 * 8);
  Header header{};
  header.magic = kMagic;
  header.version = kVersion;
  header.step_off = static_cast<std::uint32_t>(data_.size());
  header.step_count = static_cast<std::uint32_t>(steps_.size());
  const auto* first = reinterpret_cast<const std::byte*>(steps_.data());
  data_.insert(data_.end(), first, first + steps_.size() * sizeof(Step));
  header.total = static_cast<std::uint32_t>(data_.size());
  std::memcpy(data_.data(), &header, sizeof header);
  steps_.clear();
  return std::move(data_);
}

}  // namespace oci::plan
