package ifcounter

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"testing"
)

func num16(v uint16) []byte { return binary.NativeEndian.AppendUint16(nil, v) }
func num32(v uint32) []byte { return binary.NativeEndian.AppendUint32(nil, v) }

func attr(typ uint16, value []byte) []byte {
	b := append(append(num16(uint16(attrHeadSize+len(value))), num16(typ)...), value...)
	return append(b, make([]byte, align(len(b))-len(b))...)
}

// linkMessage is an RTM_NEWLINK with these attributes.
func linkMessage(index uint32, attrs ...[]byte) []byte {
	body := append([]byte{0, 0}, num16(1)...)
	body = append(append(append(body, num32(index)...), num32(0x11043)...), num32(0)...)
	for _, a := range attrs {
		body = append(body, a...)
	}
	return message(newLink, body)
}

func message(typ uint16, body []byte) []byte {
	b := append(num32(uint32(headerSize+len(body))), num16(typ)...)
	return append(append(b, make([]byte, 10)...), body...)
}

func counters(values ...uint64) []byte {
	var b []byte
	for _, v := range values {
		b = binary.NativeEndian.AppendUint64(b, v)
	}
	return b
}

func TestParseLinks(t *testing.T) {
	all := make([]uint64, NumFields+2) // a kernel newer than we are
	for i := range all {
		all[i] = uint64(i) + 1<<40
	}
	b := append(linkMessage(2, attr(attrName, []byte("eth0\x00")), attr(attrAddress, []byte{2, 0, 0, 0, 0, 1}), attr(attrBroadcast, []byte{255, 255, 255, 255, 255, 255}),
		attr(attrMTU, num32(1500)), attr(attrQdisc, []byte("fq\x00")), attr(attrTxQueue, num32(1000)), attr(attrOperState, []byte{6}),
		attr(attrLinkMode, []byte{1}), attr(attrGroup, num32(7)), attr(attrLink, num32(5)), attr(attrMaster, num32(9)), attr(attrNetNS, num32(0)),
		attr(attrStats64, counters(all...)), attr(999, []byte{1})),
		linkMessage(3, attr(attrName, []byte("old0\x00")), attr(attrStats64, counters(1, 2, 3)))...)
	b = append(b, message(nlmsgDone, num32(0))...)
	got, err := parseLinks(b)
	if err != nil || len(got) != 2 {
		t.Fatal(got, err)
	}
	e := got[0]
	if e.Index != 2 || e.Name != "eth0" || e.Address.String() != "02:00:00:00:00:01" || e.Broadcast.String() != "ff:ff:ff:ff:ff:ff" || e.MTU != 1500 ||
		e.Qdisc != "fq" || e.TxQueueLen != 1000 || e.State.String() != "UP" || !e.Dormant || e.Group != 7 || e.Parent != 5 || e.Master != 9 ||
		e.PeerNetNS != 0 || e.Type != 1 || e.Flags.String() != "BROADCAST,MULTICAST,UP,LOWER_UP" {
		t.Errorf("%+v", e)
	}
	for f := range NumFields {
		if !e.Has(f) || e.Value[f] != uint64(f)+1<<40 {
			t.Errorf("%v = %d", f, e.Value[f])
		}
	}
	if o := got[1]; o.PeerNetNS != -1 || o.Known != 7 || o.Value[RxPackets] != 1 || o.Value[TxPackets] != 2 || o.Value[RxBytes] != 3 {
		t.Errorf("older kernel: %+v", o)
	}
}

func TestParseLinksRefuses(t *testing.T) {
	good := linkMessage(1, attr(attrName, []byte("lo\x00")))
	long := append([]byte(nil), good...)
	binary.NativeEndian.PutUint32(long, uint32(len(long)+4))
	short := append([]byte(nil), good...)
	binary.NativeEndian.PutUint32(short, headerSize-1)
	badAttr := append([]byte(nil), good...)
	binary.NativeEndian.PutUint16(badAttr[headerSize+ifInfoSize:], 3)
	for name, b := range map[string][]byte{"cut header": good[:10], "too long": long, "too short": short, "attribute": badAttr,
		"no name": linkMessage(1), "no body": message(newLink, nil), "error": message(nlmsgError, num32(1))} {
		t.Run(name, func(t *testing.T) {
			links, err := parseLinks(append(append([]byte(nil), good...), b...))
			if !errors.Is(err, ErrFormat) || len(links) != 1 {
				t.Errorf("%v, %v", links, err)
			}
		})
	}
}

func TestFlags(t *testing.T) {
	for f, want := range map[Flags]string{0x1003: "NO-CARRIER,BROADCAST,MULTICAST,UP", 0x49: "LOOPBACK,UP", 0: "", 1<<20 | 0x40: "100000", 1<<6 | 1<<18: "ECHO"} {
		t.Run(fmt.Sprint(f), func(t *testing.T) {
			if got := f.String(); got != want {
				t.Errorf("%#x is %q, want %q", uint32(f), got, want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	if RxBytes.String() != "rx_bytes" || RxOtherHostDropped.String() != "rx_otherhost_dropped" || NumFields.String() != "field(25)" {
		t.Error(RxBytes, RxOtherHostDropped, NumFields)
	}
	if !RxMulticast.Rx() || TxCollisions.Rx() || !RxNoHandler.Rx() || TxBytes.Rx() || NumFields.Rx() {
		t.Error("directions")
	}
	if OperState(1).String() != "NOTPRESENT" || OperState(9).String() != "0x9" {
		t.Error(OperState(1), OperState(9))
	}
}

func FuzzParseLinks(f *testing.F) {
	f.Add(linkMessage(1, attr(attrName, []byte("lo\x00")), attr(attrStats64, counters(1, 2))))
	f.Add(message(nlmsgDone, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		links, _ := parseLinks(b)
		again, _ := parseLinks(b)
		if !reflect.DeepEqual(links, again) {
			t.Error("not the same twice")
		}
		for _, i := range links {
			if i.Name == "" {
				t.Error("interface without a name")
			}
		}
	})
}
