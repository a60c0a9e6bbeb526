// Package tcptrace counts TCP connections as the program tcptrace 6.6.7 does, so that its results can be reproduced.
package tcptrace
