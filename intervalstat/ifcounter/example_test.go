package ifcounter_test

import (
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/reeftools/reef/intervalstat/ifcounter"
)

func ExampleRead() {
	s, err := ifcounter.Read()
	if errors.Is(err, errors.ErrUnsupported) {
		fmt.Println("every interface has a name") // not on this system
		return
	} else if err != nil {
		log.Fatal(err)
	}
	for i := range s.Interfaces {
		if s.Interfaces[i].Name == "" {
			fmt.Println("nameless interface", s.Interfaces[i].Index)
		}
	}
	fmt.Println("every interface has a name")
	// Output: every interface has a name
}

const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
  eth0: 4294967000  900000    0   12    0     0          0        77  88000   1000    0    0    0     0       0          0
`

func ExampleParseProcNetDev() {
	links, err := ifcounter.ParseProcNetDev(strings.NewReader(text))
	if err != nil {
		log.Fatal(err)
	}
	eth0 := &links[0]
	fmt.Println(eth0.Name, eth0.Value[ifcounter.RxBytes], "bytes,", eth0.Value[ifcounter.RxDropped], "dropped")
	// Output: eth0 4294967000 bytes, 12 dropped
}

// A 32-bit counter wraps between two readings.
func ExampleDiff() {
	links, err := ifcounter.ParseProcNetDev(strings.NewReader(text))
	if err != nil {
		log.Fatal(err)
	}
	start := time.Unix(1_700_000_000, 0)
	before := &ifcounter.Snapshot{Time: start, Interfaces: links}
	later := links[0]
	later.Value[ifcounter.RxBytes] = 1704
	after := &ifcounter.Snapshot{Time: start.Add(2 * time.Second), Interfaces: []ifcounter.Interface{later}}
	c, _ := ifcounter.Diff(before, after, 0)
	fmt.Println(c.Delta.Value[ifcounter.RxBytes], "bytes,", c.PerSecond(ifcounter.RxBytes), "per second")
	// Output: 2000 bytes, 1000 per second
}
