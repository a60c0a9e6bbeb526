package conntab

import "testing"

// FuzzTable drives a table and a map by operations of 3 bytes each: key, list and whether to
// remove, time. The oldest of a list was not touched later than any other on it, but for Slack.
func FuzzTable(f *testing.F) {
	f.Add([]byte("\x01\x00\x01\x02\x00\x01\x01\x01\x7f\x02\x81\x01\x03\x03\xff\x01\x82\x01"))
	f.Fuzz(func(t *testing.T, in []byte) {
		type entry struct {
			slot uint32
			seen int64
			list int
		}
		table, want := New[uint32](), map[uint32]*entry{}
		now := int64(0)
		for ; len(in) >= 3; in = in[3:] {
			n, list := uint32(in[0]), int(in[1]%Lists)
			now += int64(in[2]) * Slack / 16
			k := key(n)
			slot, e := table.Find(&k), want[n]
			switch {
			case (slot != 0) != (e != nil) || e != nil && (e.slot != slot || table.At(slot).State != n):
				t.Fatalf("key %d in slot %d, want %+v", n, slot, e)
			case e == nil:
				slot = table.Insert(&k, list, now)
				table.At(slot).State = n
				want[n] = &entry{slot, now, list}
			case in[1]&0x80 != 0:
				table.Remove(slot)
				delete(want, n)
			default:
				table.Touch(slot, list, now)
				e.seen, e.list = now, list
			}
			if table.Len() != len(want) {
				t.Fatalf("%d entries, want %d", table.Len(), len(want))
			}
		}
		listed := 0
		for list := range Lists {
			oldest := table.Oldest(list)
			for slot := oldest; slot != 0; slot = table.At(slot).Next() {
				e := want[table.At(slot).State]
				if e == nil || e.slot != slot || e.list != list || e.seen != table.At(slot).Seen || table.At(oldest).Seen > e.seen+Slack {
					t.Fatalf("slot %d of list %d: %+v, the oldest was seen at %d", slot, list, e, table.At(oldest).Seen)
				}
				listed++
			}
		}
		numbers := table.Sorted(func(s *uint32) uint64 { return uint64(*s) })
		if listed != len(want) || len(numbers) != len(want) {
			t.Errorf("%d on lists, %d sorted, want %d", listed, len(numbers), len(want))
		}
	})
}
