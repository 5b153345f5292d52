# Sourced by inside: the cases that are the same for every engine with docker's command line.

test_case cli_run 'run --rm prints what the command prints'
cli_run() {
  want_output 'hello world' once -- echo 'hello world'
  want_is "$err" ''
  want_output '' cli ps --all --quiet
}

test_case cli_exit_code 'run --rm ends with the exit code'
cli_exit_code() {
  capture once -- sh -c 'echo out; echo err >&2; exit 7'
  want_rc 7
  want_is "$out" out
  want_is "$err" err
}

test_case cli_stdin 'run -i reads stdin to its end'
cli_stdin() {
  capture once -i -- wc -c < <(head -c 300000 /dev/zero)
  want_rc 0
  want_is "$out" 300000
}

test_case cli_big_output 'much output comes through whole'
cli_big_output() {
  want_output "$(seq 50000 | sha256sum)" sh -c '"$@" | sha256sum' sh timeout 60 \
    "${cli_command[@]}" run --rm --network none "$image" seq 50000
}

test_case cli_create_start 'create, start --attach, wait'
cli_create_start() {
  capture cli create --name c-create --network none "$image" sh -c 'echo started; exit 8'
  want_rc 0
  want_output created state c-create
  capture cli start --attach c-create
  want_rc 8
  want_is "$out" started
  want_output 8 cli wait c-create
  remove c-create
}

test_case cli_exec_detached 'exec -d'
cli_exec_detached() {
  background c-exec-d
  capture cli exec -d c-exec-d sh -c 'echo done > /tmp/detached'
  want_rc 0
  eventually cli exec c-exec-d test -s /tmp/detached
  remove c-exec-d
}

test_case cli_exec_tty 'exec -t'
cli_exec_tty() {
  background c-exec-tty
  capture with_tty "${cli_command[@]}" exec -t c-exec-tty sh -c 'tty; sleep 0.2; exit 6'
  want_rc 6
  want_in "$out" /dev/pts/0
  remove c-exec-tty
}

test_case cli_stop 'stop: TERM is handled, the exit code is kept; the second stop is no error'
cli_stop() {
  background c-stop
  capture cli stop c-stop
  want_rc 0
  want_is "$(inspect c-stop '{{.State.Status}} {{.State.ExitCode}}')" 'exited 5'
  capture cli stop c-stop
  want_rc 0
  want_is "$err" ''
  remove c-stop
}

test_case cli_rm_force 'rm -f of a running container takes all its processes'
cli_rm_force() {
  background c-rm
  cli exec -d c-rm sleep 1000
  local pid
  pid=$(init_pid c-rm)
  capture cli rm "${force[@]}" c-rm
  want_rc 0
  want_output '' cli ps --all --quiet
  [[ ! -e /proc/$pid ]] || complain "process $pid lives"
}

test_case cli_resize 'run -t and exec -t: the program gets SIGWINCH and the new size'
cli_resize() {
  capture resized "${cli_command[@]}" run --rm -it --network none "$image" sh -c "$resize_probe"
  want_rc 8
  background c-resize
  capture resized "${cli_command[@]}" exec -it c-resize sh -c "$resize_probe"
  want_rc 8
  remove c-resize
}

test_case cli_attach_kill 'a signal to run reaches the program (--sig-proxy)'
cli_attach_kill() {
  (exec "${cli_command[@]}" run --rm --network none --name c-proxy "$image" sh -c "$waiter") &
  local job=$!
  eventually cli exec c-proxy test -e /tmp/ready
  kill -TERM "$job"
  rc=0
  wait "$job" || rc=$?
  want_rc 5
}

test_case cli_no_new_privileges '--security-opt no-new-privileges'
cli_no_new_privileges() {
  local show='grep NoNewPrivs /proc/self/status'
  want_output $'NoNewPrivs:\t0' once -- sh -c "$show"
  want_output $'NoNewPrivs:\t1' once --security-opt no-new-privileges -- sh -c "$show"
}

test_case cli_sysctl '--sysctl'
cli_sysctl() {
  want_output $'1\n77' once --sysctl net.ipv4.ip_forward=1 --sysctl kernel.msgmni=77 -- \
    cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmni
}

test_case cli_namespaces 'namespaces of its own, of the host, of another container'
cli_namespaces() {
  local kind
  capture once -- sh -c 'for n in ipc mnt net pid uts; do readlink /proc/self/ns/$n; done'
  for kind in ipc mnt net pid uts; do
    want_not_in "$out" "$(readlink "/proc/self/ns/$kind")"
  done
  for kind in pid ipc uts; do
    want_output "$(readlink "/proc/self/ns/$kind")" \
      once "--$kind=host" -- readlink "/proc/self/ns/$kind"
  done
  want_output "$(readlink /proc/self/ns/net)" \
    cli run --rm --network host "$image" readlink /proc/self/ns/net
  background c-shared --ipc shareable
  for kind in pid ipc; do
    want_output "$(readlink "/proc/$(init_pid c-shared)/ns/$kind")" \
      once "--$kind=container:c-shared" -- readlink "/proc/self/ns/$kind"
  done
  want_output "$(readlink "/proc/$(init_pid c-shared)/ns/net")" cli run --rm \
    --network container:c-shared "$image" readlink /proc/self/ns/net
  remove c-shared
}

test_case cli_network_none '--network none has lo, up, alone'
cli_network_none() {
  capture once -- sh -c 'ls /sys/class/net; nc -l -p 7777 -e echo answer & sleep 0.2
    nc 127.0.0.1 7777 < /dev/null'
  want_is "$out" $'lo\nanswer'
}

test_case cli_pid_host_kill '--pid host: rm -f takes the processes'
cli_pid_host_kill() {
  background c-pid-host --pid host
  cli exec -d c-pid-host sleep 1234
  capture cli rm "${force[@]}" c-pid-host
  want_rc 0
  sleep_is_gone() { ! grep -lz '^1234$' /proc/[0-9]*/cmdline; }
  eventually sleep_is_gone
}

test_case cli_pids_limit '--pids-limit holds'
cli_pids_limit() {
  need_controller pids
  capture once --pids-limit 8 -- \
    sh -c 'for i in 1 2 3 4 5 6 7 8 9; do sleep 3 & done; echo through'
  want_failure
  want_in "$err" "can't fork"
}

test_case cli_parallel 'six at once'
cli_parallel() {
  local i pids=()
  for i in 1 2 3 4 5 6; do
    once -- echo "number $i" >"$base/parallel$i" 2>&1 &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i"; done
  want_is "$(cat "$base"/parallel? | sort | tr '\n' ' ')" \
    'number 1 number 2 number 3 number 4 number 5 number 6 '
}
