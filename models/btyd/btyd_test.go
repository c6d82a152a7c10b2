package btyd

import "math"

var inf = math.Inf(1)

var log115 = math.Log(1.15)

func near(t failer, what string, got, want, relative float64) {
	t.Helper()
	if !(math.Abs(got-want) <= relative*math.Abs(want)) {
		t.Errorf("%s is %.12g, not %.12g", what, got, want)
	}
}

func nearAbs(t failer, what string, got, want, absolute float64) {
	t.Helper()
	if !(math.Abs(got-want) <= absolute) {
		t.Errorf("%s is %.12g, not %.12g", what, got, want)
	}
}

// failer is a test, or a property of one.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}
