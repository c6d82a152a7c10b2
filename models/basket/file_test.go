package basket

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFileIsReadable(t *testing.T) {
	var b bytes.Buffer
	if err := fit(4, [][]int32{{2, 0}, {2}}).Write(&b); err != nil {
		t.Fatal(err)
	}
	const want = `perennial basket 1: 2 baskets, 4 items
2 2
0 1
1 0
3 0
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestWriteThenRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := fit(drawnItems, drawnHistory.Draw(t, "baskets"))
		var b bytes.Buffer
		if err := m.Write(&b); err != nil {
			t.Fatal(err)
		}
		read, err := Read(&b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, read, cmp.AllowUnexported(Model{})); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestReadRejects(t *testing.T) {
	for name, file := range map[string]string{
		"an empty file":                "",
		"another format":               "perennial basket 2: 2 baskets, 1 items\n0 1\n",
		"fewer items than announced":   "perennial basket 1: 2 baskets, 2 items\n0 1\n",
		"more items than announced":    "perennial basket 1: 2 baskets, 1 items\n0 1\n1 1\n",
		"a number cut short":           "perennial basket 1: 20 baskets, 1 items\n0 1",
		"an item twice":                "perennial basket 1: 2 baskets, 2 items\n0 1\n0 1\n",
		"an item outside":              "perennial basket 1: 2 baskets, 1 items\n1 1\n",
		"a negative count":             "perennial basket 1: 2 baskets, 1 items\n0 -1\n",
		"more baskets than there were": "perennial basket 1: 2 baskets, 1 items\n0 3\n",
		"the less popular first":       "perennial basket 1: 2 baskets, 2 items\n0 1\n1 2\n",
		"the higher id first":          "perennial basket 1: 2 baskets, 2 items\n1 1\n0 1\n",
		"a word":                       "perennial basket 1: 2 baskets, 1 items\n0 many\n",
		"a negative total":             "perennial basket 1: -2 baskets, 0 items\n",
	} {
		if _, err := Read(strings.NewReader(file)); err == nil {
			t.Errorf("Read accepted %s", name)
		}
	}
}

func TestWriteReportsAFullDisk(t *testing.T) {
	if err := fit(4, shop[:0]).Write(fullDisk{}); err == nil {
		t.Error("Write to a full disk returned no error")
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, bytes.ErrTooLarge }

func FuzzRead(f *testing.F) {
	f.Add("perennial basket 1: 2 baskets, 2 items\n1 2\n0 1\n")
	f.Add("perennial basket 1: 0 baskets, 0 items\n")
	f.Fuzz(func(t *testing.T, file string) {
		m, err := Read(strings.NewReader(file))
		if err != nil {
			return
		}
		if got := m.Rank(nil, nil, 3, nil); len(got) > 3 {
			t.Fatalf("%d items for k = 3", len(got))
		}
		var b bytes.Buffer
		if err := m.Write(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(&b); err != nil {
			t.Fatalf("a model that was read cannot be read again: %v", err)
		}
	})
}
