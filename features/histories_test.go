package features

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"perennial/pipeline/history"
)

// row builds the row of h as of cutoff.
func row(t rapid.TB, set *Set, h history.History, cutoff history.Day) *Matrix {
	t.Helper()
	m := set.NewMatrix()
	all := func(*history.View) bool { return true }
	if err := set.NewBuilder().Build(m, []history.History{h}, []history.Day{cutoff}, all); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestHistories(t *testing.T) {
	for _, s := range readScripts(t) {
		t.Run(s.name, func(t *testing.T) {
			vocabulary := vocabularyOf(s)
			set, err := NewSet(vocabulary, s.own)
			if err != nil {
				t.Fatal(err)
			}
			h := s.history(vocabulary)
			for _, c := range s.checks {
				column := row(t, set, h, c.asOf).Column(c.feature)
				if column == nil {
					t.Errorf("line %d: there is no feature %s", c.line, c.feature)
					continue
				}
				ok, err := agrees(column[0], c.want)
				if err != nil {
					t.Errorf("line %d: %s %s: %v", c.line, c.feature, c.want, err)
				} else if !ok {
					t.Errorf("line %d: as of %s: %s is %v, want %s", c.line, c.asOf, c.feature, column[0], c.want)
				}
			}
		})
	}
}

// TestHistoriesCoverEveryFeature demands for each standard feature a script
// that expects a value, and one that expects it missing if it can be.
func TestHistoriesCoverEveryFeature(t *testing.T) {
	valued, missing := map[string]bool{}, map[string]bool{}
	for _, s := range readScripts(t) {
		if len(s.checks) == 0 {
			t.Errorf("%s expects nothing", s.name)
		}
		for _, c := range s.checks {
			if c.want == "missing" {
				missing[c.feature] = true
			} else {
				valued[c.feature] = true
			}
		}
	}
	for _, family := range Families() {
		if family.Name == customerBase.Name {
			continue // fitted on many customers: customerbase_test.go
		}
		for _, f := range family.Features {
			if !valued[f.Name] {
				t.Errorf("no script expects a value of %s", f.Name)
			}
			if f.Missing != "" && !missing[f.Name] {
				t.Errorf("no script shows %s missing (%s)", f.Name, f.Missing)
			}
		}
	}
}

// TestTinyShop keeps the whole table of a tiny shop: every script is one of its
// customers. A feature is a row of the file, so that a change shows as one.
func TestTinyShop(t *testing.T) {
	scripts := readScripts(t)
	vocabulary := vocabularyOf(scripts...)
	set, err := NewSet(vocabulary, nil)
	if err != nil {
		t.Fatal(err)
	}
	var histories []history.History
	for _, s := range scripts {
		histories = append(histories, s.history(vocabulary))
	}
	cutoff := history.DayOf(time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC))
	m := set.NewMatrix()
	if err := set.NewBuilder().Build(m, histories, []history.Day{cutoff}, Everybody); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/tinyshop.golden.tsv", transposed(m))
}

// transposed writes m with a feature a row and a customer a column; empty is
// missing.
func transposed(m *Matrix) []byte {
	var b bytes.Buffer
	b.WriteString("feature")
	for i, customer := range m.Customers {
		fmt.Fprintf(&b, "\t%s@%s", customer, m.Cutoffs[i])
	}
	for j, name := range m.Names {
		b.WriteString("\n" + name)
		for _, value := range m.X[j] {
			b.WriteString("\t")
			if !math.IsNaN(float64(value)) {
				b.WriteString(strconv.FormatFloat(float64(value), 'g', 6, 32))
			}
		}
	}
	b.WriteString("\n")
	return b.Bytes()
}

func TestScriptsThatAreNotUnderstood(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"recency_days 3", "an `as of` line must come first"},
		{"as of tomorrow", "not a day"},
		{"signed up", "not a day"},
		{"2024-01-01 order 1 tea two × 3", "invalid syntax"},
		{"2024-01-01 order 1 tea 2 at 3", "× must follow"},
		{"2024-01-01 25:00 visit", "parsing time"},
		{"2024-01-01 visit from web", `"from" was not expected`},
		{"feature {name: a, colour: red}", "unknown field"},
	} {
		var s script
		var asOf *history.Day
		err := s.add(test.text, 1, &asOf)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", test.text, err, test.want)
		}
	}
}

func TestAgrees(t *testing.T) {
	for _, test := range []struct {
		got  float64
		want string
		ok   bool
	}{
		{3, "3", true}, {3.4, "3", false}, {-3, "3", false},
		{0.33333, "0.333", true}, {0.334, "0.333", false},
		{math.NaN(), "missing", true}, {0, "missing", false}, {math.NaN(), "0", false},
	} {
		ok, err := agrees(float32(test.got), test.want)
		if err != nil || ok != test.ok {
			t.Errorf("agrees(%v, %s) = %t, %v", test.got, test.want, ok, err)
		}
	}
}
