"""receive.py SOCKET: takes one message with descriptors, says what they are and keeps them a while."""
import os
import socket
import sys
import time

server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
server.bind(sys.argv[1])
server.listen(1)
server.settimeout(10)
connection, _ = server.accept()
data, fds, _, _ = socket.recv_fds(connection, 4096, 4)
for fd in fds:
    link = os.readlink("/proc/self/fd/%d" % fd)
    print("descriptor", "terminal" if os.isatty(fd) else link)
print("then closed" if connection.recv(1) == b"" else "then more", "data" if data else "no data", flush=True)
time.sleep(10)
