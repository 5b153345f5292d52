# Sourced by inside: the life of a container, from create to rm.

test_case p_detached 'run -d, ps, inspect'
p_detached() {
  background p-detached --label color=blue
  want_output running state p-detached
  want_output p-detached podman ps --filter label=color=blue --format '{{.Names}}'
  want_is "$(inspect p-detached '{{.OCIRuntime}}')" "$runtime"
  want_in "$(tr '\0' ' ' <"/proc/$(init_pid p-detached)/cmdline")" 'sh -c trap'
  remove p-detached
}

test_case p_init_state 'container init leaves it created; start runs it'
p_init_state() {
  podman create --name p-init --network none "$image" sh -c "$waiter"
  capture podman init p-init
  want_rc 0
  want_output initialized state p-init
  capture podman start p-init
  want_rc 0
  want_output running state p-init
  remove p-init
}

test_case p_exec 'exec: output, exit code, stdin, user, workdir, env'
p_exec() {
  background p-exec
  capture podman exec p-exec sh -c 'echo out; echo err >&2; exit 9'
  want_rc 9
  want_is "$out" out
  want_is "$err" err
  capture podman exec -i p-exec wc -l < <(seq 1000)
  want_is "$out" 1000
  want_output '1000 /seed val' podman exec --user app --workdir /seed --env KEY=val p-exec \
    sh -c 'echo "$(id -u) $(pwd) $KEY"'
  local kind
  for kind in ipc mnt net pid uts; do
    want_output "$(readlink "/proc/$(init_pid p-exec)/ns/$kind")" \
      podman exec p-exec readlink "/proc/self/ns/$kind"
  done
  remove p-exec
}

test_case p_exec_caps 'exec --privileged has more capabilities than exec'
p_exec_caps() {
  background p-exec-caps
  local bits='grep CapEff /proc/self/status'
  want_output $'CapEff:\t00000000800405fb' podman exec p-exec-caps sh -c "$bits"
  capture podman exec --privileged p-exec-caps sh -c "$bits"
  want_rc 0
  want_not_in "$out" 00000000800405fb
  remove p-exec-caps
}

test_case p_healthcheck 'healthcheck run'
p_healthcheck() {
  background p-health --health-cmd 'test -e /tmp/well' --health-interval disable
  capture podman healthcheck run p-health
  want_rc 1
  podman exec p-health touch /tmp/well
  capture podman healthcheck run p-health
  want_rc 0
  remove p-health
}

test_case p_stop_kill 'stop of a program that ignores TERM ends with KILL'
p_stop_kill() {
  capture run --detach --name p-ignore -- sh -c 'trap "" TERM; while :; do sleep 0.1; done'
  capture podman stop --time 1 p-ignore
  want_rc 0
  want_is "$(inspect p-ignore '{{.State.ExitCode}}')" 137
  remove p-ignore
}

test_case p_kill 'kill by number and by name'
p_kill() {
  background p-kill
  capture podman kill --signal 15 p-kill
  want_rc 0
  want_is "$err" ''
  want_output 5 podman wait p-kill
  podman start p-kill
  capture podman kill p-kill
  want_rc 0
  want_output 137 podman wait p-kill
  remove p-kill
}

test_case p_restart 'restart, and --restart on-failure'
p_restart() {
  background p-restart
  local before
  before=$(init_pid p-restart)
  capture podman restart p-restart
  want_rc 0
  want_output running state p-restart
  [[ $(init_pid p-restart) != "$before" ]] || complain 'the same process'
  remove p-restart
  capture run --name p-again --restart on-failure:2 -- sh -c 'echo try; exit 3'
  want_rc 3
  ended_twice() { [[ $(inspect p-again '{{.RestartCount}} {{.State.Status}}') == '2 exited' ]]; }
  eventually ended_twice
  want_is "$(podman logs p-again | wc -l)" 3
  remove p-again
}

test_case p_restart_always '--restart always: a killed init comes back, a stopped one does not'
p_restart_always() {
  background p-always --restart always
  local before
  before=$(init_pid p-always)
  kill -KILL "$before"
  is_back() {
    state_is p-always running && [[ $(init_pid p-always) != "$before" ]] &&
      podman exec p-always test -e /tmp/ready
  }
  eventually is_back
  podman stop --time 1 p-always
  sleep 0.5
  want_output exited state p-always
  remove p-always
}

test_case p_logs 'logs'
p_logs() {
  capture run --name p-logs -- sh -c 'echo one; echo two >&2; printf three'
  capture podman logs p-logs
  want_rc 0
  want_is "$out" $'one\nthree'
  want_is "$err" two
  remove p-logs
}

test_case p_pause 'pause and unpause'
p_pause() {
  background p-pause
  capture podman pause p-pause
  want_rc 0
  want_is "$err" ''
  want_output paused state p-pause
  capture podman exec p-pause true
  want_failure
  capture podman unpause p-pause
  want_rc 0
  want_output running state p-pause
  want_output again podman exec p-pause echo again
  remove p-pause
}

test_case p_rm_paused 'rm -f of a paused container'
p_rm_paused() {
  background p-paused
  podman pause p-paused
  capture podman rm --force --time 0 p-paused
  want_rc 0
  want_output '' podman ps --all --quiet
}

test_case p_top 'top'
p_top() {
  background p-top
  capture podman top p-top pid,comm
  want_rc 0
  want_in "$out" sh
  remove p-top
}

test_case p_stats 'stats'
p_stats() {
  need_controller memory
  background p-stats
  capture podman stats --no-stream --format '{{.Name}} {{.PIDs}}' p-stats
  want_rc 0
  want_in "$out" p-stats
  remove p-stats
}
