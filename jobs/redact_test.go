package jobs

import (
	"slices"
	"testing"
)

func TestSpellingsOfAnIDThatEndsWithAQuote(t *testing.T) {
	all := spellings(`12"`)
	for _, want := range []string{`12"`, `12\"`, `12\\\"`, "12&#34;"} {
		if !slices.Contains(all, want) {
			t.Errorf("spellings are %q, want %q among them", all, want)
		}
	}
}
