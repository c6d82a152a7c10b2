package erasure

import (
	"encoding/json"
	"testing"

	"perennial/pipeline/store"
)

func TestPortable(t *testing.T) {
	if l := (*List)(nil).Portable().List(); l.Erased("a") || l.Hash() != "" {
		t.Error("nobody's list erases somebody elsewhere")
	}
	l, _ := erase(t, store.NewMemory(), testSecret, "a", "b\xff")
	text, err := json.Marshal(l.Portable())
	if err != nil {
		t.Fatal(err)
	}
	var p Portable
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	again := p.List()
	if !again.Erased("a") || !again.Erased("b\xff") || again.Erased("b") || again.Hash() != l.Hash() || again.Len() != 2 {
		t.Errorf("not the same list: %s", text)
	}
	if _, err := newList(p.Key, [][]byte{[]byte("{}")}); err == nil {
		t.Error("the key of the customers reads entries")
	}
}
