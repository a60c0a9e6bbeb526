"""The programs on the two hosts of record.sh: `traffic.py server`, or `traffic.py SCENE SERVER4 SERVER6` for the client."""
import http.client, http.server, socket, struct, sys, threading, time

HTTP, SLOW, IDLE, SINK, RESET, DNS, ECHO, STREAM = 80, 7000, 7001, 7002, 7003, 53, 7004, 5004


# Server.

class Pages(http.server.BaseHTTPRequestHandler):
    """Answers GET /N with N bytes."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        n = int(self.path[1:])
        self.send_response(200)
        self.send_header("Content-Length", str(n))
        self.end_headers()
        self.wfile.write(b"x" * n)

    def log_message(self, *args):
        pass


class Web(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6


def listen(port, handle, rcvbuf=0):
    s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if rcvbuf:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    s.bind(("::", port))
    s.listen()

    def loop():
        while True:
            c, _ = s.accept()
            threading.Thread(target=handle, args=(c,), daemon=True).start()
    threading.Thread(target=loop, daemon=True).start()


def drain(c):
    while c.recv(65536):
        pass
    c.close()


def slow(c):
    time.sleep(3)  # the window closes meanwhile
    drain(c)


def reset(c):
    c.recv(1)
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    c.close()


def answer(port, reply):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.bind(("::", port))

    def loop():
        while True:
            data, peer = s.recvfrom(65536)
            out = reply(data)
            if out:
                s.sendto(out, peer)
    threading.Thread(target=loop, daemon=True).start()


def dns_reply(query):
    record = struct.pack("!HHHIH4B", 0xC00C, 1, 1, 300, 4, 192, 0, 2, 1)
    return query[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0) + query[12:] + record


def server():
    listen(SLOW, slow, 4096)
    listen(IDLE, drain)
    listen(SINK, drain)
    listen(RESET, reset)
    answer(DNS, dns_reply)
    answer(ECHO, lambda data: data)
    answer(STREAM, lambda data: None)
    Web(("::", HTTP), Pages).serve_forever()


# Client.

def connect(host, port):
    return socket.create_connection((host, port), timeout=30)


def get(host, *sizes):
    """One connection, several requests."""
    c = http.client.HTTPConnection(host, HTTP, timeout=30)
    for n in sizes:
        c.request("GET", "/%d" % n)
        c.getresponse().read()
    c.close()


def send(host, port, n):
    with connect(host, port) as c:
        c.sendall(b"x" * n)
        c.shutdown(socket.SHUT_WR)
        c.recv(1)


def query(host, name, number):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.settimeout(1)
        labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0"
        s.sendto(struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + labels + struct.pack("!HH", 1, 1), (host, DNS))
        try:
            s.recv(2000)
        except TimeoutError:
            pass  # lost


def datagrams(host, port, sizes, gap, wait=False):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(1)
        for n in sizes:
            s.sendto(b"x" * n, (host, port))
            time.sleep(gap)
        for _ in sizes if wait else ():
            try:
                s.recv(65536)
            except TimeoutError:
                break  # lost


def refused(host):
    try:
        connect(host, 9).close()
    except ConnectionRefusedError:
        pass


def half_open(hosts, timeout):
    """SYNs to hosts that do not answer."""
    waiting = []
    for h in hosts:
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex((h, HTTP))
        waiting.append(s)
    time.sleep(timeout)


def got_reset(host):
    with connect(host, RESET) as c:
        c.sendall(b"x")
        try:
            c.recv(1)
        except ConnectionResetError:
            pass


def keepalive(host):
    with connect(host, IDLE) as c:
        c.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
        c.sendall(b"x")
        time.sleep(5)


def web(v4, v6):
    """A bit of everything, side by side."""
    jobs = []
    for n in range(12):
        host = v6 if n % 3 == 0 else v4
        jobs.append(lambda h=host, n=n: query(h, "host%d.example" % n, 1000 + n))
        jobs.append(lambda h=host, n=n: get(h, *[300 << (n + k) % 6 for k in range(1 + n % 3)]))
    jobs += [lambda: get(v4, 120_000), lambda: send(v6, SINK, 60_000), lambda: refused(v4), lambda: got_reset(v4),
             lambda: half_open(["10.20.0.99"], 4), lambda: datagrams(v4, STREAM, [172] * 60, 0.02)]
    threads = []
    for job in jobs:
        threads.append(threading.Thread(target=job))
        threads[-1].start()
        time.sleep(0.07)
    for t in threads:
        t.join()


SCENES = {
    "web": web,
    "bulk": lambda v4, v6: send(v4, SINK, 300_000),
    "http": lambda v4, v6: (get(v4, 500, 5000), get(v6, 500, 5000)),
    "slow": lambda v4, v6: send(v4, SLOW, 30_000),
    "reset": lambda v4, v6: (refused(v4), got_reset(v4), refused(v6)),
    "halfopen": lambda v4, v6: half_open(["10.20.0.99", "10.20.0.98"], 8),
    "keepalive": lambda v4, v6: keepalive(v4),
    "dns": lambda v4, v6: [query(h, "www%d.example" % n, n) for n in range(12) for h in (v4, v6)],
    "fragments": lambda v4, v6: (datagrams(v4, ECHO, [4000, 3000], 0.1, True), datagrams(v6, ECHO, [4000], 0.1, True)),
    "small": lambda v4, v6: (query(v4, "www.example", 1), get(v4, 3000)),
}

if sys.argv[1] == "server":
    server()
else:
    SCENES[sys.argv[1]](*sys.argv[2:])
