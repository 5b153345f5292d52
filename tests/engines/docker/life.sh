# Sourced by inside: the life of a container, from create to rm.

test_case d_detached 'run -d, ps, inspect'
d_detached() {
  background d-detached --label color=blue
  want_output running state d-detached
  want_output d-detached docker ps --filter label=color=blue --format '{{.Names}}'
  want_is "$(inspect d-detached '{{.HostConfig.Runtime}}')" probe
  want_in "$(tr '\0' ' ' <"/proc/$(init_pid d-detached)/cmdline")" 'sh -c trap'
  remove d-detached
}

test_case d_exec 'exec: output, exit code, stdin, user, workdir, env, namespaces'
d_exec() {
  background d-exec
  capture docker exec d-exec sh -c 'echo out; echo err >&2; exit 9'
  want_rc 9
  want_is "$out" out
  want_is "$err" err
  capture docker exec -i d-exec wc -l < <(seq 1000)
  want_is "$out" 1000
  want_output '1000 /seed val' docker exec --user app --workdir /seed --env KEY=val d-exec \
    sh -c 'echo "$(id -u) $(pwd) $KEY"'
  want_output "$(readlink /proc/"$(init_pid d-exec)"/ns/{ipc,mnt,net,pid,uts})" \
    docker exec d-exec sh -c 'for n in ipc mnt net pid uts; do readlink /proc/self/ns/$n; done'
  remove d-exec
}

test_case d_attach 'attach: stdin, output, exit code, signals'
d_attach() {
  run --detach --interactive --name d-attach -- sh -c 'read line; echo "got $line"; sleep 0.3; exit 4'
  # At the end of its stdin the client may go without what is printed later.
  capture docker attach d-attach < <(echo hi; sleep 1)
  want_rc 4
  want_is "$out" 'got hi'
  remove d-attach
  background d-attach2
  (exec "${cli_command[@]}" attach d-attach2) &
  local job=$!
  sleep 0.5
  kill -TERM "$job"
  rc=0
  wait "$job" || rc=$?
  want_rc 5
  remove d-attach2
}

test_case d_detach_keys 'the keys that detach leave the container running; attach -t again'
d_detach_keys() {
  with_tty "${cli_command[@]}" run -it --network none --name d-keys "$image" sh -c \
    'echo ready > /tmp/ready; read line; echo "got $line"; exit 4' >"$base/keys" &
  local job=$!
  eventually docker exec d-keys test -e /tmp/ready
  printf '\020\021' >&"$silence"
  rc=0
  wait "$job" || rc=$?
  want_rc 0
  want_output running state d-keys
  with_tty "${cli_command[@]}" attach d-keys >"$base/keys" &
  job=$!
  sleep 0.7
  printf 'again\r' >&"$silence"
  rc=0
  wait "$job" || rc=$?
  want_rc 4
  want_in "$(<"$base/keys")" 'got again'
  remove d-keys
}

test_case d_stop_kill 'stop of a program that ignores TERM ends with KILL; --stop-signal'
d_stop_kill() {
  run --detach --name d-ignore -- sh -c 'trap "" TERM; while :; do sleep 0.1; done'
  capture docker stop --time 1 d-ignore
  want_rc 0
  want_is "$(inspect d-ignore '{{.State.ExitCode}}')" 137
  remove d-ignore
  run --detach --name d-signal --stop-signal USR1 -- \
    sh -c 'trap "exit 6" USR1; echo ready > /tmp/ready; while :; do sleep 0.1; done'
  eventually docker exec d-signal test -e /tmp/ready
  docker stop d-signal
  want_is "$(inspect d-signal '{{.State.ExitCode}}')" 6
  remove d-signal
}

test_case d_kill 'kill by number and by name; kill of one that has ended'
d_kill() {
  background d-kill
  capture docker kill --signal 15 d-kill
  want_rc 0
  want_output 5 docker wait d-kill
  docker start d-kill
  capture docker kill --signal SIGKILL d-kill
  want_rc 0
  want_output 137 docker wait d-kill
  capture docker kill d-kill
  want_failure
  want_in "$err" 'is not running'
  remove d-kill
}

test_case d_restart 'restart, and --restart on-failure:2'
d_restart() {
  background d-restart
  local before
  before=$(init_pid d-restart)
  capture docker restart d-restart
  want_rc 0
  want_output running state d-restart
  [[ $(init_pid d-restart) != "$before" ]] || complain 'the same process'
  remove d-restart
  run --detach --name d-again --restart on-failure:2 -- sh -c 'echo try; exit 3'
  ended_twice() { [[ $(inspect d-again '{{.RestartCount}} {{.State.Status}}') == '2 exited' ]]; }
  eventually ended_twice
  want_is "$(inspect d-again '{{.State.ExitCode}}')" 3
  want_is "$(docker logs d-again | wc -l)" 3
  remove d-again
}

test_case d_restart_always '--restart always: a killed init comes back, a stopped one does not'
d_restart_always() {
  background d-always --restart always
  local before
  before=$(init_pid d-always)
  kill -KILL "$before"
  is_back() { [[ $(inspect d-always '{{.State.Status}} {{.State.Pid}}') == "running "[!0]* ]] &&
    [[ $(init_pid d-always) != "$before" ]]; }
  eventually is_back
  docker stop d-always
  sleep 0.5
  want_output exited state d-always
  remove d-always
}

test_case d_logs 'logs, --tail, --follow'
d_logs() {
  run --detach --name d-logs -- sh -c 'echo one; echo two >&2; sleep 0.5; echo three'
  capture docker logs --follow d-logs
  want_rc 0
  want_is "$out" $'one\nthree'
  want_is "$err" two
  want_output three docker logs --tail 1 d-logs
  remove d-logs
}

test_case d_pause 'pause and unpause; exec and stop of a paused one'
d_pause() {
  background d-pause
  capture docker pause d-pause
  want_rc 0
  want_output paused state d-pause
  capture docker exec d-pause true
  want_failure
  want_in "$err" 'is paused'
  capture docker unpause d-pause
  want_rc 0
  want_output running state d-pause
  want_output again docker exec d-pause echo again
  docker pause d-pause
  capture docker rm --force d-pause
  want_rc 0
  want_output '' docker ps --all --quiet
}

test_case d_commit 'commit pauses the container and lets it go on'
d_commit() {
  background d-commit
  docker exec d-commit sh -c 'echo kept > /kept'
  capture docker commit d-commit localhost/committed:1
  want_rc 0
  want_output running state d-commit
  remove d-commit
  want_output kept docker run --rm --network none localhost/committed:1 cat /kept
  docker rmi localhost/committed:1
}

test_case d_top 'top, with the options of ps'
d_top() {
  background d-top
  capture docker top d-top
  want_rc 0
  want_in "$out" "$(init_pid d-top)"
  capture docker top d-top -o pid,comm
  want_rc 0
  want_in "$out" sh
  remove d-top
}

test_case d_health 'health checks: starting, healthy, unhealthy'
d_health() {
  run --detach --name d-health --health-cmd 'test -e /tmp/well' --health-interval 1s \
    --health-retries 1 -- sh -c "$waiter"
  eventually health_is d-health unhealthy
  docker exec d-health touch /tmp/well
  eventually health_is d-health healthy
  remove d-health
}

test_case d_live_restore 'a container outlives its daemon; the next one knows it and its exit code'
d_live_restore() {
  background d-live
  local pid
  pid=$(init_pid d-live)
  daemon_stop
  [[ -e /proc/$pid ]] || complain 'the container died with the daemon'
  daemon_start
  want_output "running $pid" inspect d-live '{{.State.Status}} {{.State.Pid}}'
  want_output again docker exec d-live echo again
  capture docker stop d-live
  want_rc 0
  want_is "$(inspect d-live '{{.State.ExitCode}}')" 5
  remove d-live
}
