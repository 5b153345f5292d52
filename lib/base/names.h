// Tables of names: constexpr arrays of entries with a `name`, searched by name or by value.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace oci::base {

// The plainest entry. Tables with more columns bring their own struct with a `name`.
template <class V>
struct Named {
  std::string_view name;
  V value;
};

template <class Entry, std::size_t N>
constexpr bool is_sorted_by_name(const std::array<Entry, N>& table) {
  for (std::size_t i = 1; i < N; ++i)
    if (!(table[i - 1].name < table[i].name)) return false;
  return true;
}

// A copy in the order that find() needs; the table itself can then keep the order of its source.
template <class Entry, std::size_t N>
constexpr std::array<Entry, N> sorted_by_name(std::array<Entry, N> table) {
  std::sort(table.begin(), table.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return table;
}

// The entry of that name, or null. Precondition: is_sorted_by_name(table).
template <class Entry, std::size_t N>
constexpr const Entry* find(const std::array<Entry, N>& table, std::string_view name) {
  std::size_t low = 0, high = N;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (table[middle].name < name)
      low = middle + 1;
    else
      high = middle;
  }
  return low < N && table[low].name == name ? &table[low] : nullptr;
}

// The first name with that value, or an empty view.
template <class V, std::size_t N>
constexpr std::string_view name_of(const std::array<Named<V>, N>& table, V value) {
  for (const Named<V>& entry : table)
    if (entry.value == value) return entry.name;
  return {};
}

}  // namespace oci::base
