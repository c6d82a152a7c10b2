package features

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/history"
)

func TestOwnFromYAML(t *testing.T) {
	var config struct {
		Features []Own `yaml:"features"`
	}
	text := `
features:
  - {name: gift_wrap_90d, from: orders, where: "category = 'gift'", measure: count, window: 90d}
  - name: spring_money
    from: orders
    measure: sum
    of: amount
    doc: Money ever spent.
`
	if err := yaml.UnmarshalWithOptions([]byte(text), &config, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	want := []Own{
		{Name: "gift_wrap_90d", From: "orders", Where: "category = 'gift'", Measure: "count", Window: 90},
		{Name: "spring_money", From: "orders", Measure: "sum", Of: "amount", Doc: "Money ever spent."},
	}
	if diff := cmp.Diff(want, config.Features); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	written, err := yaml.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	config.Features = nil
	if err := yaml.Unmarshal(written, &config); err != nil {
		t.Fatalf("%s\n%v", written, err)
	}
	if diff := cmp.Diff(want, config.Features); diff != "" {
		t.Errorf("written and read again (-want +got):\n%s", diff)
	}
}

func TestSpanFromYAML(t *testing.T) {
	for text, want := range map[string]Span{"1d": 1, "90d": 90, "36500d": 36500, `""`: 0} {
		var got Span
		if err := yaml.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s is %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"90", "d", "0d", "-1d", "+1d", "1.5d", "90 d", "3m", "36501d", "99999999999999999999d", "90dd"} {
		got := Span(7)
		err := yaml.Unmarshal([]byte(`"`+text+`"`), &got)
		if err == nil || !strings.Contains(err.Error(), "write 90d") || got != 7 {
			t.Errorf("%q is %d, %v; want an error", text, got, err)
		}
	}
}

func TestOwnErrors(t *testing.T) {
	good := Own{Name: "gifts", From: "orders", Measure: "count"}
	for _, test := range []struct {
		change func(*Own)
		want   string
	}{
		{func(o *Own) { o.Name = "Gift wrap" }, `own feature 1: name "Gift wrap"`},
		{func(o *Own) { o.Name = "" }, `own feature 1: name ""`},
		{func(o *Own) { o.Name = "recency_days" }, "recency_days is declared twice"},
		{func(o *Own) { o.From = "carts" }, `own feature gifts: from "carts" is no table (use orders or engagements)`},
		{func(o *Own) { o.Where = "kind = 'visit'" }, "orders has no column kind"},
		{func(o *Own) { o.Measure = "median" }, `measure "median" is not known (use count, sum, mean, max, days or recency)`},
		{func(o *Own) { o.Measure = "" }, `measure "" is not known`},
		{func(o *Own) { o.Measure = "sum" }, `orders has no number column "" (use amount, discount or quantity)`},
		{func(o *Own) { o.Measure, o.Of = "max", "category" }, `orders has no number column "category"`},
		{func(o *Own) { o.Measure, o.Of, o.From = "max", "amount", "engagements" }, `no number column "amount" (use value)`},
		{func(o *Own) { o.Of = "amount" }, "measure count takes no column (leave out of: amount)"},
		{func(o *Own) { o.Window = -1 }, "window of -1 days"},
		{func(o *Own) { o.Window = 1 << 40 }, "window of 1099511627776 days"},
	} {
		own := good
		test.change(&own)
		_, err := NewSet(testVocabulary, []Own{own})
		if err == nil || !strings.HasPrefix(err.Error(), "features: ") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: error %v, want one with %q", own, err, test.want)
		}
	}
	if _, err := NewSet(testVocabulary, []Own{good, good}); err == nil {
		t.Error("two own features may have the same name")
	}
}

func TestOwnDeclaration(t *testing.T) {
	set, err := NewSet(testVocabulary, []Own{
		{Name: "a", From: "orders", Where: "quantity > 0 AND channel = 'web' AND quantity < 9", Measure: "max", Of: "amount", Window: 30},
		{Name: "b", From: "engagements", Measure: "mean", Of: "value", Doc: "Mean rating."},
		{Name: "c", From: "engagements", Measure: "recency"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Feature{
		{Name: "a", Family: "own", Unit: Money, Window: 30, Missing: "no such row with a value",
			Doc:  "max of amount from orders where quantity > 0 AND channel = 'web' AND quantity < 9 in the last 30 days.",
			From: []string{"orders.amount", "orders.channel", "orders.ordered_at", "orders.quantity"}},
		{Name: "b", Family: "own", Unit: Any, Missing: "no such row with a value",
			Doc:  "Mean rating.",
			From: []string{"engagements.occurred_at", "engagements.value"}},
		{Name: "c", Family: "own", Unit: Days, Missing: "no such row",
			Doc:  "recency from engagements.",
			From: []string{"engagements.occurred_at"}},
	} {
		got, _ := set.Feature(want.Name)
		got.value, got.definition, got.low, got.high = nil, "", 0, 0
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Feature{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.Name, diff)
		}
	}
}

// TestOwnWindow: a window of n days begins n days before the cutoff.
func TestOwnWindow(t *testing.T) {
	h := history.History{}
	for _, day := range []history.Day{9, 10, 10, 19, 20} {
		h.Lines = append(h.Lines, history.Line{At: day.Start(), KnownAt: day.Start(), Amount: float64(day), Quantity: 1})
	}
	for measure, want := range map[string]float32{"count": 3, "days": 2, "recency": 1} {
		set, err := NewSet(history.Vocabulary{}, []Own{{Name: "own", From: "orders", Measure: measure, Window: 10}})
		if err != nil {
			t.Fatal(err)
		}
		if got := row(t, set, h, 20).Column("own"); got[0] != want {
			t.Errorf("%s is %v, want %v", measure, got[0], want)
		}
	}
}
