# Sourced by run and demo: as_root COMMAND..., and the build packages.

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# install_packages [NAME...]: installs those that this machine lacks; without a name what .ci/packages lists.
install_packages() {
  local package missing=()
  # shellcheck disable=SC2046
  [ $# -gt 0 ] || set -- $(cat .ci/packages)
  for package; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "installing ${missing[*]}"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
  as_root "${apt[@]}" update &&
    as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null
}

# configure PRESET [cmake options...]
configure() {
  local preset=$1
  shift
  ! command -v ccache >/dev/null || set -- -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@"
  cmake --preset "$preset" "$@"
}
