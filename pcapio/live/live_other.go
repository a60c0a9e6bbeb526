//go:build !linux

package live

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/reeftools/reef/pcapio"
)

var errSystem = fmt.Errorf("live: no capture on %s: %w", runtime.GOOS, errors.ErrUnsupported)

// Source is a running capture; there is none on this system.
type Source struct{}

// Open returns an error that is [errors.ErrUnsupported] on this system.
func (c Config) Open(_ context.Context, _ ...string) (*Source, error) { return nil, errSystem }

// ReadRecord returns an error that is [errors.ErrUnsupported] on this system.
func (s *Source) ReadRecord(*pcapio.Record) error { return errSystem }

// ReadRecords returns an error that is [errors.ErrUnsupported] on this system.
func (s *Source) ReadRecords([]pcapio.Record) (int, error) { return 0, errSystem }

// Interfaces returns nothing on this system.
func (s *Source) Interfaces() []pcapio.Interface { return nil }

// Stats returns nothing on this system.
func (s *Source) Stats() ([]Stats, error) { return nil, errSystem }

// Close does nothing on this system.
func (s *Source) Close() error { return nil }

// Interfaces returns an error that is [errors.ErrUnsupported] on this system.
func Interfaces() ([]Interface, error) { return nil, errSystem }
