# Sourced by inside: images, "podman run" and what it hands to the program.

test_case p_info 'info names the runtime'
p_info() {
  capture podman info --format '{{.Host.OCIRuntime.Path}} {{.Host.CgroupsVersion}}'
  want_rc 0
  want_is "$out" "$runtime $view"
}

test_case p_load 'load of the OCI archive, import of the rootfs'
p_load() {
  capture podman load --quiet --input "$work/image.tar"
  want_rc 0
  capture podman import --quiet "$work/rootfs.tar" localhost/imported:1
  want_rc 0
  capture podman images --quiet --noheading
  want_is "$(wc -l <<<"$out")" 2
  capture podman run --rm --network none localhost/imported:1 /bin/cat /seed/file
  want_is "$out" planted
}

test_case p_missing 'a missing program gives 127, in run and in exec'
p_missing() {
  capture once -- no-such-program
  want_rc 127
  want_in "$err" 'executable file'
  capture once -- /bin/no-such-program
  want_rc 127
  background p-missing
  capture podman exec p-missing no-such-program
  want_rc 127
  remove p-missing
}

test_case p_not_executable 'a program without x bit, and a directory, give 126'
p_not_executable() {
  capture once -- /bin/plain
  want_rc 126
  want_in "$err" 'ermission denied'
  capture once -- /etc
  want_rc 126
  background p-plain
  capture podman exec p-plain /bin/plain
  want_rc 126
  remove p-plain
}

test_case p_tty 'run -t gives a terminal'
p_tty() {
  capture with_tty "${cli_command[@]}" run --rm -t --network none "$image" \
    sh -c 'tty; test -t 0 && test -t 1 && test -t 2; exit $((3 + $?))'
  want_rc 3
  want_is "$out" /dev/pts/0
}

test_case p_tty_size 'run -t hands on the size of the terminal'
p_tty_size() {
  capture with_tty sh -c 'stty rows 33 cols 99; exec "$@"' sh "${cli_command[@]}" run --rm -it \
    --network none "$image" sh -c 'for i in 1 2 3 4 5; do stty size; sleep 0.1; done'
  want_rc 0
  want_in "$out" '33 99'
}

test_case p_user '--user, --group-add, --umask, --workdir'
p_user() {
  want_output $'uid=1000(app) gid=1000(app) groups=1000(app),2000(extra)\n0027\n/home/app' \
    once --user app --group-add extra --umask 0027 --workdir /home/app -- sh -c 'id; umask; pwd'
  want_output '4242:4343' once --user 4242:4343 -- sh -c 'echo "$(id -u):$(id -g)"'
}

test_case p_oom_score '--oom-score-adj'
p_oom_score() {
  want_output 500 once --oom-score-adj 500 -- cat /proc/self/oom_score_adj
}

test_case p_ulimit '--ulimit'
p_ulimit() {
  # Podman raises an nproc that is not given, which needs CAP_SYS_RESOURCE.
  want_output '100 200' once --ulimit nofile=100:200 --ulimit nproc=1000:1000 -- \
    sh -c 'echo "$(ulimit -Sn) $(ulimit -Hn)"'
}

test_case p_init '--init'
p_init() {
  command -v catatonit >/dev/null || [[ -x /usr/libexec/podman/catatonit ]] ||
    skip 'catatonit is not installed'
  capture once --init -- sh -c 'cat /proc/1/comm; exit 4'
  want_rc 4
  want_is "$out" podman-init
}

test_case p_preserve_fds '--preserve-fds, and no other descriptor of the engine comes in'
p_preserve_fds() {
  want_output '0 1 2 3' once -- sh -c 'echo $(ls /proc/self/fd)'
  echo given >"$base/given"
  with_fd() { once --preserve-fds 1 -- sh -c 'cat <&3; echo $(ls /proc/self/fd)' 3<"$base/given"; }
  capture with_fd
  want_rc 0
  want_is "$out" $'given\n0 1 2 3 4'
}

test_case p_hooks 'hooks of an OCI hooks directory get the state on stdin'
p_hooks() {
  mkdir -p "$base/hooks"
  printf '#!/bin/sh\n{ echo "$1"; cat; echo; } >> %s\n' "$base/hooked" >"$base/hook"
  chmod 755 "$base/hook"
  jq -n --arg path "$base/hook" '{version: "1.0.0", when: {always: true},
    hook: {path: $path, args: ["hook", "ran"]}, stages: ["prestart", "poststop"]}' \
    >"$base/hooks/probe.json"
  capture podman --hooks-dir "$base/hooks" run --rm --network none "$image" true
  want_rc 0
  want_is "$(grep -c '^ran$' "$base/hooked")" 2
  want_in "$(<"$base/hooked")" '"status":'
  want_in "$(<"$base/hooked")" '"bundle":'
}

test_case p_rootfs '--rootfs DIR'
p_rootfs() {
  capture podman run --rm --network none --rootfs "$work/rootfs" /bin/cat /seed/file
  want_rc 0
  want_is "$out" planted
}

test_case p_runtime_flag '--runtime-flag goes to the runtime'
p_runtime_flag() {
  capture podman --runtime-flag debug run --rm --network none "$image" echo debugged
  want_rc 0
  want_is "$out" debugged
  capture podman --runtime-flag no-such-flag run --rm --network none "$image" true
  want_failure
}
