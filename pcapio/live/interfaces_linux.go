package live

import (
	"errors"
	"fmt"
	"net"

	"golang.org/x/sys/unix"

	"github.com/reeftools/reef/pcapio"
)

// anyName is the name of the pseudo-interface that stands for all.
const anyName = "any"

// Interfaces lists the network interfaces, in the order of their indices, and "any" as the last. No
// privileges are needed.
func Interfaces() ([]Interface, error) {
	list, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("live: listing interfaces: %w", err)
	}
	var all []Interface
	for _, i := range list {
		addrs, err := i.Addrs()
		if err != nil {
			return nil, fmt.Errorf("live: listing addresses of %s: %w", i.Name, err)
		}
		link, err := linkType(i.Name)
		if errors.Is(err, unix.ENODEV) { // has gone since it was listed
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, Interface{Name: i.Name, Index: i.Index, Flags: i.Flags, MAC: i.HardwareAddr, Addresses: addrs, LinkType: link})
	}
	return append(all, Interface{Name: anyName, Flags: net.FlagUp | net.FlagRunning, LinkType: pcapio.LinkSLL2}), nil
}

// linkType returns the link type of an interface's records: that of its hardware type if there is
// one for it, else LinkSLL2.
func linkType(name string) (pcapio.LinkType, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("live: %w", err)
	}
	defer unix.Close(fd)
	ifr, err := unix.NewIfreq(name)
	if err == nil {
		err = unix.IoctlIfreq(fd, unix.SIOCGIFHWADDR, ifr)
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %s: hardware type: %w", ErrInterface, name, err)
	}
	switch ifr.Uint16() { // sa_family of the hardware address
	case unix.ARPHRD_ETHER, unix.ARPHRD_LOOPBACK:
		return pcapio.LinkEthernet, nil
	case unix.ARPHRD_IEEE80211:
		return pcapio.LinkWLAN, nil
	case unix.ARPHRD_IEEE80211_PRISM:
		return pcapio.LinkPrism, nil
	case unix.ARPHRD_IEEE80211_RADIOTAP:
		return pcapio.LinkRadiotap, nil
	case unix.ARPHRD_NONE, unix.ARPHRD_RAWIP: // tun
		return pcapio.LinkRaw, nil
	}
	return pcapio.LinkSLL2, nil
}

// describe returns the interface as files describe it.
func describe(name string, c Config) (*net.Interface, pcapio.Interface, error) {
	about := pcapio.Interface{Name: name, SnapLen: uint32(c.SnapLen), LinkType: pcapio.LinkSLL2}
	if c.Filter != nil {
		about.Filter = c.Filter.String()
	}
	var i net.Interface
	if name != anyName {
		found, err := net.InterfaceByName(name)
		if err != nil {
			return nil, about, fmt.Errorf("%w: %s: %w", ErrInterface, name, err)
		}
		if found.Flags&net.FlagUp == 0 {
			return nil, about, fmt.Errorf("%w: %s is down", ErrInterface, name)
		}
		i = *found
		copy(about.MAC[:], i.HardwareAddr)
		if about.LinkType, err = linkType(name); err != nil {
			return nil, about, err
		}
	}
	if c.Filter != nil {
		if err := c.Filter.Check(about.LinkType); err != nil {
			return nil, about, fmt.Errorf("live: %s: %w", name, err)
		}
	}
	return &i, about, nil
}
