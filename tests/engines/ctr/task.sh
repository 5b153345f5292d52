# Sourced by inside: the life of a task.

test_case ctr_detached 'run --detach, task ls, --pid-file'
ctr_detached() {
  capture run --detach --pid-file "$base/pid" -- c-detached sleep 1000
  want_rc 0
  want_is "$(status c-detached)" RUNNING
  want_is "$(<"$base/pid")" "$(init_pid c-detached)"
  want_is "$(tr '\0' ' ' <"/proc/$(init_pid c-detached)/cmdline")" 'sleep 1000 '
  remove c-detached
}

test_case ctr_exec 'task exec: output, exit code, stdin, user, cwd'
ctr_exec() {
  background c-exec
  capture ctr task exec --exec-id e1 c-exec sh -c 'echo out; echo err >&2; exit 9'
  want_rc 9
  want_is "$out" out
  want_is "$err" err
  capture ctr task exec --exec-id e2 c-exec wc -l < <(seq 1000)
  want_is "$out" 1000
  want_output 1000 ctr task exec --exec-id e3 --user 1000 c-exec id -u
  want_output /seed ctr task exec --exec-id e4 --cwd /seed c-exec pwd
  want_output "$(readlink "/proc/$(init_pid c-exec)/ns/pid")" \
    ctr task exec --exec-id e5 c-exec readlink /proc/self/ns/pid
  remove c-exec
}

test_case ctr_exec_tty 'task exec --tty'
ctr_exec_tty() {
  background c-exec-tty
  capture tty_exec t1 c-exec-tty sh -c 'tty; exit 6'
  want_rc 6
  # ctr may complain after it that it cannot resize the terminal of a process that has ended.
  want_is "${out%%$'\n'*}" /dev/pts/0
  remove c-exec-tty
}

test_case ctr_exec_missing 'task exec of a missing program: the text, and the container lives on'
ctr_exec_missing() {
  background c-exec-bad
  capture ctr task exec --exec-id b1 c-exec-bad no-such-program
  want_failure
  want_in "$err" 'executable file not found in $PATH'
  want_is "$(status c-exec-bad)" RUNNING
  remove c-exec-bad
}

test_case ctr_exec_detached 'task exec --detach and kill --exec-id'
ctr_exec_detached() {
  background c-exec-d
  capture ctr task exec --detach --exec-id d1 c-exec-d sleep 1000
  want_rc 0
  want_in "$(ctr task exec --exec-id d2 c-exec-d ps)" 'sleep 1000'
  capture ctr task kill --signal KILL --exec-id d1 c-exec-d
  want_rc 0
  sleep_is_gone() {
    local list
    list=$(ctr task exec --exec-id "d$RANDOM$RANDOM" c-exec-d ps) && [[ $list != *'sleep 1000'* ]]
  }
  eventually sleep_is_gone
  remove c-exec-d
}

test_case ctr_ps 'task ps'
ctr_ps() {
  background c-ps
  capture ctr task ps c-ps
  want_rc 0
  want_in "$out" "$(init_pid c-ps)"
  remove c-ps
}

test_case ctr_metrics 'task metrics'
ctr_metrics() {
  background c-metrics
  capture ctr task metrics c-metrics
  want_rc 0
  want_in "$out" c-metrics
  [[ $view != v1 ]] || want_in "$out" memory.usage_in_bytes
  want_in "$out" pids.current
  remove c-metrics
}

test_case ctr_pause 'task pause and resume'
ctr_pause() {
  background c-pause
  local pid
  pid=$(init_pid c-pause)
  capture ctr task pause c-pause
  want_rc 0
  want_is "$(status c-pause)" PAUSED
  capture ctr task resume c-pause
  want_rc 0
  want_is "$(status c-pause)" RUNNING
  want_output again ctr task exec --exec-id p1 c-pause echo again
  remove c-pause
}

test_case ctr_kill_paused 'TERM of a paused task takes effect at its resume'
ctr_kill_paused() {
  background c-paused
  ctr task pause c-paused
  capture ctr task kill c-paused
  ctr task resume c-paused
  eventually status_is c-paused STOPPED
  ended_with 5 c-paused
  ctr container rm c-paused
}

test_case ctr_kill 'task kill (TERM), task rm gives the exit code'
ctr_kill() {
  background c-kill
  capture ctr task kill c-kill
  want_rc 0
  eventually status_is c-kill STOPPED
  ended_with 5 c-kill
  want_output c-kill ctr container ls -q
  capture ctr container rm c-kill
  want_rc 0
  want_output '' ctr container ls -q
}

test_case ctr_kill_all 'task kill --all KILL takes exec processes too'
ctr_kill_all() {
  background c-all
  ctr task exec --detach --exec-id a1 c-all sleep 1000
  capture ctr task kill --all --signal KILL c-all
  want_rc 0
  eventually status_is c-all STOPPED
  ended_with 137 c-all
  ctr container rm c-all
}

test_case ctr_kill_stopped 'task kill of a stopped task says that it is not there'
ctr_kill_stopped() {
  background c-stopped
  ctr task kill c-stopped
  eventually status_is c-stopped STOPPED
  capture ctr task kill c-stopped
  want_failure
  want_in "$err" 'not found'
  ctr task rm c-stopped || :
  ctr container rm c-stopped
}

test_case ctr_rm_force 'task rm --force of a running task'
ctr_rm_force() {
  background c-force
  capture ctr task rm --force c-force
  want_is "$(status c-force)" ''
  ctr container rm c-force
}

test_case ctr_created 'container create, task start'
ctr_created() {
  # No flag names the runtime here: the shim finds it as "runc" in containerd's PATH.
  ctr container create "$image" c-created echo started
  capture ctr task start c-created
  want_rc 0
  want_is "$out" started
  ctr container rm c-created
}

test_case ctr_same_id 'an id can be used again after its end'
ctr_same_id() {
  want_output one once -- c-again echo one
  want_output two once -- c-again echo two
}
