# Sourced by vmlane: build_image. An image is a directory with a disk and the kernel that boots it.

packages() { awk -v release="$debian" '!/^#/ && ($2 == "" || $2 == release) { print $1 }' "$here/packages"; }

# Images of other contents have other names.
image_key() {
  { echo "$debian $mirror"; cat "$here/packages" "$here/image.sh" "$here"/guest/*; } | sha256sum | cut -c1-12
}

# in_tree COMMAND...: in the tree, with mounts that end with the command.
in_tree() {
  unshare --mount --propagation private bash -euc '
    cd "$1"; shift
    mount -t proc proc proc
    mount -t sysfs -o ro sysfs sys
    mount --rbind /dev dev
    mount --bind /etc/resolv.conf etc/resolv.conf
    exec chroot . env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
      ${http_proxy:+http_proxy="$http_proxy"} "$@"' in_tree "$tree" "$@"
}

# The minimal system first: packages with dependencies that debootstrap cannot resolve come by apt.
install_system() {
  mkdir -p "$cache/debs"
  unshare --mount --propagation private debootstrap --variant=minbase --cache-dir="$cache/debs" "$debian" "$tree" ${mirror:+"$mirror"}
  touch "$tree/etc/resolv.conf"
  echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/vmlane"
  printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
  chmod 755 "$tree/usr/sbin/policy-rc.d"
  in_tree apt-get -q update
  # shellcheck disable=SC2046
  in_tree apt-get -qy --no-install-recommends install $(packages)
  rm "$tree/usr/sbin/policy-rc.d"
}

# Unpacked and not installed: there is no boot loader and no initramfs. Modules are stored without compression,
# which is slow under emulation.
install_kernel() {
  local package release unpacked=$tree/var/tmp/kernel
  package=$(in_tree apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p')
  in_tree sh -euc "mkdir /var/tmp/kernel; cd /var/tmp/kernel; apt-get -q download $package; dpkg-deb -x ./*.deb ."
  release=$(cd "$unpacked/boot" && echo vmlinuz-*)
  release=${release#vmlinuz-}
  cp -a "$unpacked"/{usr/,}lib/modules "$tree/usr/lib/" 2>/dev/null || [ -d "$tree/usr/lib/modules/$release" ]
  cp "$unpacked/boot/config-$release" "$tree/boot/"
  find "$tree/usr/lib/modules" -name '*.ko.xz' -print0 | xargs -0r -P "$(nproc)" -n 64 xz -d
  in_tree depmod "$release"
  unpack_kernel "$unpacked/boot/vmlinuz-$release" "$image/kernel"
  rm -r "$unpacked"
}

# unpack_kernel BZIMAGE ELF: QEMU starts the plain kernel at its PVH entry, so nothing is decompressed under
# emulation. The fields of the header are in the kernel's Documentation/arch/x86/boot.rst.
unpack_kernel() {
  local sectors offset length tool
  field() { od -An -t "u$2" -j "$1" -N "$2" "$3" | tr -d ' '; }
  sectors=$(field $((0x1f1)) 1 "$1")
  offset=$(((sectors + 1) * 512 + $(field $((0x248)) 4 "$1")))
  length=$(($(field $((0x24c)) 4 "$1") - 4)) # the last word is the size
  case $(od -An -t x1 -j "$offset" -N 2 "$1" | tr -d ' ') in
    28b5) tool=zstd ;;
    fd37) tool=xz ;;
    *) cp "$1" "$2"; return ;; # it decompresses itself
  esac
  head -c "$((offset + length))" "$1" | tail -c "$length" | "$tool" -dc >"$2"
}

configure_guest() {
  local etc=$tree/etc unit list
  echo vmlane >"$etc/hostname"
  printf '127.0.0.1 localhost vmlane\n::1 localhost\n' >"$etc/hosts"
  : >"$etc/fstab"
  in_tree systemd-machine-id-setup # without an id every boot would be the first one
  install -m 644 -t "$etc/systemd/system" "$here"/guest/vmlane.{service,target}
  # What packages have enabled is started by who needs it: nothing else runs under emulation.
  rm -rf "$etc"/systemd/system/{sysinit,multi-user,timers,sockets,network-online,getty}.target.wants
  ln -sfn vmlane.target "$etc/systemd/system/default.target"
  sed '/^#/d' "$here/guest/masked-units" | while read -r unit; do ln -sfn /dev/null "$etc/systemd/system/$unit"; done
  mkdir -p "$etc/systemd/system/user@.service.d" "$etc/systemd/journald.conf.d"
  printf '[Service]\nDelegate=yes\n' >"$etc/systemd/system/user@.service.d/vmlane.conf"
  printf '[Journal]\nStorage=volatile\nAudit=no\n' >"$etc/systemd/journald.conf.d/vmlane.conf"
  # The modes that udev would give.
  printf 'z /dev/%s 0666 - - -\n' fuse net/tun >"$etc/tmpfiles.d/vmlane.conf"
  in_tree useradd -m -u 1000 -s /bin/bash rootless
  for list in subuid subgid; do
    grep -qs '^rootless:' "$etc/$list" || echo rootless:100000:65536 >>"$etc/$list"
  done
  in_tree ldconfig
  printf 'SELINUX=permissive\nSELINUXTYPE=default\n' >"$etc/selinux/config"
  in_tree apt-get -q clean
  rm -rf "$tree"/var/lib/apt/lists/*
  # Last, so that every file gets its label.
  in_tree setfiles -F -q -e /proc -e /sys -e /dev /etc/selinux/default/contexts/files/file_contexts /
}

# Who waits here for another build finds its image.
build_image() { # directory
  local work tree image
  [ "$(id -u)" = 0 ] || skip "an image is built by root"
  need debootstrap mke2fs xz zstd unshare
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9
  [ ! -d "$1" ] || return 0
  say "building the image $(basename "$1") (some minutes)"
  work=$(mktemp -d "$cache/build.XXXXXX") tree=$work/tree image=$work/image
  mkdir -m 755 "$tree" "$image"
  (
    set -e
    install_system
    install_kernel
    configure_guest
    mke2fs -q -t ext4 -E lazy_itable_init=1,nodiscard -m 0 -d "$tree" "$image/disk" 6G
  ) >"$work/log" 2>&1 </dev/null &
  if ! wait $!; then # in a condition of its own `set -e` would say nothing
    tail -n 30 "$work/log" >&2
    ! grep -q 'Failed getting release file' "$work/log" || no_mirror=yes
    rm -rf --one-file-system "$work"
    [ -z "${no_mirror:-}" ] || skip "no Debian mirror can be reached"
    die "the image could not be built"
  fi
  mv "$image" "$1"
  rm -rf --one-file-system "$work"
  exec 9>&-
}
