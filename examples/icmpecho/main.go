// Command icmpecho lists or sums up the ICMP and ICMPv6 echo and timestamp
// exchanges of captures.
package main

import (
	"errors"
	"io"
	"os"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/flow/echo"
	"github.com/reeftools/reef/pcapio"
)

const help = `
Icmpecho matches ICMP and ICMPv6 echo and timestamp requests with their replies. Without FILE it reads standard input.

  -format csv      a line for each exchange, in order of the requests; for each host that answered a multicast or broadcast request
  -format json     the same as JSON, one object on each line
  -format summary  a line for each pair of hosts, and the total: loss, duplicates, response times in milliseconds.
                   sent: requests, copies not counted; answered: by anybody; lost: by nobody; answers: of all hosts that answered

With -semantics classic it prints, as CSV, a line for each ICMP echo message as
  tshark -Y 'icmp.type==8 || icmp.type==0' -T fields -E header=y -E separator=, -E occurrence=f -e frame.time_epoch -e ip.src
    -e ip.dst -e icmp.type -e icmp.ident -e icmp.seq -e ip.len -e ip.hdr_len -e icmp.resptime
does, with tshark's rule for what is a reply: same checksum, no timeout, all tunnels entered.

Example: icmpecho -format summary ping.pcap`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(argv []string, stdout, stderr io.Writer) int {
	p := cli.New("icmpecho", "[FILE...]", help)
	p.CaptureFlags()
	format := p.Flags.String("format", "csv", "csv, json or summary")
	semantics := p.Flags.String("semantics", "modern", "modern, or classic: tshark's fields and rule")
	timeout := p.Duration("timeout", echo.DefaultTimeout, "how long after a request its reply counts")
	repeat := p.Duration("repeat", echo.DefaultRepeat, "how long after its last copy an unanswered request that comes again is a copy, not a new one")
	return p.Run(argv, stdout, stderr, func() error {
		if err := errors.Join(cli.Choice("format", *format, "csv,json,summary"), cli.Choice("semantics", *semantics, "modern,classic")); err != nil {
			return err
		}
		if *timeout <= 0 {
			return cli.Usagef("-timeout %v: want more than 0", *timeout)
		}
		if *repeat <= 0 {
			return cli.Usagef("-repeat %v: want more than 0", *repeat)
		}
		if *semantics == "classic" {
			if *format != "csv" {
				return cli.Usagef("-semantics classic: tshark's fields are csv")
			}
			return classic(p)
		}
		return modern(p, *format, echo.Config{Timeout: *timeout, Repeat: *repeat,
			MaxPending: cli.Fit(echo.DefaultMaxPending), MaxAnswers: cli.Fit(echo.DefaultMaxAnswers)})
	})
}

func classic(p *cli.Program) error {
	if decode, err := p.DecodeConfig(); err != nil {
		return err
	} else if len(decode.TPIDs) > 0 || len(decode.VXLANPorts) > 0 {
		return cli.Usagef("-tpid and -vxlan-port are for -semantics modern: tshark's fields go by its own")
	} else if decode.Tunnels != pcapio.TunnelNone && decode.Tunnels != pcapio.TunnelAll {
		return cli.Usagef("-tunnels %v is for -semantics modern: tshark enters all of them", decode.Tunnels)
	}
	var line []byte
	cfg := echo.ClassicConfig{MaxPending: cli.Fit(echo.DefaultMaxPending)}
	messages, err := echo.NewClassic(cfg, echo.MessageWriterFunc(func(m *echo.Message) error {
		line = append(m.AppendCSV(line[:0]), '\n')
		_, err := p.Stdout.Write(line)
		return err
	}))
	if err != nil {
		return err
	}
	p.AtEnd(func() {
		s := messages.Stats()
		p.Bound(s.Forgotten, "%d requests without a reply were forgotten: at most %d are remembered for long", s.Forgotten, cfg.MaxPending)
		p.Bound(s.Dropped, "%d datagrams in fragments were given up: too many were not whole at once", s.Dropped)
		if s.Packets > 0 && s.Messages == 0 {
			p.Note(s.Packets, "none of %d packets is an ICMP echo message", s.Packets)
		}
	})
	in, err := p.Open()
	if err != nil {
		return err
	}
	records, err := p.Matching(in)
	if err != nil {
		return errors.Join(err, in.Close())
	}
	io.WriteString(p.Stdout, echo.ClassicHeader+"\n") // errors stay in Stdout, which Run flushes
	_, err = pcapio.Copy(messages, p.NewDecoder(records, pcapio.DecodeConfig{Tunnels: pcapio.TunnelAll}))
	return err
}
