// Package strftime formats times by the conversion letters of C's strftime, in
// the C locale and in the time's own zone.
package strftime

import (
	"fmt"
	"strconv"
	"time"
)

// Letters formats letters of the caller's own, before those of strftime are looked at. It returns
// false for what it does not know.
type Letters func(b []byte, letter byte) ([]byte, bool)

// Append appends t in the given layout to b. own may be nil. An unknown letter and a lone % at the
// end are errors.
func Append(b []byte, layout string, t time.Time, own Letters) ([]byte, error) {
	for i := 0; i < len(layout); i++ {
		if layout[i] != '%' {
			b = append(b, layout[i])
			continue
		}
		if i++; i == len(layout) {
			return b, fmt.Errorf("strftime: %q ends with a lone %%", layout)
		}
		if own != nil {
			if more, ok := own(b, layout[i]); ok {
				b = more
				continue
			}
		}
		more, ok := letter(b, layout[i], t)
		if !ok {
			return b, fmt.Errorf("strftime: unknown conversion %%%c in %q", layout[i], layout)
		}
		b = more
	}
	return b, nil
}

// compound are the letters that stand for several others, and those that Go's own layouts have.
var compound = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'h': "Jan", 'p': "PM", 'P': "pm", 'z': "-0700", 'Z': "MST",
	'c': "Mon Jan _2 15:04:05 2006", 'D': "01/02/06", 'x': "01/02/06", 'F': "2006-01-02", 'R': "15:04", 'r': "03:04:05 PM",
	'T': "15:04:05", 'X': "15:04:05",
	'd': "02", 'e': "_2", 'H': "15", 'I': "03", 'j': "002", 'm': "01", 'M': "04", 'S': "05", 'y': "06", 'Y': "2006",
}

// letter appends one conversion.
func letter(b []byte, c byte, t time.Time) ([]byte, bool) {
	if layout, ok := compound[c]; ok {
		return t.AppendFormat(b, layout), true
	}
	isoYear, isoWeek := t.ISOWeek()
	monday := (int(t.Weekday()) + 6) % 7 // days since the last Monday
	switch c {
	case '%':
		b = append(b, '%')
	case 'n':
		b = append(b, '\n')
	case 't':
		b = append(b, '\t')
	case 'C':
		b = pad(b, t.Year()/100, 2, '0')
	case 'g':
		b = pad(b, isoYear%100, 2, '0')
	case 'G':
		b = pad(b, isoYear, 4, '0')
	case 'V': // ISO 8601 week
		b = pad(b, isoWeek, 2, '0')
	case 'U': // week, the first Sunday begins week 1
		b = pad(b, (t.YearDay()+6-int(t.Weekday()))/7, 2, '0')
	case 'W': // week, the first Monday begins week 1
		b = pad(b, (t.YearDay()+6-monday)/7, 2, '0')
	case 'u': // Monday is 1, Sunday 7
		b = strconv.AppendInt(b, int64(monday)+1, 10)
	case 'w': // Sunday is 0
		b = strconv.AppendInt(b, int64(t.Weekday()), 10)
	case 'k':
		b = pad(b, t.Hour(), 2, ' ')
	case 'l':
		b = pad(b, (t.Hour()+11)%12+1, 2, ' ')
	case 's': // seconds since 1970
		b = strconv.AppendInt(b, t.Unix(), 10)
	default:
		return b, false
	}
	return b, true
}

// pad appends v in at least width characters.
func pad(b []byte, v, width int, with byte) []byte {
	digits := strconv.Itoa(v)
	for n := len(digits); n < width; n++ {
		b = append(b, with)
	}
	return append(b, digits...)
}
