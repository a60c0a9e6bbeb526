package main

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

const inNamespace = "REEF_TEST_IN_NAMESPACE"

// TestAgainstIP runs TestInNamespace in a network namespace of its own, where nobody else sends:
// there all counters must be the same.
func TestAgainstIP(t *testing.T) {
	if _, err := exec.LookPath("ip"); err != nil {
		if os.Getenv("REEF_CONFORMANCE") == "require" {
			t.Fatal("ip is not installed, and REEF_CONFORMANCE=require")
		}
		t.Skip("ip is not installed")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestInNamespace$", "-test.v")
	cmd.Env = append(os.Environ(), inNamespace+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Skip("no network namespace: ", err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	} else if strings.Contains(out.String(), "--- SKIP") {
		t.Skip(out.String())
	}
}

func TestInNamespace(t *testing.T) {
	if os.Getenv(inNamespace) == "" {
		t.Skip("is run by TestAgainstIP")
	}
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Skipf("no rights in the namespace: %v: %s", err, out)
	}
	for _, args := range []string{"add d0 type dummy", "set d0 up", "add v0 type veth peer name v1", "set v1 up", "set v0 mtu 1400 txqueuelen 77 up",
		"add link v0 name v0.7 type vlan id 7", "add br0 type bridge", "set v1 master br0", "set v0 down"} {
		if out, err := exec.Command("ip", append([]string{"link"}, strings.Fields(args)...)...).CombinedOutput(); err != nil {
			t.Logf("ip link %s: %v: %s", args, err, out) // a kernel without the driver
		}
	}
	conn, err := net.Dial("udp4", "127.0.0.1:9")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for range 5 {
		conn.Write([]byte("counted")) // is refused now and then, which counts too
	}
	for range 100 {
		before := ipLinks(t)
		var stdout, stderr bytes.Buffer
		if status := run([]string{"-json"}, &stdout, &stderr); status != 0 {
			t.Fatalf("status %d, %s", status, stderr.String())
		}
		if after := ipLinks(t); !reflect.DeepEqual(before, after) {
			continue // the kernel itself sent something just then
		}
		compareLinks(t, stdout.Bytes(), before)
		return
	}
	t.Error("the counters did not come to rest")
}

func ipLinks(t *testing.T) []map[string]any {
	t.Helper()
	out, err := exec.Command("ip", "-j", "-s", "-s", "link").Output()
	if err != nil {
		t.Skip("ip -j -s -s link: ", err) // not iproute2's
	}
	var links []map[string]any
	if err := json.Unmarshal(out, &links); err != nil {
		t.Fatal(err)
	}
	return links
}

// compareLinks wants all that ip says, in got; with fields of its own for counters, got may have
// more.
func compareLinks(t *testing.T, got []byte, want []map[string]any) {
	var links []map[string]any
	if err := json.Unmarshal(got, &links); err != nil {
		t.Fatal(err)
	}
	if len(links) != len(want) || len(links) == 0 {
		t.Fatalf("%d interfaces, ip says %d", len(links), len(want))
	}
	compared := 0
	for i, w := range want {
		for _, key := range []string{"ifindex", "ifname", "link", "flags", "mtu", "qdisc", "master", "operstate", "linkmode", "group", "txqlen",
			"link_type", "address", "broadcast"} {
			if !reflect.DeepEqual(links[i][key], w[key]) {
				t.Errorf("%v: %s is %v, ip says %v", w["ifname"], key, links[i][key], w[key])
			}
		}
		for dir, counters := range w["stats64"].(map[string]any) {
			mine := links[i]["stats64"].(map[string]any)[dir].(map[string]any)
			for name, v := range counters.(map[string]any) {
				if name == "carrier_changes" { // is no counter of the kernel's stats64
					continue
				}
				compared++
				if mine[name] != v {
					t.Errorf("%v: %s %s is %v, ip says %v", w["ifname"], dir, name, mine[name], v)
				}
			}
		}
	}
	if compared < 20 {
		t.Errorf("%d counters compared", compared)
	}
	t.Logf("%d interfaces, %d counters", len(links), compared)
}
