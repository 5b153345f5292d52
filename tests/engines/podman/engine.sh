# Sourced by inside: podman, through conmon, with --runtime.

engine_parts=(run ../cli/cases terminal life isolation pod end swap)

cli_command=(podman --runtime "$runtime" --root "$base/storage" --runroot /run/storage
  --tmpdir /run/libpod --cgroup-manager cgroupfs --events-backend file)
force=(--force --time 0)
. "$here/cli/engine.sh"
podman() { cli "$@"; }
remove() { cli rm "${force[@]}" "$@" >/dev/null; }
cgroup_file() { # v1-controller name v1-file v2-file
  local path
  path=$(inspect "$2" '{{.State.CgroupPath}}')
  if [[ $view == v1 ]]; then
    cat "/sys/fs/cgroup/$1$path/$3"
  else
    cat "/sys/fs/cgroup$path/$4"
  fi
}

takes_no_cgroups() {
  mkdir -p "$base/empty"
  "$runtime" --root "$base/empty" --cgroup-manager disabled list &>/dev/null
}

engine_start() {
  mkdir -p "$base/etc" "$base/cni" /run/containers
  # Without a pids controller in the view podman's default limit could not be set; with no
  # controller at all podman warns that it cannot make conmon's cgroup.
  local pids_limit=2048 cgroups=enabled
  if [[ $view == v2 ]]; then
    grep -qw pids /sys/fs/cgroup/cgroup.controllers || pids_limit=0
    [[ $(</sys/fs/cgroup/cgroup.controllers) ]] || cgroups=no-conmon
  fi
  # Podman 5 has no "cni" any more, and 4.3 may come without netavark; no case here needs either.
  local backend=netavark
  [[ $(podman --version) != *" "[34].* ]] || backend=cni
  # Podman passes the JSON log flags and "--cgroup-manager disabled" by the runtime's name.
  local nocgroups=''
  ! takes_no_cgroups || nocgroups="\"$runtime_name\""
  cat >"$base/etc/containers.conf" <<TOML
[containers]
pids_limit = $pids_limit
cgroups = "$cgroups"
default_capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE",
  "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"]
default_sysctls = ["net.ipv4.ping_group_range=0 0"]
log_driver = "k8s-file"
[engine]
runtime_supports_json = ["crun", "runc", "ocirun"]
runtime_supports_nocgroup = [$nocgroups]
[network]
network_backend = "$backend"
network_config_dir = "$base/cni"
TOML
  cat >"$base/etc/storage.conf" <<TOML
[storage]
driver = "overlay"
graphroot = "$base/storage"
runroot = "/run/storage"
TOML
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$base/etc/policy.json"
  echo 'unqualified-search-registries = []' >"$base/etc/registries.conf"
  export CONTAINERS_CONF=$base/etc/containers.conf
  export CONTAINERS_STORAGE_CONF=$base/etc/storage.conf
  export CONTAINERS_REGISTRIES_CONF=$base/etc/registries.conf
  export HOME=$base TMPDIR=$base
  mkdir -p /etc/containers && mount --bind "$base/etc" /etc/containers || return 1
  podman info >"$base/info" 2>"$base/stderr" || { cat "$base/stderr" >&2; return 1; }
}

engine_reset() { podman rm --all --force --time 0; }
engine_stop() { podman rm --all --force --time 0 >/dev/null 2>&1; }
