package pcapio

import (
	"reflect"
	"testing"
)

// Every counter is added, whatever is added to the struct one day.
func TestReaderStatsMerge(t *testing.T) {
	var a, b ReaderStats
	va, vb := reflect.ValueOf(&a).Elem(), reflect.ValueOf(&b).Elem()
	for i := range va.NumField() {
		va.Field(i).SetUint(uint64(100 * i))
		vb.Field(i).SetUint(uint64(i + 1))
	}
	a.Merge(&b)
	for i := range va.NumField() {
		if got, want := va.Field(i).Uint(), uint64(101*i+1); got != want {
			t.Errorf("%s: %d, want %d", va.Type().Field(i).Name, got, want)
		}
	}
	if in, used, left := a.Account(); in != used || in != a.Records || left != nil {
		t.Errorf("%d in, %d used, %v left", in, used, left)
	}
}
