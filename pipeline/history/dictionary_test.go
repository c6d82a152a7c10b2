package history

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestDictionaryNumbersSortedNames(t *testing.T) {
	d := NewDictionary([]string{"tea", "", "cup", "tea", "pot"})
	if d.Len() != 3 {
		t.Fatalf("Len() = %d, want 3", d.Len())
	}
	for name, want := range map[string]Code{"cup": 1, "pot": 2, "tea": 3, "": 0, "Tea": 0, "z": 0} {
		if got := d.Code(name); got != want {
			t.Errorf("Code(%q) = %d, want %d", name, got, want)
		}
	}
	if got := d.Name(0); got != "" {
		t.Errorf("Name(0) = %q", got)
	}
}

func TestZeroDictionary(t *testing.T) {
	var d Dictionary
	if d.Len() != 0 || d.Code("tea") != 0 || d.Name(0) != "" {
		t.Errorf("the zero dictionary is not empty: %v", d)
	}
}

func TestDictionaryRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOf(rapid.String()).Draw(t, "names")
		d := NewDictionary(slices.Clone(names))
		for _, name := range names {
			if got := d.Name(d.Code(name)); got != name {
				t.Fatalf("%q came back as %q", name, got)
			}
		}
		for c := Code(1); int(c) <= d.Len(); c++ {
			if got := d.Code(d.Name(c)); got != c {
				t.Fatalf("code %d came back as %d", c, got)
			}
		}
		shuffled := rapid.Permutation(names).Draw(t, "shuffled")
		if again := NewDictionary(shuffled); !slices.Equal(again.names, d.names) {
			t.Fatalf("%v differs from %v", again.names, d.names)
		}
	})
}
