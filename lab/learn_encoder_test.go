package lab

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"perennial/command"
	"perennial/pipeline/table"
)

var nan = float32(math.NaN())

func TestEncoder(t *testing.T) {
	train := tableOf(t,
		table.Column{Name: "age", Numbers: []float32{20, nan, 40, 40}},
		table.Column{Name: "plan", Texts: []string{"free", "paid ", "free", ""}},
		table.Column{Name: "code", Texts: []string{"007", "007", "008", "009"}},
		table.Column{Name: "churned", Numbers: []float32{0, 1, 0, 1}},
	)
	encoder, err := fitEncoder(train, "churned")
	if err != nil {
		t.Fatal(err)
	}
	test := tableOf(t,
		table.Column{Name: "code", Texts: []string{"009", "007"}},
		table.Column{Name: "plan", Texts: []string{"paid", "gold"}},
		table.Column{Name: "age", Numbers: []float32{nan, 30}},
	)
	names, x, notes, err := encoder.encode(test)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]float32{
		"age": {nan, 30}, "plan=free": {0, 0}, "plan=paid": {1, 0}, "plan (missing)": {0, 0},
		"code=007": {0, 1}, "code=008": {0, 0}, "code=009": {1, 0},
	}
	if diff := cmp.Diff(want, byName(names, x), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`column "plan": 1 of 2 cells hold what training never saw`}, notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

// TestEncoderKeepsTheMostFrequent has 25 cities, the k-th in k rows.
func TestEncoderKeepsTheMostFrequent(t *testing.T) {
	var cities []string
	for k := 1; k <= 25; k++ {
		cities = append(cities, slices.Repeat([]string{fmt.Sprintf("city %02d", k)}, k)...)
	}
	encoder, err := fitEncoder(tableOf(t, table.Column{Name: "city", Texts: cities}), "")
	if err != nil {
		t.Fatal(err)
	}
	names, x, notes, err := encoder.encode(tableOf(t, table.Column{Name: "city", Texts: []string{"city 25", "city 05", "elsewhere", ""}}))
	if err != nil {
		t.Fatal(err)
	}
	features := byName(names, x)
	if len(names) != maxLevels+1 || names[0] != "city=city 25" || names[19] != "city=city 06" {
		t.Errorf("features %q, want the 20 most frequent, most frequent first, and the rest", names)
	}
	if diff := cmp.Diff([]float32{0, 1, 1, 0}, features["city (other)"]); diff != "" {
		t.Errorf("other (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`column "city": 1 of 4 cells hold what training never saw`}, notes); diff != "" {
		t.Errorf("only an empty cell is new, because the rest has a feature; notes (-want +got):\n%s", diff)
	}
}

// TestEncoderReadsOtherTypes has columns of which one table holds numbers and
// the other texts.
func TestEncoderReadsOtherTypes(t *testing.T) {
	encoder, err := fitEncoder(tableOf(t,
		table.Column{Name: "age", Numbers: []float32{20, 30}}, table.Column{Name: "size", Texts: []string{"38", "M"}},
	), "")
	if err != nil {
		t.Fatal(err)
	}
	names, x, _, err := encoder.encode(tableOf(t,
		table.Column{Name: "age", Texts: []string{"", " 25.5"}}, table.Column{Name: "size", Numbers: []float32{38, 40}},
	))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]float32{"age": {nan, 25.5}, "size=38": {1, 0}, "size=M": {0, 0}}
	if diff := cmp.Diff(want, byName(names, x), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
}

func TestEncoderErrors(t *testing.T) {
	number := func(name string) table.Column { return table.Column{Name: name, Numbers: []float32{1, 2}} }
	_, err := fitEncoder(tableOf(t, number("y"), table.Column{Name: "x", Texts: []string{"", ""}}), "y")
	wantDataError(t, err, `no column is left to learn from: column "x" is left out: every cell is missing`)

	_, err = fitEncoder(tableOf(t, number("plan=free"), table.Column{Name: "plan", Texts: []string{"free", "paid"}}), "y")
	wantDataError(t, err, `column "plan": its feature "plan=free" is also that of another column`)

	encoder, err := fitEncoder(tableOf(t, number("a"), number("b"), number("c")), "y")
	if err != nil {
		t.Fatal(err)
	}
	_, _, _, err = encoder.encode(tableOf(t, number("b")))
	wantDataError(t, err, `column "a", "c" of the training table is missing`)
}

// TestEncoderGivesEveryCellItsFeature is a property of the training table: each
// text is in exactly one feature, and rows that differ in a frequent text differ.
func TestEncoderGivesEveryCellItsFeature(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.SampledFrom(strings.Split("abcdefghijklmnopqrstuvwxyz", "")), 30, 80).Draw(t, "cells")
		cells[0], cells[1] = "a", "b"
		for i := range cells {
			if rapid.IntRange(0, 9).Draw(t, "missing") == 0 {
				cells[i] = ""
			}
		}
		encoder := fitTexts("c", countTexts(cells))
		x, unseen := encoder.encodeTexts(table.Column{Name: "c", Texts: cells}, len(cells))
		if unseen > 0 {
			t.Fatalf("%d cells of the training table are called unseen", unseen)
		}
		for i := range cells {
			var sum float32
			for j := range x {
				sum += x[j][i]
				if x[j][i] == 1 && encoder.features[j] == "c="+cells[i] && cells[i] == "" {
					t.Fatalf("row %d: an empty cell is a level", i)
				}
			}
			if sum != 1 {
				t.Fatalf("row %d, %q, is in %v features, want 1", i, cells[i], sum)
			}
		}
	})
}

func countTexts(cells []string) map[string]int {
	counts := map[string]int{}
	for _, cell := range cells {
		counts[cell]++
	}
	return counts
}

func byName(names []string, x [][]float32) map[string][]float32 {
	features := map[string][]float32{}
	for j, name := range names {
		features[name] = x[j]
	}
	return features
}

func tableOf(t testing.TB, columns ...table.Column) *table.Table {
	t.Helper()
	tab, err := table.New(columns...)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func wantDataError(t *testing.T, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Fatalf("error %v, want … %s …", err, part)
	}
	if code := command.ExitCode(err); code != command.ExitData {
		t.Errorf("exit code %d, want %d", code, command.ExitData)
	}
}
