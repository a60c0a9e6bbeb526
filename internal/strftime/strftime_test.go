package strftime

import (
	"testing"
	"time"
)

// The expected values are what `LC_ALL=C date -u -d @SECONDS +FORMAT` of GNU coreutils prints.
func TestAppend(t *testing.T) {
	for _, c := range []struct {
		unix         int64
		layout, want string
	}{
		{1017964805, "%Y-%m-%d-%H%M%S", "2002-04-05-000005"},
		{1017964805, "%V-%u-%H%M", "14-5-0000"},
		{1017964805, "%a %A %b %B %h %e|%k|%l|%I %p %P %y %C %j", "Fri Friday Apr April Apr  5| 0|12|12 AM am 02 20 095"},
		{1017964805, "%s %Z %z %% 100%%", "1017964805 UTC +0000 % 100%"},
		{1017964805, "%F %T|%D|%R|%r|%c|%x|%X", "2002-04-05 00:00:05|04/05/02|00:00|12:00:05 AM|Fri Apr  5 00:00:05 2002|04/05/02|00:00:05"},
		{1104537600, "%G %g %V %U %W %u %w", "2004 04 53 00 00 6 6"}, // Saturday 2005-01-01
		{1136073600, "%G %V %U %W %u %w", "2005 52 01 00 7 0"},       // Sunday 2006-01-01
		{1230681600, "%G %V %U %W", "2009 01 52 52"},                 // Wednesday 2008-12-31
		{1230681600, "%t%n", "\t\n"},
		{0, "plain", "plain"},
	} {
		t.Run(c.layout, func(t *testing.T) {
			got, err := Append(nil, c.layout, time.Unix(c.unix, 0).UTC(), nil)
			if err != nil || string(got) != c.want {
				t.Errorf("%s of %d: got %q, %v, want %q", c.layout, c.unix, got, err, c.want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for _, layout := range []string{"%", "a%", "%Q", "%é"} {
		if got, err := Append(nil, layout, time.Unix(0, 0), nil); err == nil {
			t.Errorf("%q gave %q and no error", layout, got)
		}
	}
}

func TestOwnLetters(t *testing.T) {
	own := func(b []byte, c byte) ([]byte, bool) { return append(b, "one"...), c == 'i' }
	got, err := Append([]byte("x-"), "%i.%Y.%%i", time.Unix(0, 0).UTC(), own)
	if err != nil || string(got) != "x-one.1970.%i" {
		t.Errorf("got %q, %v", got, err)
	}
}
