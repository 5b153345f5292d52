# Sourced by inside: Docker's daemon with its own containerd, driven by the docker command.
# The runtime is the daemon's default one; the images are imported from the root file system.

engine_parts=(run ../cli/cases life isolation limits checkpoint end)

# Debian's client beside Debian's daemon, whatever else is in PATH.
cli_command=(/usr/bin/docker)
force=(--force)
. "$here/cli/engine.sh"
docker() { cli "$@"; }
health() { inspect "$1" '{{.State.Health.Status}}'; }
health_is() { [[ $(health "$1") == "$2" ]]; }
remove() { docker rm --force --volumes "$@" >/dev/null; }
cgroup_file() { # v1-controller name v1-file v2-file
  if [[ $view == v1 ]]; then
    cat "/sys/fs/cgroup/$1/docker/$(inspect "$2" '{{.Id}}')/$3"
  else
    cat "/sys/fs/cgroup/docker/$(inspect "$2" '{{.Id}}')/$4"
  fi
}
answers() { docker version; }
daemon_start() {
  dockerd --config-file "$base/daemon.json" >>"$base/dockerd.log" 2>&1 &
  local try
  for try in {1..150}; do
    if answers >/dev/null 2>&1; then return 0; fi
    sleep 0.2
  done
  tail -n 20 "$base/dockerd.log" >&2
  return 1
}
daemon_stop() {
  local pid
  pid=$(</run/docker.pid)
  kill "$pid"
  eventually test ! -e "/proc/$pid"
}

engine_start() {
  export HOME=$base TMPDIR=$base
  jq -n --arg root "$base/root" --arg runtime "$runtime" '{
    "data-root": $root, "exec-root": "/run/docker", pidfile: "/run/docker.pid",
    hosts: ["unix:///run/docker.sock"], "storage-driver": "overlay2",
    "exec-opts": ["native.cgroupdriver=cgroupfs"], "live-restore": true, experimental: true,
    runtimes: {probe: {path: $runtime}}, "default-runtime": "probe",
    "shutdown-timeout": 1}' >"$base/daemon.json"
  # There before the first container: what is left in it is looked for at the end.
  mkdir -p /run/docker/runtime-runc
  daemon_start && docker import --change 'ENV PATH=/bin IMAGE=probe' --change 'CMD ["sh"]' \
    "$work/rootfs.tar" "$image" >/dev/null
}

engine_reset() {
  local all
  all=$(docker ps --all --quiet) && [[ ! $all ]] || docker rm --force --volumes $all
}
engine_stop() {
  engine_reset >/dev/null 2>&1
  daemon_stop
}
