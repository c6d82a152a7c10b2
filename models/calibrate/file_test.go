package calibrate

import (
	"bytes"
	"strings"
	"testing"
)

func written(t testing.TB, m *Model) string {
	t.Helper()
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReadGivesTheSameBits(t *testing.T) {
	p, y, _ := distorted(400, 6)
	for _, method := range methods() {
		m := mustFit(t, method, p, y, nil)
		text := written(t, m)
		read, err := Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if read.Method() != method || read.Status() != m.Status() || written(t, read) != text {
			t.Errorf("%s: read as %s, %s", method, read.Method(), read.Status())
		}
		want := predict(t, m, p...)
		for i, got := range predict(t, read, p...) {
			near(t, string(method), got, want[i], 0)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	const head = `{"format":"perennial calibration","version":1,"status":"converged",`
	files := map[string]string{
		"nothing":              ``,
		"another format":       `{"format":"perennial logistic","version":1,"status":"converged","method":"none","curve":{}}`,
		"another version":      `{"format":"perennial calibration","version":2,"status":"converged","method":"none","curve":{}}`,
		"an unknown status":    `{"format":"perennial calibration","version":1,"status":"fine","method":"none","curve":{}}`,
		"an unknown method":    head + `"method":"cubic","curve":{}}`,
		"an unknown field":     head + `"method":"none","curve":{},"bend":1}`,
		"no curve":             head + `"method":"platt"}`,
		"a falling line":       head + `"method":"platt","curve":{"intercept":0,"slope":-1}}`,
		"an endless line":      head + `"method":"platt","curve":{"intercept":1e308,"slope":1e308}}`,
		"no knots":             head + `"method":"isotonic","curve":{"knots":[]}}`,
		"a falling curve":      head + `"method":"isotonic","curve":{"knots":[{"predicted":0,"calibrated":0.2},{"predicted":1,"calibrated":0.1}]}}`,
		"a knot twice":         head + `"method":"isotonic","curve":{"knots":[{"predicted":0,"calibrated":0.1},{"predicted":0,"calibrated":0.2}]}}`,
		"a knot above 1":       head + `"method":"isotonic","curve":{"knots":[{"predicted":0,"calibrated":1.1}]}}`,
		"two models":           head + `"method":"none","curve":{}}` + head + `"method":"none","curve":{}}`,
		"something like a map": `[1,2,3]`,
	}
	for name, text := range files {
		if _, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("accepted %s", name)
		}
	}
	p, y, _ := forty()
	for _, method := range methods() {
		text := strings.TrimSpace(written(t, mustFit(t, method, p, y, nil)))
		for n := range len(text) {
			if _, err := Read(strings.NewReader(text[:n])); err == nil {
				t.Errorf("%s: accepted the first %d of %d bytes", method, n, len(text))
			}
		}
	}
}

// FuzzRead demands of every file that is accepted that its curve rises from
// probability to probability and survives another round.
func FuzzRead(f *testing.F) {
	p, y, _ := forty()
	for _, method := range methods() {
		f.Add([]byte(written(f, mustFit(f, method, p, y, nil))))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		before := 0.0
		for _, q := range predict(t, m, 0, 1e-300, 0.1, 0.5, 0.9, 1) {
			if !(q >= before && q <= 1) {
				t.Errorf("%v after %v", q, before)
			}
			before = q
		}
		text := written(t, m)
		again, err := Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if written(t, again) != text {
			t.Error("written again, the file differs")
		}
	})
}
