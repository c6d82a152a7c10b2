package btyd

import (
	"math"
	"testing"
)

var inf = math.Inf(1)

var log115 = math.Log(1.15)

func near(t testing.TB, what string, got, want, relative float64) {
	t.Helper()
	if !(math.Abs(got-want) <= relative*math.Abs(want)) {
		t.Errorf("%s is %.12g, not %.12g", what, got, want)
	}
}

func nearAbs(t testing.TB, what string, got, want, absolute float64) {
	t.Helper()
	if !(math.Abs(got-want) <= absolute) {
		t.Errorf("%s is %.12g, not %.12g", what, got, want)
	}
}
