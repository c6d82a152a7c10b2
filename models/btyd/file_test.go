package btyd

import (
	"bytes"
	"strings"
	"testing"
)

// fitted returns fits of every kind to small simulated shops.
func fitted(t testing.TB) []*Fit {
	t.Helper()
	customers := simulate(model(t, MBGNBD, cdnowParameters[MBGNBD]...), 800, 3, twoYears)
	var fits []*Fit
	for _, family := range []Family{NBD, BGNBD, MBGCNBD, ParetoNBD} {
		f, err := Config{}.Fit(t.Context(), family, customers)
		if err != nil {
			t.Fatal(err)
		}
		fits = append(fits, f)
	}
	channel := make([]float64, len(customers))
	for i := range channel {
		channel[i] = float64(i % 2)
	}
	f, err := Config{}.FitCovariates(t.Context(), ParetoNBD, customers, []string{"channel"}, [][]float64{channel})
	if err != nil {
		t.Fatal(err)
	}
	return append(fits, f)
}

func fittedSpend(t testing.TB) *SpendFit {
	t.Helper()
	customers := make([]Customer, 50)
	for i := range customers {
		customers[i] = Customer{Orders: 1 + i%4, Value: 10 + float64(hash(uint64(i))%100)}
	}
	f, err := Config{}.FitSpend(t.Context(), customers)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestReadGivesTheSameBits(t *testing.T) {
	for _, f := range fitted(t) {
		var file bytes.Buffer
		if err := f.Write(&file); err != nil {
			t.Fatal(err)
		}
		text := file.String()
		back, err := Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		z := make([]float64, len(f.covariates))
		before, _ := f.Uncertain(z...)
		after, err := back.Uncertain(z...)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range someCustomers {
			if f.Model().Expected(c, 10) != back.Model().Expected(c, 10) || before.AtLeast(c, 10, 2) != after.AtLeast(c, 10, 2) {
				t.Errorf("%s expects something else of %+v", f.Model().Family(), c)
			}
		}
		if back.UnitDays() != 7 || back.Status() != f.Status() || back.LogLikelihood() != f.LogLikelihood() || back.Customers() != 800 {
			t.Errorf("read %+v", back)
		}
		var again strings.Builder
		if err := back.Write(&again); err != nil {
			t.Fatal(err)
		}
		if again.String() != text {
			t.Errorf("written again: %s", again.String())
		}
	}
}

func TestReadSpendGivesTheSameBits(t *testing.T) {
	f := fittedSpend(t)
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		t.Fatal(err)
	}
	back, err := ReadSpend(&file)
	if err != nil {
		t.Fatal(err)
	}
	if back.Model() != f.Model() || back.Correlation() != f.Correlation() || back.Customers() != 50 {
		t.Errorf("read %+v, not %+v", back, f)
	}
}

func TestReadRefuses(t *testing.T) {
	var file strings.Builder
	if err := fitted(t)[1].Write(&file); err != nil {
		t.Fatal(err)
	}
	good := file.String()
	for _, e := range []struct{ old, new, message string }{
		{`"perennial customer-base model"`, `"something else"`, "format is"},
		{`"version": 1`, `"version": 2`, "fit the model again"},
		{`"BG/NBD"`, `"BG/NBB"`, "family is"},
		{`"BG/NBD"`, `"NBD"`, "theta has 4 numbers"},
		{`"unit_days": 7`, `"unit_days": 0`, "unit is 0 days"},
		{`"k": 1`, `"k": 2`, "k is 2"},
		{`"converged"`, `"fine"`, "status is"},
		{`"customers": 800`, `"customers": 0`, "0 customers"},
		{`"theta": [`, `"theta": [0.1,`, "covariance has 4 rows"},
		{`"name": "r"`, `"name": "s"`, "not those of theta"},
		{`"value": `, `"value": 1`, "not those of theta"},
		{`"format"`, `"extra": 1, "format"`, "unknown field"},
	} {
		if !strings.Contains(good, e.old) {
			t.Fatalf("no %s in %s", e.old, good)
		}
		_, err := Read(strings.NewReader(strings.Replace(good, e.old, e.new, 1)))
		if err == nil || !strings.Contains(err.Error(), e.message) {
			t.Errorf("%s instead of %s: error is %v", e.new, e.old, err)
		}
	}
	for _, text := range []string{"", good[:len(good)/2], good + good, "null", "[]"} {
		if _, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("read %.20q…", text)
		}
	}
}

// FuzzRead reads anything, and asks what it accepts.
func FuzzRead(f *testing.F) {
	for _, fit := range fitted(f) {
		var file bytes.Buffer
		if err := fit.Write(&file); err != nil {
			f.Fatal(err)
		}
		f.Add(file.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fit, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		m, err := fit.Uncertain(make([]float64, len(fit.covariates))...)
		if err != nil {
			t.Fatal(err)
		}
		checkFinite(t, m, Customer{Orders: 2, Last: 30, Age: 39}, 39)
		if err := fit.Write(new(bytes.Buffer)); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzReadSpend reads anything, and asks what it accepts.
func FuzzReadSpend(f *testing.F) {
	var file bytes.Buffer
	if err := fittedSpend(f).Write(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		fit, err := ReadSpend(bytes.NewReader(data))
		if err != nil {
			return
		}
		m := model(t, BGNBD, 0.243, 4.414, 0.793, 2.426)
		c := Customer{Orders: 2, Last: 30, Age: 39, Value: 20}
		low, high := ValueInterval(m, fit.Plausible(), c, 39, 0.8)
		if !(low >= 0 && low <= high && high < 1e300) {
			t.Fatalf("interval is %v to %v", low, high)
		}
	})
}
