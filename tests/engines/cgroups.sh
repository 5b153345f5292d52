# Sourced by run. A cgroup of our own in every hierarchy of this host, below the caller's own, so
# that the root of each cgroup namespace is empty and its remains can be removed by one walk.

cgroup_names=()    # one mount below $work/cgroup for each: "memory", "cpu,cpuacct", "name=systemd"
cgroup_own="engines-$$"

# hierarchy-ID:controllers:path, with an empty controllers field for v2.
cgroups_list() { cut -d: -f2 /proc/self/cgroup; }

cgroups_path() { # name, "v2" for the unified one
  local key=$1
  [[ $key != v2 ]] || key=''
  awk -F: -v key="$key" '$2 == key { sub(/^[^:]*:[^:]*:/, ""); print; exit }' /proc/self/cgroup
}

# What a run that was killed could not remove itself.
cgroups_sweep() { # parent
  local old
  for old in "$1"/engines-*; do
    [[ ! -d $old || -d /proc/${old##*-} ]] || find "$old" -depth -type d -exec rmdir {} +
  done
}

cgroups_make() {
  local name options dir
  mkdir -p "$work/cgroup"
  while read -r name; do
    name=${name:-v2}
    options=$name
    [[ $name != name=* ]] || options="none,$name"
    dir=$work/cgroup/$name
    mkdir "$dir"
    if [[ $name == v2 ]]; then
      mount -t cgroup2 cgroup2 "$dir" || return 1
    else
      mount -t cgroup -o "$options" cgroup "$dir" || return 1
    fi
    dir=$dir$(cgroups_path "$name")/$cgroup_own
    cgroups_sweep "${dir%/*}"
    mkdir "$dir" || return 1
    cgroup_names+=("$name=$dir")
    case ,$name, in *,cpuset,*)
      # A v1 cpuset takes no process before it has cpus and nodes.
      cat "${dir%/*}/cpuset.cpus" >"$dir/cpuset.cpus"
      cat "${dir%/*}/cpuset.mems" >"$dir/cpuset.mems" ;;
    esac
  done < <(cgroups_list)
}

cgroups_dirs() { # the own directory in each hierarchy
  local pair
  for pair in "${cgroup_names[@]}"; do echo "/${pair#*=/}"; done
}

cgroups_enter() {
  local dir
  while read -r dir; do echo 0 >"$dir/cgroup.procs" || exit 2; done < <(cgroups_dirs)
}

# Makes a cgroup in the own one of the unified hierarchy, where there is one, and names it.
cgroups_nested() {
  local dir
  dir=$(cgroups_dirs | grep "^$work/cgroup/v2/") || return 0
  mkdir -p "$dir/harness" && echo "$dir/harness"
}

cgroups_have() { # v1|v2
  local pair
  for pair in "${cgroup_names[@]}"; do
    case $1/$pair in
      v2/v2=* | v1/*memory*=*) return 0 ;;
    esac
  done
  return 1
}

cgroups_v2_controllers() { # name...
  local dir name
  dir=$(cgroups_dirs | grep "^$work/cgroup/v2/") || return 1
  for name; do grep -qw "$name" "$dir/cgroup.controllers" || return 1; done
}

# Removes what the engines left below the own directories; the processes are dead by now, but the
# kernel may still be at freeing their cgroups. A v2 one that gives controllers takes no process.
cgroups_empty() {
  local dir try name
  while read -r dir; do
    for try in {1..50}; do
      find "$dir" -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null
      [[ $(find "$dir" -mindepth 1 -type d | wc -l) -gt 0 ]] || break
      sleep 0.1
    done
    [[ -f $dir/cgroup.subtree_control ]] || continue
    for name in $(<"$dir/cgroup.subtree_control"); do echo "-$name" >"$dir/cgroup.subtree_control"; done
  done < <(cgroups_dirs)
}

cgroups_remove() {
  local dir
  ((${#cgroup_names[@]})) || return 0
  cgroups_empty
  while read -r dir; do
    rmdir "$dir" || echo "engines: cgroup $dir stays behind" >&2
  done < <(cgroups_dirs)
}
