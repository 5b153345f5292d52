# Sourced by inside: terminals, attach and logs that are followed.

test_case p_attach 'attach: stdin, output, signals'
p_attach() {
  run --detach --interactive --name p-attach -- \
    sh -c 'read line; echo "got $line"; sleep 0.3; exit 4'
  capture podman attach p-attach < <(echo hi; sleep 1)
  # Podman 4.3 ends with 0 whatever the program ended with.
  want_is "$out" 'got hi'
  want_output 4 podman wait p-attach
  remove p-attach
  background p-attach2
  (exec "${cli_command[@]}" attach p-attach2) &
  local job=$!
  sleep 0.7
  kill -TERM "$job"
  wait "$job" || :
  want_output 5 podman wait p-attach2
  remove p-attach2
}

test_case p_detach_keys 'the keys that detach leave the container running; attach -t again'
p_detach_keys() {
  with_tty "${cli_command[@]}" run -it --network none --name p-keys "$image" sh -c \
    'echo ready > /tmp/ready; read line; echo "got $line"; sleep 0.3; exit 4' >"$base/keys" &
  local job=$!
  eventually podman exec p-keys test -e /tmp/ready
  # Podman 4.3 knows the keys only one by one.
  sleep 0.7
  printf '\020' >&"$silence"
  sleep 0.3
  printf '\021' >&"$silence"
  rc=0
  wait "$job" || rc=$?
  want_rc 0
  want_output running state p-keys
  with_tty "${cli_command[@]}" attach p-keys >"$base/keys" &
  job=$!
  sleep 0.7
  printf 'again\r' >&"$silence"
  wait "$job" || :
  want_output 4 podman wait p-keys
  want_in "$(<"$base/keys")" 'got again'
  remove p-keys
}

test_case p_logs_follow 'logs --follow ends with the container'
p_logs_follow() {
  run --detach --name p-follow -- sh -c 'echo one; sleep 1; echo two'
  want_output $'one\ntwo' podman logs --follow p-follow
  remove p-follow
}
