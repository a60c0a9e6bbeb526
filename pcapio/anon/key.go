package anon

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
)

// CreateKey makes a new random key and writes it to a new file that only its owner may read, as a
// line of 64 hexadecimal digits. A file that is already there is never overwritten: the error is
// [os.ErrExist].
func CreateKey(name string) (key []byte, err error) {
	key = make([]byte, KeySize)
	rand.Read(key) // never fails
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("anon: creating key: %w", err)
	}
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("anon: writing key: %w", err), os.Remove(name))
	}
	return key, nil
}

// ReadKey reads a key file: 64 hexadecimal digits, or the 32 bytes themselves. It refuses a file
// that others than its owner may read or write, with [ErrKeyExposed] (not on Windows, whose
// permissions are not in the file mode).
func ReadKey(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("anon: reading key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("anon: reading key: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a regular file", ErrKey, name)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("%w: %s has mode %04o, want 0600", ErrKeyExposed, name, mode)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, fmt.Errorf("anon: reading key: %w", err)
	}
	key, ok := parseKey(text)
	if !ok {
		return nil, fmt.Errorf("%w: %s holds neither %d bytes nor %d hexadecimal digits", ErrKey, name, KeySize, 2*KeySize)
	}
	return key, nil
}

// maxKeyFile is the length of the longest file that holds a key, with blanks around it.
const maxKeyFile = 4 * KeySize

// parseKey returns the key in a file.
func parseKey(text []byte) ([]byte, bool) {
	if len(text) == KeySize {
		return text, true
	}
	key, err := hex.DecodeString(string(bytes.TrimSpace(text)))
	return key, err == nil && len(key) == KeySize && len(text) <= maxKeyFile
}
