// Package intervalstat measures traffic over time.
package intervalstat
