package btyd

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// shared returns the path of a file beside the project, or skips the test.
func shared(t testing.TB, elements ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(append([]string{dir, "..", "shared"}, elements...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not here", path)
	}
	return path
}

// readCSV returns the records of a file, its header first.
func readCSV(t testing.TB, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// cdnow returns the log of the CDNOW sample; days count from 1970.
func cdnow(t testing.TB) []Transaction {
	t.Helper()
	f, err := os.Open(shared(t, "data", "cdnow_sample.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var log []Transaction
	for _, r := range records[1:] {
		date, err := time.Parse("20060102", r[2])
		if err != nil {
			t.Fatal(err)
		}
		amount, err := strconv.ParseFloat(r[4], 64)
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, Transaction{Customer: r[1], Day: day(date), Amount: amount})
	}
	return log
}

func day(t time.Time) int { return int(t.Unix() / 86400) }

func cdnowDate(year int, month time.Month, d int) int {
	return day(time.Date(year, month, d, 0, 0, 0, 0, time.UTC))
}

// cdnowPrepared cuts the sample as Fader, Hardie & Lee (2005) do.
func cdnowPrepared(t testing.TB) []Prepared {
	t.Helper()
	all, err := Prepare(cdnow(t), Period{Now: cdnowDate(1997, 9, 30), HoldoutEnd: cdnowDate(1998, 6, 30)})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func customersOf(prepared []Prepared) []Customer {
	customers := make([]Customer, len(prepared))
	for i := range prepared {
		customers[i] = prepared[i].Customer
	}
	return customers
}

// goldenFile is the part of golden/cdnow_sample.json that tests read.
type goldenFile struct {
	Customers []map[string]any `json:"customers"`
	Edge      []map[string]any `json:"edge"`
	Fits      struct {
		Sample map[string]struct {
			Params []float64 `json:"params"`
			LogLik float64   `json:"loglik"`
			SE     []float64 `json:"se"`
		} `json:"sample"`
	} `json:"fits"`
}

func golden(t testing.TB) goldenFile {
	t.Helper()
	data, err := os.ReadFile(shared(t, "golden", "cdnow_sample.json"))
	if err != nil {
		t.Fatal(err)
	}
	var g goldenFile
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestCDNOWPreparationSums(t *testing.T) {
	var orders, repeaters, held int
	amount := 0.0
	all := cdnowPrepared(t)
	for _, p := range all {
		orders += p.Customer.Orders
		held += p.HoldoutOrders
		amount += p.HoldoutAmount
		if p.Customer.Orders > 0 {
			repeaters++
		}
	}
	if len(all) != 2357 || orders != 2457 || repeaters != 946 || held != 1882 {
		t.Errorf("%d customers, %d repeat orders, %d repeaters, %d orders held out", len(all), orders, repeaters, held)
	}
	near(t, "holdout amount", amount, 70976.39, 1e-9)
	if rows := aggregate(customersOf(all), nil); len(rows) != 1016 {
		t.Errorf("%d distinct customers, not 1016", len(rows))
	}
}

func TestCDNOWFits(t *testing.T) {
	customers, g := customersOf(cdnowPrepared(t)), golden(t)
	for _, family := range []Family{NBD, BGNBD, MBGNBD, ParetoNBD} {
		t.Run(string(family), func(t *testing.T) {
			f, err := Config{}.Fit(t.Context(), family, customers)
			if err != nil {
				t.Fatal(err)
			}
			want := g.Fits.Sample[string(family)]
			t.Log(f.Status(), f.iterations, f.LogLikelihood(), f.Estimates())
			if family != NBD {
				nearAbs(t, "log-likelihood", f.LogLikelihood(), want.LogLik, 1e-6)
			}
			for i, e := range f.Estimates() {
				near(t, e.Name, e.Value, want.Params[i], 1e-6)
				near(t, "standard error of "+e.Name, e.StdError, want.SE[i], 1e-4)
			}
		})
	}
}

func TestCDNOWSpend(t *testing.T) {
	customers, g := customersOf(cdnowPrepared(t)), golden(t)
	f, err := Config{}.FitSpend(t.Context(), customers)
	if err != nil {
		t.Fatal(err)
	}
	want := g.Fits.Sample["GG exact m_x"]
	t.Log(f.Status(), f.LogLikelihood(), f.Estimates(), f.Correlation())
	nearAbs(t, "log-likelihood", f.LogLikelihood(), want.LogLik, 1e-6)
	for i, e := range f.Estimates() {
		near(t, e.Name, e.Value, want.Params[i], 1e-6)
		near(t, "standard error of "+e.Name, e.StdError, want.SE[i], 1e-4)
	}
}

func TestCDNOWGoldenCustomers(t *testing.T) {
	g := golden(t)
	gg := g.Fits.Sample["GG exact m_x"].Params
	spend := GammaGamma{p: gg[0], q: gg[1], gamma: gg[2]}
	for prefix, family := range map[string]Family{"bg": BGNBD, "mbg": MBGNBD, "pnbd": ParetoNBD, "nbd": NBD} {
		m, err := New(family, g.Fits.Sample[string(family)].Params...)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range append(g.Customers, g.Edge...) {
			number := func(name string) float64 { v, _ := row[name].(float64); return v }
			weeks := func(name string) float64 { // the file rounds them to ten decimals
				return float64(int(number(name)*7+0.5)) / 7
			}
			c := Customer{Orders: int(number("x")), Last: weeks("t_x"), Age: weeks("T"), Value: number("m_x")}
			check := func(name string, got float64) {
				if want, known := row[prefix+"_"+name].(float64); known {
					nearAbs(t, prefix+"_"+name, got, want, 1e-8*want+1e-14) // printed with 12 digits, or 14 decimals
				}
			}
			near(t, "gg_mean", spend.Expected(c), number("gg_mean"), 1e-8)
			check("palive", m.Alive(c))
			check("cet39", m.Expected(c, 39))
			check("cet52", m.Expected(c, 52))
			check("det52", m.Discounted(c, 52, log115/52))
			check("clv52_cont", m.Discounted(c, 52, log115/52)*spend.Expected(c))
			check("dert_0.0027", m.Discounted(c, inf, 0.0027))
			check("drt_clv", m.Discounted(c, inf, 0.0027)*spend.Expected(c))
		}
	}
}
