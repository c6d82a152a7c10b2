package survival

import (
	"bytes"
	"strings"
	"testing"
)

func written(t testing.TB, c *Curve) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReadGivesTheSameBits(t *testing.T) {
	weeks, relapse := remission()
	for _, c := range []*Curve{
		mustCurve(t)(KaplanMeier(weeks, relapse)),
		mustCurve(t)(NelsonAalen(weeks, relapse)),
		mustCurve(t)(MeanCumulative([]float64{9, 9}, [][]float64{{1, 8}, nil})),
		mustCurve(t)(KaplanMeier([]float64{0}, []bool{false})),
	} {
		read := mustCurve(t)(Read(strings.NewReader(written(t, c))))
		for day := 0.0; day < 60; day += 0.5 {
			near(t, string(c.Kind()), read.At(day), c.At(day), 0)
		}
		if written(t, read) != written(t, c) {
			t.Error("written again, the file differs")
		}
	}
}

func TestReadRefuses(t *testing.T) {
	weeks, relapse := remission()
	valid := strings.TrimSpace(written(t, mustCurve(t)(KaplanMeier(weeks, relapse))))
	for n := range len(valid) {
		if _, err := Read(strings.NewReader(valid[:n])); err == nil {
			t.Errorf("accepted the first %d of %d bytes", n, len(valid))
		}
	}
	tests := []struct{ name, old, new string }{
		{"another format", "perennial survival curve", "perennial"},
		{"another version", `"version":1`, `"version":2`},
		{"an unknown kind", `"kind":"survival"`, `"kind":"revival"`},
		{"an unknown field", `"kind"`, `"sort"`},
		{"days out of order", `[6,7,`, `[7,6,`},
		{"a day twice", `[6,7,`, `[6,6,`},
		{"a negative day", `[6,7,`, `[-6,7,`},
		{"a step beyond the follow-up", `_days":35`, `_days":22`},
		{"a negative follow-up", `_days":35`, `_days":-35`},
		{"a day without a value", `[6,7,`, `[6,6.5,7,`},
		{"rising survival", `"values":[0.8`, `"values":[0.1`},
		{"survival above 1", `"values":[0.8`, `"values":[1.8`},
		{"a hazard that falls", `"kind":"survival"`, `"kind":"cumulative hazard"`},
	}
	for _, tt := range tests {
		altered := strings.Replace(valid, tt.old, tt.new, 1)
		if altered == valid {
			t.Fatalf("%s: %q is not in the file", tt.name, tt.old)
		}
		if _, err := Read(strings.NewReader(altered)); err == nil {
			t.Errorf("%s was accepted", tt.name)
		}
	}
	if _, err := Read(strings.NewReader(valid + valid)); err == nil {
		t.Error("accepted two curves")
	}
}

// FuzzRead demands of every file that is accepted that the curve moves one way
// and survives another round.
func FuzzRead(f *testing.F) {
	weeks, relapse := remission()
	f.Add([]byte(written(f, mustCurve(f)(KaplanMeier(weeks, relapse)))))
	f.Add([]byte(written(f, mustCurve(f)(MeanCumulative([]float64{9}, [][]float64{{1, 8}})))))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		before := 0.0
		for _, day := range []float64{0, c.End() / 2, c.End(), c.End() + 1, 2*c.End() + 2} {
			h := c.CumulativeHazard(day)
			if !(h >= before) {
				t.Errorf("H(%v) = %v after %v", day, h, before)
			}
			before = h
		}
		if again := mustCurve(t)(Read(strings.NewReader(written(t, c)))); written(t, again) != written(t, c) {
			t.Error("written again, the file differs")
		}
	})
}
