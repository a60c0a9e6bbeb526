package live_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/live"
)

// A capture of a tenth of a second on the loopback interface. What it prints depends on the system
// and on privileges, hence nothing here but the errors that say so.
func ExampleConfig_Open() {
	ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer stop()
	src, err := live.Config{SnapLen: 96}.Open(ctx, "lo")
	switch {
	case errors.Is(err, os.ErrPermission), errors.Is(err, errors.ErrUnsupported), errors.Is(err, live.ErrInterface):
		fmt.Println("done") // err says what is missing
		return
	case err != nil:
		fmt.Println(err)
		return
	}
	defer src.Close()
	count := pcapio.PacketWriterFunc(func(p *pcapio.Packet) error { return nil })
	if _, err := pcapio.Copy(count, pcapio.NewDecoder(src, pcapio.DecodeConfig{})); err != nil {
		fmt.Println(err)
	}
	fmt.Println("done")
	// Output: done
}

func ExampleInterfaces() {
	list, err := live.Interfaces()
	if errors.Is(err, errors.ErrUnsupported) {
		fmt.Println("any")
		return
	}
	for _, i := range list {
		if i.Name == "any" {
			fmt.Println(i.Name)
		}
	}
	// Output: any
}
