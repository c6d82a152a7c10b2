package lab

import (
	"encoding/csv"
	"flag"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/command"
)

var updateCustomers = flag.Bool("update-customers", false, "write the golden report of customers")

// goldenOptions are those of the golden report; its table is small and made up.
func goldenOptions() CustomersOptions {
	return CustomersOptions{
		Orders: filepath.Join("testdata", "customers", "orders.csv"), CalibrateUntil: usualTruth(0).calibrateUntil(),
		Models: []string{"nbd", "bg_nbd", "mbg_nbd", "pareto_nbd"},
	}
}

// TestCustomersReport compares the whole report with the golden one, with one
// core and with several.
func TestCustomersReport(t *testing.T) {
	golden := filepath.Join("testdata", "customers", "report.txt")
	if *updateCustomers {
		if err := os.WriteFile(goldenOptions().Orders, []byte(usualTruth(400).orders(1)), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(customersReport(t, goldenOptions())), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	for _, cores := range []int{1, 4} {
		before := runtime.GOMAXPROCS(cores)
		got := customersReport(t, goldenOptions())
		runtime.GOMAXPROCS(before)
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%d cores, report (-want +got):\n%s", cores, diff)
		}
	}
}

// TestCustomersRecoversTheTruth fits customers of a known model and finds it.
func TestCustomersRecoversTheTruth(t *testing.T) {
	if testing.Short() {
		t.Skip("fits thousands of customers")
	}
	truth := usualTruth(6000)
	result := customersJSONOf(t, CustomersOptions{Orders: truth.ordersFile(t, 7), CalibrateUntil: truth.calibrateUntil(), Models: []string{"nbd", "bg_nbd", "mbg_nbd"}})
	m := result.model(t, "MBG/NBD")
	if result.BestFit != "MBG/NBD" || result.Customers != 6000 || m.Status != "converged" {
		t.Errorf("best fit is %s, %s, of %d customers", result.BestFit, m.Status, result.Customers)
	}
	const errors = 4 // standard ones; orders at most once a day move the rates a little
	for i, want := range []float64{truth.r, truth.alpha, truth.a, truth.b} {
		e := m.Estimates[i]
		approximately(t, e.Name, e.Value, want, errors**e.StdError+0.05*want)
	}
	approximately(t, "bias", *m.Held.Bias, 0, 0.06)
	approximately(t, "mean P(order)", m.Held.MeanOrder, *result.Actual.Held.Rate, 0.02)
	approximately(t, "expected order value", result.OrderValues.Held.Expected/result.OrderValues.Held.Actual, 1, 0.05)
	approximately(t, "tracking", m.Tracking.AtHoldoutEnd/result.Actual.Tracking.AtHoldoutEnd, 1, 0.05)
	if floor := result.model(t, "NBD"); floor.Held.LogLoss <= m.Held.LogLoss {
		t.Errorf("NBD has log loss %v, MBG/NBD %v", floor.Held.LogLoss, m.Held.LogLoss)
	}
}

// TestCustomersFindsRegularRhythm needs k of the truth.
func TestCustomersFindsRegularRhythm(t *testing.T) {
	if testing.Short() {
		t.Skip("fits thousands of customers")
	}
	truth := usualTruth(2500)
	truth.k, truth.alpha = 3, 2
	opts := CustomersOptions{Orders: truth.ordersFile(t, 3), CalibrateUntil: truth.calibrateUntil(), Models: []string{"mbg_nbd", "mbg_cnbd_k"}}
	result := customersJSONOf(t, opts)
	m := result.model(t, "MBG/CNBD-k")
	if result.BestFit != "MBG/CNBD-k" || m.Estimates[0].Name != "k" || m.Estimates[0].Value != 3 || m.Estimates[0].StdError != nil {
		t.Errorf("best fit is %s, k is %+v", result.BestFit, m.Estimates[0])
	}
	if !slices.ContainsFunc(result.Reasons, func(r string) bool { return strings.Contains(r, "orders are regular") }) {
		t.Errorf("reasons %q", result.Reasons)
	}
}

// TestIrregularFamiliesAreLeftOut unless they are asked for.
func TestIrregularFamiliesAreLeftOut(t *testing.T) {
	if testing.Short() {
		t.Skip("fits thousands of customers")
	}
	truth := usualTruth(1500)
	opts := CustomersOptions{Orders: truth.ordersFile(t, 2), CalibrateUntil: truth.calibrateUntil()}
	result := customersJSONOf(t, opts)
	if len(result.Models) != 4 || !strings.Contains(strings.Join(result.Notes, "\n"), "BG/CNBD-k is left out: orders are not regular") {
		t.Errorf("%d models, notes %q", len(result.Models), result.Notes)
	}
	opts.Models = []string{"bg_cnbd_k"}
	if m := customersJSONOf(t, opts).model(t, "BG/CNBD-k"); m.Estimates[0].Value != 1 {
		t.Errorf("k is %v", m.Estimates[0].Value)
	}
}

// TestCustomersCovariates makes every second customer order three times as fast.
func TestCustomersCovariates(t *testing.T) {
	if testing.Short() {
		t.Skip("fits thousands of customers")
	}
	truth := usualTruth(2000)
	truth.stays, truth.perCustomer = true, func(i int) float64 { return []float64{1, 3}[i%2] }
	orders := truth.ordersFile(t, 5)
	table := [][]string{{"id", "fast"}, {"stranger", "7"}}
	for i := range truth.customers {
		table = append(table, []string{"c" + strings.Repeat("0", 4-len(strconv.Itoa(i))) + strconv.Itoa(i), strconv.Itoa(i % 2)})
	}
	opts := CustomersOptions{
		Orders: orders, CalibrateUntil: truth.calibrateUntil(), Models: []string{"bg_nbd", "pareto_nbd"},
		Covariates: writeRecords(t, "covariates.csv", table), Customers: filepath.Join(t.TempDir(), "scores.csv"),
	}
	result := customersJSONOf(t, opts)
	if len(result.Models) != 4 || !strings.HasSuffix(result.BestForecast, "+ covariates") {
		t.Errorf("%d models, best forecast %s", len(result.Models), result.BestForecast)
	}
	for _, name := range []string{"BG/NBD", "Pareto/NBD"} {
		plain, with := result.model(t, name), result.model(t, name+" + covariates")
		if with.LogLikelihood < plain.LogLikelihood+20 {
			t.Errorf("%s: log-likelihood %v without and %v with covariates", name, plain.LogLikelihood, with.LogLikelihood)
		}
		if name == "BG/NBD" && with.Held.LogLoss >= plain.Held.LogLoss { // that of the truth
			t.Errorf("%s: log loss %v without and %v with covariates", name, plain.Held.LogLoss, with.Held.LogLoss)
		}
		// Pareto/NBD and the truth part from the first orders on.
		approximately(t, name+" tracking", with.Tracking.AtCalibrationEnd/result.Actual.Tracking.AtCalibrationEnd, 1, 0.12)
		coefficient := with.Estimates[4]
		if coefficient.Name != "alpha:fast" {
			t.Fatalf("coefficient %+v", coefficient)
		}
		approximately(t, name+" alpha:fast", coefficient.Value, math.Log(3), 5**coefficient.StdError)
	}
	scores := readRecords(t, opts.Customers)
	if len(scores) != truth.customers+1 {
		t.Errorf("%d rows of scores", len(scores))
	}
}

func TestCustomersWithoutHoldout(t *testing.T) {
	opts := goldenOptions()
	opts.CalibrateUntil = ""
	result := customersJSONOf(t, opts)
	if result.HoldoutUntil != nil || result.Actual.Held != nil || result.Models[0].Held != nil || result.BestFit != result.BestForecast {
		t.Errorf("%+v", result)
	}
	if report := customersReport(t, opts); strings.Contains(report, "held out") {
		t.Errorf("the report speaks of a holdout:\n%s", report)
	}
}

// TestUnitsAgree fits in days, weeks and months: likelihoods differ by the density
// of the times alone, and forecasts hardly.
func TestUnitsAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("fits three times")
	}
	opts := goldenOptions()
	opts.Models = []string{"mbg_nbd"}
	week := customersJSONOf(t, opts)
	repeats := week.Actual.Tracking.AtCalibrationEnd
	for unit, days := range map[string]float64{"day": 1, "month": 365.25 / 12} {
		opts.Unit = unit
		got := customersJSONOf(t, opts)
		approximately(t, unit+": log-likelihood", got.Models[0].LogLikelihood, week.Models[0].LogLikelihood+repeats*math.Log(days/7), 1e-4)
		approximately(t, unit+": orders held out", got.Models[0].Held.Sum, week.Models[0].Held.Sum, 1e-3)
		approximately(t, unit+": log loss", got.Models[0].Held.LogLoss, week.Models[0].Held.LogLoss, 1e-6)
	}
}

// TestCustomerScores reads the file of customers back.
func TestCustomerScores(t *testing.T) {
	opts := goldenOptions()
	opts.Models, opts.DiscountRate, opts.Intervals = []string{"mbg_nbd"}, 0.1, true
	opts.Customers = filepath.Join(t.TempDir(), "scores.csv")
	result := customersJSONOf(t, opts)
	records := readRecords(t, opts.Customers)
	header, rows := records[0], records[1:]
	if len(rows) != result.Customers {
		t.Fatalf("%d rows for %d customers", len(rows), result.Customers)
	}
	number := func(row []string, column string) float64 {
		v, err := strconv.ParseFloat(row[slices.Index(header, column)], 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("%s of %s: %v, %v", column, row[0], v, err)
		}
		return v
	}
	repeats := 0.0
	for i, row := range rows {
		if i > 0 && row[0] <= rows[i-1][0] {
			t.Fatalf("%s comes after %s", row[0], rows[i-1][0])
		}
		repeats += number(row, "x")
		for _, rising := range [][]string{
			{"t_x_weeks", "T_weeks"}, {"orders_30d", "orders_90d", "orders_365d"}, {"p_order_30d", "p_order_90d", "p_order_365d", "p_alive"},
			{"discounted_orders_365d", "orders_365d"}, {"discounted_revenue_365d", "revenue_365d"},
			{"orders_365d_low", "orders_365d_high"}, {"revenue_365d_low", "revenue_365d_high"},
		} {
			for k := 1; k < len(rising); k++ {
				if low, high := number(row, rising[k-1]), number(row, rising[k]); low > high {
					t.Fatalf("%s: %s is %v, %s is %v", row[0], rising[k-1], low, rising[k], high)
				}
			}
		}
		early, median, late := row[slices.Index(header, "next_order_early")], row[slices.Index(header, "next_order_median")], row[slices.Index(header, "next_order_late")]
		if !(opts.CalibrateUntil < early && early <= median && median <= late) {
			t.Fatalf("%s: next order %s, %s, %s", row[0], early, median, late)
		}
	}
	if repeats != result.Actual.Tracking.AtCalibrationEnd {
		t.Errorf("x sums to %v, not %v", repeats, result.Actual.Tracking.AtCalibrationEnd)
	}
}

// TestCustomersPictures writes all pictures, the same ones twice.
func TestCustomersPictures(t *testing.T) {
	draw := func() map[string]string {
		opts := goldenOptions()
		opts.Pictures, opts.PictureFormat, opts.CustomerID = filepath.Join(t.TempDir(), "pictures"), "svg", "c0003"
		customersReport(t, opts)
		files, err := filepath.Glob(filepath.Join(opts.Pictures, "*"))
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]string{}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			texts[filepath.Base(name)] = string(text)
		}
		return texts
	}
	first := draw()
	if diff := cmp.Diff(first, draw()); diff != "" {
		t.Error("pictures differ from run to run")
	}
	for name, word := range map[string]string{
		"repeat_orders.svg": "Who orders again, 2025-01-08 to 2025-10-12", "tracking_cumulative.svg": "so far", "tracking_weekly.svg": "week by week",
		"holdout_by_frequency.svg": "2025-10-13 to", "alive_map.svg": "weeks after the first order", "alive_customer.svg": "customer c0003",
	} {
		if !strings.Contains(first[name], word) {
			t.Errorf("%s does not say %q", name, word)
		}
	}
	if len(first) != 6 {
		t.Errorf("%d pictures", len(first))
	}
}

// TestTooFewCustomersWriteNothing asks for files and gets none.
func TestTooFewCustomersWriteNothing(t *testing.T) {
	dir := t.TempDir()
	opts := CustomersOptions{
		Orders: usualTruth(50).ordersFile(t, 1), Customers: filepath.Join(dir, "scores.csv"), Pictures: filepath.Join(dir, "pictures"),
	}
	var out strings.Builder
	err := Customers(t.Context(), opts, testEnv(), &out)
	if command.ExitCode(err) != command.ExitData || !strings.Contains(err.Error(), "50 customers (needs 300)") || !strings.Contains(err.Error(), "(use a longer") {
		t.Errorf("exit code %d: %v", command.ExitCode(err), err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 || out.Len() > 0 {
		t.Errorf("left %v, printed %q: %v", left, out.String(), err)
	}
}

// TestNobodyOrdersInTheHoldout leaves undefined figures out.
func TestNobodyOrdersInTheHoldout(t *testing.T) {
	text := usualTruth(400).orders(1)
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	until := usualTruth(0).calibrateUntil()
	early := slices.DeleteFunc(records, func(r []string) bool { return r[1] > until && r[1] != "date" })
	opts := CustomersOptions{Orders: writeRecords(t, "orders.csv", early), CalibrateUntil: until, HoldoutUntil: "2025-12-31", Models: []string{"nbd", "mbg_nbd"}}
	report := customersReport(t, opts)
	if !strings.Contains(report, "warning: the table ends") || strings.Contains(report, "NaN") || strings.Contains(report, "Inf") {
		t.Errorf("report:\n%s", report)
	}
	if result := customersJSONOf(t, opts); result.Actual.Held.Orders != 0 || result.Models[0].Held.Bias != nil {
		t.Errorf("%+v", result.Actual.Held)
	}
}
