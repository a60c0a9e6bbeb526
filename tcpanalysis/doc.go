// Package tcpanalysis follows TCP connections through a capture.
package tcpanalysis
