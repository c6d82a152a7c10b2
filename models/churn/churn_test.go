package churn

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"perennial/features"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

func standard(t testing.TB) *features.Set {
	t.Helper()
	set, err := features.NewSet(history.Vocabulary{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func declared(t testing.TB, set *features.Set, name string) features.Feature {
	t.Helper()
	f, ok := set.Feature(name)
	if !ok {
		t.Fatalf("there is no feature %s", name)
	}
	return f
}

// customer is the features of somebody; what is not named is missing.
type customer map[string]float64

func (c customer) value(name string) float64 {
	if v, ok := c[name]; ok {
		return v
	}
	return math.NaN()
}

// reasonsOf explains a customer by contributions to the log-odds of an order.
func reasonsOf(t testing.TB, reference Reference, c customer, contributions map[string]float64) []publish.Reason {
	t.Helper()
	set := standard(t)
	row := make([]float64, len(set.Names()))
	for name, v := range contributions {
		row[slices.Index(set.Names(), name)] = v
	}
	return NewExplainer(set, set.Names(), reference, "GBP").Reasons(row, c.value)
}

func codes(reasons []publish.Reason) []string {
	var names []string
	for _, r := range reasons {
		names = append(names, r.Code+" "+r.Strength)
	}
	return names
}

var (
	usual = Reference{
		"recency_days": 40, "orders_total": 3, "orders_90d": 1, "revenue_total": 120, "revenue_90d": 30,
		"products_total": 6, "tenure_days": 300, "return_lines_total": 0, "visit_recency_days": 9,
		"discount_share_total": 0.1, "engaged_days_30d": 2,
	}
	silent = customer{
		"recency_days": 84, "gap_mean_days": 31, "repeat_order_days": 5, "overdue_ratio_own": 84.0 / 31,
		"orders_total": 6, "orders_90d": 1, "revenue_total": 80, "products_total": 2, "tenure_days": 240,
	}
)

func TestReasonsAreChosenByFamily(t *testing.T) {
	for _, test := range []struct {
		name          string
		contributions map[string]float64
		want          []string
	}{
		{"strongest family first, three at most", map[string]float64{"recency_days": -0.5, "overdue_ratio_own": -1.2, "revenue_total": -0.3, "products_total": -0.2, "tenure_days": -0.1},
			[]string{"overdue_ratio_own high", "recency_days medium", "revenue_total low"}},
		{"columns without words count for their family", map[string]float64{"recency_days": -0.3, "second_recency_days": -0.9, "overdue_ratio_own": -1},
			[]string{"recency_days high", "overdue_ratio_own high"}},
		{"families that speak against the whole are silent", map[string]float64{"recency_days": -2, "orders_total": 1},
			[]string{"recency_days high"}},
		{"so are they in favour", map[string]float64{"recency_days": -1, "orders_total": 2},
			[]string{"orders_total high"}},
		{"a family whose columns cancel out", map[string]float64{"recency_days": -1, "revenue_total": -2, "revenue_90d": 2.5},
			[]string{"recency_days high"}},
		{"a fact against its family's sum", map[string]float64{"revenue_total": 0.1, "revenue_90d": -0.6, "recency_days": -0.5},
			[]string{"recency_days medium"}}, // revenue_90d is missing
		{"many orders are not why she is lost", map[string]float64{"orders_total": -1, "recency_days": -0.1},
			[]string{"recency_days low"}},
		{"nothing moved", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, codes(reasonsOf(t, usual, silent, test.contributions))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReasonCarriesItsNumbers(t *testing.T) {
	got := reasonsOf(t, usual, silent, map[string]float64{"recency_days": -0.5, "overdue_ratio_own": -0.4})
	ratio, one, days, median := 84.0/31, 1.0, 84.0, 40.0
	want := []publish.Reason{
		{Code: "recency_days", Text: "No order for 84 days; half of the customers here ordered within 40", Value: &days, Reference: &median, Strength: "medium"},
		{Code: "overdue_ratio_own", Text: "No order for 84 days; usually orders every 31 days", Value: &ratio, Reference: &one, Strength: "medium"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestColumnsUnknownToTheSetAreNeverTold(t *testing.T) {
	e := NewExplainer(standard(t), []string{"moon_phase", "recency_days"}, usual, "")
	reasons := e.Reasons([]float64{-3, -1}, silent.value)
	if diff := cmp.Diff([]string{"recency_days high"}, codes(reasons)); diff != "" {
		t.Error(diff)
	}
}

func TestStrength(t *testing.T) {
	for logOdds, want := range map[float64]string{0: "low", 0.39: "low", -0.4: "medium", 0.99: "medium", -1: "high", 7: "high"} {
		if got := strength(logOdds); got != want {
			t.Errorf("%v is %s, want %s", logOdds, got, want)
		}
	}
}

// TestReasonsProperties: for any contributions and customers, reasons come from
// different families, agree with the model, and are told in the numbers of the
// customer.
func TestReasonsProperties(t *testing.T) {
	set := standard(t)
	names := set.Names()
	rapid.Check(t, func(t *rapid.T) {
		contributions := rapid.SliceOfN(rapid.Float64Range(-1, 1), len(names), len(names)).Draw(t, "contributions")
		c, reference := customer{}, Reference{}
		for _, name := range names {
			f, _ := set.Feature(name)
			c[name], reference[name] = anyValue(t, f.Unit), anyValue(t, f.Unit)
		}
		reasons := NewExplainer(set, names, reference, "EUR").Reasons(contributions, c.value)
		total := 0.0
		for _, v := range contributions {
			total += v
		}
		families := map[string]bool{}
		for _, r := range reasons {
			f, _ := set.Feature(r.Code)
			if families[f.Family] {
				t.Fatalf("two reasons of family %s: %+v", f.Family, reasons)
			}
			families[f.Family] = true
			above := *r.Value - *r.Reference
			if above*float64(f.Words.Churn)*total >= 0 {
				t.Fatalf("log-odds of an order move by %v, and the reason is %q", total, r.Text)
			}
			if *r.Value != c[r.Code] {
				t.Fatalf("%s is %v, the reason's value is %v", r.Code, c[r.Code], *r.Value)
			}
			words := f.Words.More
			if above < 0 {
				words = f.Words.Less
			}
			if want := spelled(set, f, words, c, *r.Reference); r.Text != want {
				t.Fatalf("%q, want %q", r.Text, want)
			}
		}
		if len(reasons) > 3 {
			t.Fatalf("%d reasons", len(reasons))
		}
	})
}

// anyValue draws a value of unit, often missing.
func anyValue(t *rapid.T, unit features.Unit) float64 {
	low, high := unit.Range()
	v := rapid.Float64Range(max(low, -200), min(high, 400))
	return rapid.OneOf(v, v, rapid.Just(math.NaN())).Draw(t, "value")
}

// spelled fills the slots of words one by one.
func spelled(set *features.Set, f features.Feature, words string, c customer, reference float64) string {
	words = strings.ReplaceAll(words, "{value}", format(c[f.Name], f.Unit, "EUR"))
	words = strings.ReplaceAll(words, "{reference}", format(reference, f.Unit, "EUR"))
	for _, name := range set.Names() {
		other, _ := set.Feature(name)
		words = strings.ReplaceAll(words, "{"+name+"}", format(c[name], other.Unit, "EUR"))
	}
	return singular(words)
}

func BenchmarkReasons(b *testing.B) {
	set := standard(b)
	contributions := make([]float64, len(set.Names()))
	for j := range contributions {
		contributions[j] = math.Sin(float64(j)) - 0.2
	}
	e := NewExplainer(set, set.Names(), usual, "GBP")
	b.ReportAllocs()
	for b.Loop() {
		e.Reasons(contributions, silent.value)
	}
}
