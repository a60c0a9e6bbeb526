// Package nettest gives tests on Linux a network of their own: a namespace with
// a pair of virtual Ethernet interfaces.
package nettest
