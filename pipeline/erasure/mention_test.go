package erasure

import "testing"

func TestMentions(t *testing.T) {
	for _, tt := range []struct {
		text, id string
		want     bool
	}{
		{"customer \"c1\": more than one row", "c1", true},
		{"c1", "c1", true},
		{"c10 and xc1", "c1", false},
		{"c10, then c1.", "c1", true},
		{"c1é", "c1", false},
		{"ada@example.org asked", "ada@example.org", true},
		{"ada@example.orga", "ada@example.org", false},
		{"C1", "c1", false},
		{"anything", "", false},
	} {
		if got := Mentions([]byte(tt.text), tt.id); got != tt.want {
			t.Errorf("%q mentions %q: %v, want %v", tt.text, tt.id, got, tt.want)
		}
	}
}
