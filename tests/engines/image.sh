# Sourced by run. An OCI image archive with one layer, made from busybox-static with tar and
# sha256sum alone, that both "ctr image import" and "podman load" take.

image_name=localhost/probe:1

make_rootfs() { # dir
  local root=$1 applet
  mkdir -p "$root"/{bin,dev,etc,home/app,proc,root,run,seed,sys,tmp,var/tmp}
  chmod 1777 "$root/tmp" "$root/var/tmp"
  cp "$(command -v busybox)" "$root/bin/busybox"
  chmod 755 "$root/bin/busybox"
  for applet in $("$root/bin/busybox" --list); do
    [[ $applet == busybox ]] || ln -s busybox "$root/bin/$applet"
  done
  printf '%s\n' root:x:0:0:root:/root:/bin/sh app:x:1000:1000:app:/home/app:/bin/sh \
    >"$root/etc/passwd"
  printf '%s\n' root:x:0: app:x:1000: extra:x:2000:app >"$root/etc/group"
  echo planted >"$root/seed/file"
  # What cannot be executed: no x bit, a directory, and a name that is not there at all.
  printf '#!/bin/sh\n' >"$root/bin/plain"
  chmod 644 "$root/bin/plain"
}

blob() { # file media-type -> descriptor on stdout; moves the file into the blobs
  local digest size
  digest=$(sha256sum "$1" | cut -d' ' -f1)
  size=$(stat -c %s "$1")
  mv "$1" "$layout/blobs/sha256/$digest"
  jq -cn --arg type "$2" --arg digest "sha256:$digest" --argjson size "$size" \
    '{mediaType: $type, digest: $digest, size: $size}'
}

build_image() { # work
  local layout=$1/layout tmp=$1/blob type=application/vnd.oci.image machine diff layer config image
  mkdir -p "$layout/blobs/sha256" || return 1
  make_rootfs "$1/rootfs" || return 1
  case $(uname -m) in
    x86_64) machine=amd64 ;;
    aarch64) machine=arm64 ;;
    *) machine=$(uname -m) ;;
  esac
  tar -C "$1/rootfs" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$tmp" . ||
    return 1
  diff=sha256:$(sha256sum "$tmp" | cut -d' ' -f1)
  cp "$tmp" "$1/rootfs.tar"
  layer=$(blob "$tmp" $type.layer.v1.tar)
  jq -cn --arg machine "$machine" --arg diff "$diff" '{
    architecture: $machine, os: "linux",
    config: {Env: ["PATH=/bin", "IMAGE=probe"], Cmd: ["sleep", "1000"], WorkingDir: "/"},
    rootfs: {type: "layers", diff_ids: [$diff]}}' >"$tmp"
  config=$(blob "$tmp" $type.config.v1+json)
  jq -cn --arg type $type.manifest.v1+json --argjson config "$config" --argjson layer "$layer" \
    '{schemaVersion: 2, mediaType: $type, config: $config, layers: [$layer]}' >"$tmp"
  image=$(blob "$tmp" $type.manifest.v1+json)
  jq -cn --arg name "$image_name" --argjson image "$image" '{schemaVersion: 2, manifests: [
    $image + {annotations: {"org.opencontainers.image.ref.name": $name}}]}' >"$layout/index.json"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
  tar -C "$layout" -cf "$1/image.tar" oci-layout index.json blobs
}
