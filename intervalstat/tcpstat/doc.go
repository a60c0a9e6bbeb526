// Package tcpstat prints intervals as the program tcpstat does.
package tcpstat
