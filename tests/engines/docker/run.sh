# Sourced by inside: "docker run" and what it hands to the program.

test_case d_info 'info names the runtime and the cgroup driver'
d_info() {
  want_output "probe cgroupfs ${view#v}" docker info \
    --format '{{.DefaultRuntime}} {{.CgroupDriver}} {{.CgroupVersion}}'
  # The daemon asks the default runtime alone for its version, and warns when it cannot read it.
  want_not_in "$(<"$base/dockerd.log")" 'failed to retrieve'
}

test_case d_missing 'a missing program gives 127 in run and 126 in exec, with the text'
d_missing() {
  capture once -- no-such-program
  want_rc 127
  want_in "$err" 'executable file not found in $PATH'
  capture once -- /bin/no-such-program
  want_rc 127
  want_in "$err" 'no such file or directory'
  background d-missing
  capture docker exec d-missing no-such-program
  # Docker 20.10 maps all of them to 126 here, later ones to 127.
  [[ $rc == 126 || $rc == 127 ]] || complain 'want 126 or 127'
  want_in "$out$err" 'executable file not found in $PATH'
  remove d-missing
}

test_case d_not_executable 'a program without x bit, and a directory, give 126'
d_not_executable() {
  capture once -- /bin/plain
  want_rc 126
  want_in "$err" 'permission denied'
  capture once -- /etc
  # The text differs between runc's releases, and Docker 20.10 takes the newer one for 125.
  [[ $rc == 126 || ($rc == 125 && $err == *'is a directory'*) ]] || complain 'want 126'
}

test_case d_tty 'run -t gives a terminal of the size of the outer one'
d_tty() {
  capture with_tty sh -c 'stty rows 33 cols 99; exec "$@"' sh "${cli_command[@]}" run --rm -it \
    --network none "$image" sh -c 'tty; until [ "$(stty size)" = "33 99" ]; do sleep 0.1; done
    test -t 0 && test -t 1 && test -t 2; exit $((3 + $?))'
  want_rc 3
  want_in "$out" /dev/pts/0
}

test_case d_user '--user, --group-add, --workdir, --entrypoint'
d_user() {
  want_output $'uid=1000(app) gid=1000(app) groups=1000(app),2000(extra)\n/home/app' \
    once --user app --group-add extra --workdir /home/app -- sh -c 'id; pwd'
  want_output '4242:4343' once --user 4242:4343 -- sh -c 'echo "$(id -u):$(id -g)"'
  want_output 'entered by' once --entrypoint /bin/echo -- entered by
}

test_case d_environment '--env, --env-file and the environment of the image'
d_environment() {
  echo FROM_FILE=filed >"$base/env"
  want_output 'probe|a b|filed|/bin' once --env 'MORE=a b' --env-file "$base/env" -- \
    sh -c 'echo "$IMAGE|$MORE|$FROM_FILE|$PATH"'
}

test_case d_ulimit '--ulimit and --oom-score-adj'
d_ulimit() {
  want_output '100 200 500' once --ulimit nofile=100:200 --oom-score-adj 500 -- \
    sh -c 'echo "$(ulimit -Sn) $(ulimit -Hn) $(cat /proc/self/oom_score_adj)"'
}

test_case d_init '--init: the program of pid 1 reaps, forwards signals and the exit code'
d_init() {
  want_output docker-init once --init -- cat /proc/1/comm
  capture once --init -- sh -c 'exit 4'
  want_rc 4
  background d-init --init
  docker exec -d d-init sh -c 'sh -c "exit 0" & exec sleep 0.2'
  capture docker stop d-init
  want_rc 0
  want_is "$(inspect d-init '{{.State.ExitCode}}')" 5
  remove d-init
}

test_case d_hosts '--hostname, --add-host, --dns: /etc/hostname, hosts and resolv.conf are bound'
d_hosts() {
  want_output $'probe-host\nprobe-host\n10.1.2.3\tfriend\nnameserver 10.9.8.7' \
    docker run --rm --hostname probe-host --add-host friend:10.1.2.3 --dns 10.9.8.7 "$image" \
    sh -c 'hostname; cat /etc/hostname; grep friend /etc/hosts; grep nameserver /etc/resolv.conf'
}

test_case d_no_leaked_fds 'no file descriptor of the engine comes in, in run and in exec'
d_no_leaked_fds() {
  want_output '0 1 2 3' once -- sh -c 'echo $(ls /proc/self/fd)'
  background d-fds
  want_output '0 1 2 3' docker exec d-fds sh -c 'echo $(ls /proc/self/fd)'
  remove d-fds
}

test_case d_by_name 'run --runtime: the built-in name runc and the one of the daemon.json'
d_by_name() {
  want_output named once --runtime probe -- echo named
  capture once --runtime no-such-runtime -- true
  want_rc 125
}
