package btyd

import (
	"encoding/json"
	"os"
	"testing"

	"gonum.org/v1/gonum/stat"

	"perennial/models/evaluate"
)

// outcome is what a holdout showed of every customer.
type outcome struct{ any, orders []float64 }

func outcomes(all []Prepared) (o outcome) {
	for _, p := range all {
		o.any = append(o.any, float64(min(p.HoldoutOrders, 1)))
		o.orders = append(o.orders, float64(p.HoldoutOrders))
	}
	return o
}

// forecast is what a model said before.
type forecast struct{ alive, any, mean []float64 }

func forecasts(m Model, all []Prepared, horizon float64) (f forecast) {
	for _, p := range all {
		c := p.Customer
		f.alive = append(f.alive, m.Alive(c))
		f.any = append(f.any, m.AtLeast(c, horizon, 1))
		f.mean = append(f.mean, m.Expected(c, horizon))
	}
	return f
}

func fit(t testing.TB, config Config, family Family, all []Prepared) Model {
	t.Helper()
	f, err := config.Fit(t.Context(), family, customersOf(all))
	if err != nil {
		t.Fatal(err)
	}
	return f.Model()
}

func readJSON(t testing.TB, path string, v any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

// TestCDNOWHoldoutTable reproduces weeks 40 to 78 of Fader, Hardie & Lee (2005),
// per customer and by calibration frequency, at our own parameters.
func TestCDNOWHoldoutTable(t *testing.T) {
	var golden struct {
		Metrics map[string]json.RawMessage `json:"metrics"`
	}
	readJSON(t, shared(t, "golden", "cdnow_sample_holdout.json"), &golden)
	var byFrequency map[string]map[string]float64
	if err := json.Unmarshal(golden.Metrics["by_freq"], &byFrequency); err != nil {
		t.Fatal(err)
	}
	all := cdnowPrepared(t)
	o := outcomes(all)
	for column, family := range map[string]Family{"nbd": NBD, "bg": BGNBD, "mbg": MBGNBD, "pnbd": ParetoNBD} {
		var want map[string]float64
		if err := json.Unmarshal(golden.Metrics[column], &want); err != nil {
			t.Fatal(err)
		}
		f := forecasts(fit(t, Config{}, family, all), all, 39)
		n := float64(len(all))
		near(t, column+" sum", stat.Mean(f.mean, nil)*n, want["pred"], 1e-6)
		near(t, column+" MAE", evaluate.MAE(o.orders, f.mean, nil), want["mae"], 1e-6)
		near(t, column+" RMSE", evaluate.RMSE(o.orders, f.mean, nil), want["rmse"], 1e-6)
		near(t, column+" correlation", stat.Correlation(o.orders, f.mean, nil), want["corr"], 1e-6)
		near(t, column+" AUC of orders", evaluate.AUC(o.any, f.mean, nil), want["auc_cet_any"], 1e-5)
		if family == NBD {
			continue
		}
		near(t, column+" AUC of P(alive)", evaluate.AUC(o.any, f.alive, nil), want["auc_palive_any"], 1e-5)
		near(t, column+" mean P(alive)", stat.Mean(f.alive, nil), want["mean_palive"], 1e-6)
		sums, counts := make([]float64, 8), make([]float64, 8)
		for i, p := range all {
			x := min(p.Customer.Orders, 7)
			sums[x], counts[x] = sums[x]+f.mean[i], counts[x]+1
		}
		for x := range sums {
			near(t, column+" by frequency", sums[x]/counts[x], byFrequency[string(rune('0'+x))][column], 1e-6)
		}
	}
}

// TestCDNOWOrderProbabilities compares P(at least one order in 39 weeks) of every
// customer.
func TestCDNOWOrderProbabilities(t *testing.T) {
	records := readCSV(t, shared(t, "golden", "cdnow_sample_p_order_39w.csv"))
	all, g := cdnowPrepared(t), golden(t)
	for j, family := range []Family{NBD, BGNBD, MBGNBD, ParetoNBD} {
		m := model(t, family, g.Fits.Sample[string(family)].Params...)
		for i, r := range records[1:] {
			// Sample ids are padded to four digits, so that rows are in their order.
			near(t, string(family)+" for "+r[0], m.AtLeast(all[i].Customer, 39, 1), numbers(t, r)[2+j], 1e-8)
		}
	}
}

// TestCDNOWTracking reproduces the cumulative orders of 78 weeks.
func TestCDNOWTracking(t *testing.T) {
	records := readCSV(t, shared(t, "golden", "cdnow_sample_tracking_78w.csv"))
	all, g, start := cdnowPrepared(t), golden(t), cdnowDate(1997, 1, 1)
	firsts := map[int]float64{}
	for _, p := range all {
		firsts[p.FirstDay-start]++
	}
	for j, family := range []Family{BGNBD, MBGNBD, ParetoNBD} {
		m := model(t, family, g.Fits.Sample[string(family)].Params...)
		for _, r := range records[1:] {
			v, sum := numbers(t, r), 0.0
			for first := range 85 {
				age := v[0] - float64(1+first)/7 // a week ends on its seventh day
				sum += firsts[first] * m.Expected(Customer{}, age)
			}
			nearAbs(t, string(family)+" in week "+r[0], sum, v[2+j], 2e-6)
		}
	}
}

// TestCDNOWIntervals counts how many customers order in the holdout what the
// 80% intervals say.
func TestCDNOWIntervals(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred intervals of value")
	}
	all := cdnowPrepared(t)
	customers := customersOf(all)
	f, err := Config{}.Fit(t.Context(), ParetoNBD, customers)
	if err != nil {
		t.Fatal(err)
	}
	spend, err := Config{}.FitSpend(t.Context(), customers)
	if err != nil {
		t.Fatal(err)
	}
	m, err := f.Uncertain()
	if err != nil {
		t.Fatal(err)
	}
	plausible := spend.Plausible()
	orders, value, n := 0, 0, 0
	for i := 0; i < len(all); i += 20 {
		p := all[i]
		low, high := OrdersInterval(m, p.Customer, 39, 0.8)
		if low <= p.HoldoutOrders && p.HoldoutOrders <= high {
			orders++
		}
		least, most := ValueInterval(m, plausible, p.Customer, 39, 0.8)
		if least <= p.HoldoutAmount && p.HoldoutAmount <= most {
			value++
		}
		n++
	}
	t.Logf("%d customers: orders of %d, value of %d within", n, orders, value)
	// Whole numbers of orders cover more than 80%; most customers have 0 and 0.
	if share := float64(orders) / float64(n); share < 0.78 || share > 0.98 {
		t.Errorf("intervals of orders hold %.3f", share)
	}
	if share := float64(value) / float64(n); share < 0.75 || share > 0.95 {
		t.Errorf("intervals of value hold %.3f", share)
	}
}
