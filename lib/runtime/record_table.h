// Field tables of the record. Names in our own object are ours alone; add members, never change
// what one means.
#pragma once

#include <array>
#include <vector>

#include "lib/base/names.h"
#include "lib/json/fields.h"
#include "lib/runtime/record.h"
#include "lib/spec/config_table.h"

namespace oci {

namespace runtime {

inline constexpr auto kPhaseWords = std::to_array<base::Named<Phase>>({
    {"created", Phase::kCreated},
    {"creating", Phase::kCreating},
    {"running", Phase::kRunning},
    {"starting", Phase::kStarting},
});
static_assert(base::is_sorted_by_name(kPhaseWords));

inline constexpr auto kModeWords = std::to_array<base::Named<cgroup::Mode>>({
    {"hybrid", cgroup::Mode::kHybrid},
    {"none", cgroup::Mode::kNone},
    {"v1", cgroup::Mode::kV1},
    {"v2", cgroup::Mode::kV2},
});
static_assert(base::is_sorted_by_name(kModeWords));

// cgroup::Dir and whether it is ours, in one object.
struct StoredDir {
  cgroup::Dir dir;
  bool made = false;
};

}  // namespace runtime

namespace json {

// A word of a table.
template <class T, const auto& kWords>
struct WordCodec {
  static bool parse(const Cursor& at, T& out, Session& session) {
    std::string_view word;
    const base::Named<T>* entry = at.get(word) ? base::find(kWords, word) : nullptr;
    if (entry == nullptr) return session.fail(at.expected("a known word"));
    out = entry->value;
    return true;
  }
  static void render(Writer& out, T value) { out.string(base::name_of(kWords, value)); }
  static bool absent(T) { return false; }
};

template <>
struct Codec<runtime::Phase> : WordCodec<runtime::Phase, runtime::kPhaseWords> {};
template <>
struct Codec<cgroup::Mode> : WordCodec<cgroup::Mode, runtime::kModeWords> {};

template <>
struct Table<cgroup::Dir> {
  using S = cgroup::Dir;
  static constexpr Row rows[] = {
      field<&S::controllers>("controllers"),
      field<&S::mount_point>("mountPoint", Keep::kAlways),
      field<&S::path>("path", Keep::kAlways),
      field<&S::unified>("unified"),
  };
};

template <>
struct Table<runtime::StoredDir> {
  using S = runtime::StoredDir;
  static constexpr Row rows[] = {
      field<&S::dir>("dir", Keep::kAlways),
      field<&S::made>("made"),
  };
};

template <>
struct Codec<runtime::CgroupRecord> {
  struct Stored {
    cgroup::Mode mode = cgroup::Mode::kNone;
    std::vector<runtime::StoredDir> dirs;
  };
  static bool parse(const Cursor& at, runtime::CgroupRecord& out, Session& session);
  static void render(Writer& out, const runtime::CgroupRecord& value);
  static bool absent(const runtime::CgroupRecord&) { return false; }
};

template <>
struct Table<Codec<runtime::CgroupRecord>::Stored> {
  using S = Codec<runtime::CgroupRecord>::Stored;
  static constexpr Row rows[] = {
      field<&S::mode>("mode"),
      field<&S::dirs>("dirs"),
  };
};

template <>
struct Table<sys::ProcessIdentity> {
  using S = sys::ProcessIdentity;
  static constexpr Row rows[] = {
      field<&S::pid>("pid"),
      field<&S::start_time>("startTime"),
      field<&S::inode>("inode"),
  };
};

template <>
struct Table<runtime::Record> {
  using S = runtime::Record;
  static constexpr Row rows[] = {
      field<&S::id>("id", Keep::kAlways),
      field<&S::phase>("phase", Keep::kAlways),
      field<&S::bundle>("bundle", Keep::kAlways),
      field<&S::rootfs>("rootfs", Keep::kAlways),
      field<&S::created>("created", Keep::kAlways),
      field<&S::oci_version>("ociVersion", Keep::kAlways),
      field<&S::hostname>("hostname"),
      field<&S::owner>("owner", Keep::kAlways),
      field<&S::init>("init"),
      field<&S::annotations>("annotations"),
      field<&S::cgroup>("cgroup", Keep::kAlways),
      field<&S::namespaces>("namespaces"),
      field<&S::user_namespace>("userNamespace"),
      field<&S::hooks>("hooks"),
      field<&S::process>("process"),
      field<&S::linux_>("linux"),
      field<&S::binds>("binds"),
      field<&S::seccomp_flags>("seccompFlags"),
      field<&S::has_seccomp>("hasSeccomp"),
      field<&S::terminal>("terminal"),
      field<&S::notify_socket>("notifySocket"),
      field<&S::no_new_keyring>("noNewKeyring"),
      field<&S::rdt_group>("rdtGroup"),
      field<&S::rdt_monitoring>("rdtMonitoring"),
      field<&S::rdt_made>("rdtMade"),
  };
};

}  // namespace json
}  // namespace oci
