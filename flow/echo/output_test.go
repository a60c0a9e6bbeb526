package echo

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestCSVAndJSONL(t *testing.T) {
	reply := answer(25, 1)
	reply.ttl = 57
	got, _ := match(t, Config{}, ask(0, 1), ask(5, 1), reply, answer(35, 1), ask(70_000, 2), message{at: 70_001, from: six1, to: six2, typ: 128})
	var out, lines bytes.Buffer
	c, j := NewCSV(&out), NewJSONL(&lines)
	for i := range got {
		if err := errors.Join(c.WriteExchange(&got[i]), j.WriteExchange(&got[i])); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(c.Flush(), j.Flush()); err != nil {
		t.Fatal(err)
	}
	const want = `kind,src,dst,id,seq,request_ns,requests,replies,result,rtt_ns,first_rtt_ns,last_rtt_ns,request_bytes,reply_bytes,request_ttl,reply_ttl,payload_changed,reordered,answers,answer,responder,end_reason
echo,192.0.2.1,192.0.2.2,7,1,1700000000000000000,2,2,answered,20000000,25000000,30000000,18,18,64,57,false,false,1,1,192.0.2.2,idle timeout
echo,192.0.2.1,192.0.2.2,7,2,1700000070000000000,1,0,lost,,,,18,,64,,false,false,0,,,forced end
echo6,2001:db8::1,2001:db8::2,0,0,1700000070001000000,1,0,lost,,,,8,,64,,false,false,0,,,forced end
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	for i, line := range strings.Split(strings.TrimSpace(lines.String()), "\n") {
		var o map[string]any
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		if _, has := o["rtt_ns"]; has != (i == 0) || o["seq"] != float64(got[i].Seq) || o["kind"] != got[i].Kind.String() {
			t.Error(line)
		}
	}
}

func TestKindString(t *testing.T) {
	if Timestamp.String() != "timestamp" || Kind(9).String() != "unknown" {
		t.Error(Timestamp, Kind(9))
	}
}
