package jobs

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perennial/command"
	"perennial/models/action"
	"perennial/models/evaluate"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
	"perennial/simulate"
)

// TestEffectsThatWereMade takes about half of the orders of the last sixty days from those
// who are left alone, which is what the policy has then brought, and finds so much.
// Where nothing is taken, groups drawn by forty salts differ as chance has it.
func TestEffectsThatWereMade(t *testing.T) {
	const days = 60
	shop := simulate.Config{Customers: 2500, Days: 400, Seed: 6}
	cfg := simulated(t, shop)
	cfg.Sources = extract.Sources{Orders: cfg.Sources.Orders}
	cfg.Actions.Holdout = new(0.3)
	policy, err := action.New(cfg.Actions)
	if err != nil {
		t.Fatal(err)
	}
	from := shop.End() - days

	equal := opened(t, cfg, from, shop.End())
	decided, comparisons := 0, 0
	for salt := range 40 {
		salted := cfg.Actions
		salted.Salt = fmt.Sprint("salt ", salt)
		for _, e := range effectsOf(t, equal, must(action.New(salted)), from, days).Effects {
			comparisons++
			if e.Decided() {
				decided++
			}
		}
	}
	if share := float64(decided) / float64(comparisons); share > 0.12 {
		t.Errorf("%d of %d differences that chance has made are told from nothing, want about 5%%", decided, comparisons)
	}

	truth := takeOrders(t, filepath.Join(cfg.BaseDir, "orders.csv"), func(customer string, at history.Day, order string) bool {
		return at >= from && policy.Group(customer) == action.GroupHoldout && strings.ContainsAny(order[len(order)-1:], "13579")
	}, from)
	made := opened(t, cfg, from, shop.End())
	report := effectsOf(t, made, policy, from, days)
	untouched := effectsOf(t, equal, policy, from, days)
	for i, e := range report.Effects {
		brought := truth[e.Outcome] / float64(report.Groups[1].Customers)
		if e.Outcome == "ordered" {
			brought = untouched.Groups[1].Ordered - report.Groups[1].Ordered
		}
		if !e.Decided() || e.Low > brought || e.High < brought {
			t.Errorf("%s: %.3f (%.3f to %.3f), want one told from nothing around %.3f", e.Outcome, e.Difference, e.Low, e.High, brought)
		}
		// What is left of the difference is what there was before anything was taken.
		if before := untouched.Effects[i].Difference; math.Abs(e.Difference-before-brought) > 0.03*(1+math.Abs(brought)) {
			t.Errorf("%s: %.3f more than before, want %.3f", e.Outcome, e.Difference-before, brought)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func effectsOf(t *testing.T, s *shop, policy *action.Policy, from history.Day, days int) *EffectsReport {
	t.Helper()
	sums, err := s.groupSums(t.Context(), policy, from, days, testEnv().Progress)
	if err != nil {
		t.Fatal(err)
	}
	report := &EffectsReport{From: from, To: from + history.Day(days) - 1, Days: days}
	if err := report.compare(sums, false); err != nil {
		t.Fatal(err)
	}
	return report
}

// takeOrders takes the orders that unwanted holds for out of a file, and returns how
// many orders and how much revenue went with them of customers who had ordered before
// the day known.
func takeOrders(t *testing.T, name string, unwanted func(customer string, at history.Day, order string) bool, known history.Day) map[string]float64 {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range lines[0] {
		column[name] = i
	}
	dayOf := func(line []string) history.Day { return must(history.ParseDay(line[column["ordered_at"]][:10])) }
	buyers := map[string]bool{}
	for _, line := range lines[1:] {
		if dayOf(line) < known && !strings.HasPrefix(line[column["amount"]], "-") {
			buyers[line[column["customer_id"]]] = true
		}
	}
	taken, orders := map[string]float64{}, map[string]bool{}
	kept := lines[:1:1]
	for _, line := range lines[1:] {
		customer, order := line[column["customer_id"]], line[column["order_id"]]
		if !unwanted(customer, dayOf(line), order) {
			kept = append(kept, line)
			continue
		}
		if !buyers[customer] {
			continue
		}
		var amount float64
		if _, err := fmt.Sscan(line[column["amount"]], &amount); err != nil {
			t.Fatal(err)
		}
		taken["revenue"] += amount
		if amount >= 0 && !orders[order] {
			orders[order] = true
			taken["orders"]++
		}
	}
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(kept); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return taken
}

// TestEffectsOfPublishedNights runs the command on a shop with two nights.
func TestEffectsOfPublishedNights(t *testing.T) {
	cfg, end := wholeShop(t)
	var out bytes.Buffer
	effects := func(cfg Config, opts EffectsOptions) error {
		out.Reset()
		return Effects(t.Context(), cfg, opts, envOf(end), &out)
	}
	if err := effects(cfg, EffectsOptions{}); command.ExitCode(err) != command.ExitInput {
		t.Errorf("before the first night: %v, want exit code %d", err, command.ExitInput)
	}
	for _, asOf := range []history.Day{end - 40, end - 39} {
		if _, err := Nightly(t.Context(), cfg, NightlyOptions{AsOf: asOf}, envOf(asOf)); err != nil {
			t.Fatal(err)
		}
	}
	if err := effects(cfg, EffectsOptions{JSON: true}); err != nil {
		t.Fatal(err)
	}
	var report EffectsReport
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err, &out)
	}
	if report.From != end-40 || report.Nights != 2 || len(report.Groups) != 2 || report.Groups[0].Contacts == nil || len(report.Effects) != 3 || len(report.Notes) == 0 {
		t.Errorf("report %+v", report)
	}
	if err := effects(cfg, EffectsOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"policy against holdout", "revenue", "told from nothing", "days had no night", "was not left alone"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &out)
		}
	}

	salted := cfg
	salted.Actions.Salt = "another year"
	alone := cfg
	alone.Actions.Holdout = new(0.0)
	for name, test := range map[string]struct {
		cfg  Config
		opts EffectsOptions
		code int
		says string
	}{
		"other groups":         {salted, EffectsOptions{}, command.ExitConfig, "has drawn other groups"},
		"before the first":     {cfg, EffectsOptions{From: end - 60}, command.ExitUsage, "nothing was published before"},
		"after the last order": {cfg, EffectsOptions{To: end + 9}, command.ExitUsage, "the newest order is of"},
		"no days":              {cfg, EffectsOptions{From: end - 3, To: end - 9}, command.ExitUsage, "no day lies between"},
		"nobody left alone":    {alone, EffectsOptions{From: end - 38}, command.ExitData, "in one group, policy"},
	} {
		if err := effects(test.cfg, test.opts); command.ExitCode(err) != test.code || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want exit code %d and %q", name, err, test.code, test.says)
		}
	}
}

func TestEffectInWords(t *testing.T) {
	for _, test := range []struct {
		effect GroupEffect
		want   string
	}{
		{GroupEffect{Outcome: "ordered", Effect: evaluate.Effect{Difference: 0.021, Low: 0.004, High: 0.038, Detectable: 0.024}},
			"ordered|+2.1 points|+0.4 to +3.8|is told from nothing|from 2.4 points"},
		{GroupEffect{Outcome: "orders", Effect: evaluate.Effect{Difference: -0.01, Low: -0.03, High: 0.01, Detectable: 0.03}},
			"orders|-0.010|-0.030 to +0.010|cannot be told from nothing|from 0.030"},
		{GroupEffect{Outcome: "revenue", Effect: evaluate.Effect{Difference: 1.5, Low: -1, High: 4, Detectable: 3.6}},
			"revenue|+1.50 EUR|-1.00 to +4.00|cannot be told from nothing|from 3.60 EUR"},
	} {
		if got := strings.ReplaceAll(test.effect.line("EUR"), "\t", "|"); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}
