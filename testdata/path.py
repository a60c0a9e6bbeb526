"""The path between the two hosts of record.sh, in user space: it needs neither netem nor any tunnel driver of the kernel.

path.py relay IF1 IF2 SEED DELAY_MS LOSS_PERCENT REORDER_PERCENT
    forwards Ethernet frames between two interfaces with delay, random loss and reordering.
path.py tunnel gre|ipip|vlan DEV INTERFACE LOCAL REMOTE
    makes device DEV, whose packets travel in GRE, in IP, or in frames tagged with VLAN 42.
"""
import fcntl, heapq, random, select, socket, struct, sys, time

SOL_PACKET, PACKET_AUXDATA, OUTGOING = 263, 8, 4


def open_frames(interface):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.bind((interface, 0))
    s.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    return s


def receive(s):
    """Returns the next frame that came in, with the VLAN tag that the kernel took out, or None for one that went out."""
    frame, control, _, address = s.recvmsg(65536, 256)
    if address[2] == OUTGOING:
        return None
    for level, kind, data in control:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", data[:20])
            if status & 0x10:  # TP_STATUS_VLAN_VALID
                frame = frame[:12] + struct.pack("!HH", tpid, tci) + frame[12:]
    return frame


def relay(a, b, seed, delay, loss, reorder):
    rng, queue, count = random.Random(int(seed)), [], 0
    delay, loss, reorder = float(delay) / 1e3, float(loss) / 100, float(reorder) / 100
    ends = [open_frames(a), open_frames(b)]
    while True:
        wait = max(0, queue[0][0] - time.monotonic()) if queue else None
        for s in select.select(ends, [], [], wait)[0]:
            frame = receive(s)
            if frame is None:
                continue
            ip = frame[12:14] in (b"\x08\x00", b"\x86\xdd") and frame[20:21] != b"\x3a"  # neighbour discovery must not be lost
            lost, overtaken = rng.random() < loss, rng.random() < reorder
            if ip and lost:
                continue
            count += 1
            due = time.monotonic() + delay * (1.5 if overtaken else 1)
            heapq.heappush(queue, (due, count, ends[1 - ends.index(s)], frame))
        while queue and queue[0][0] <= time.monotonic():
            _, _, s, frame = heapq.heappop(queue)
            try:
                s.send(frame)
            except OSError:
                pass  # interface going down


def tunnel(kind, dev, interface, local, remote):
    tap = open("/dev/net/tun", "r+b", buffering=0)
    flags = 0x1000 | (2 if kind == "vlan" else 1)  # IFF_NO_PI, IFF_TAP or IFF_TUN
    fcntl.ioctl(tap, 0x400454CA, struct.pack("16sH", dev.encode(), flags))
    if kind == "vlan":
        out = open_frames(interface)
    else:
        out = socket.socket(socket.AF_INET, socket.SOCK_RAW, {"gre": 47, "ipip": 4}[kind])
        out.bind((local, 0))
    while True:
        for s in select.select([tap, out], [], [])[0]:
            if s is tap:
                packet = tap.read(65536)
                if kind == "vlan":
                    out.send(packet[:12] + struct.pack("!HH", 0x8100, 42) + packet[12:])
                elif packet[0] >> 4 == 4:
                    header = struct.pack("!HH", 0, 0x0800) if kind == "gre" else b""
                    out.sendto(header + packet, (remote, 0))
            elif kind == "vlan":
                frame = receive(out)
                if frame and frame[12:16] == struct.pack("!HH", 0x8100, 42):
                    tap.write(frame[:12] + frame[16:])
            else:
                packet = out.recv(65536)
                tap.write(packet[20 + (4 if kind == "gre" else 0):])


{"relay": relay, "tunnel": tunnel}[sys.argv[1]](*sys.argv[2:])
