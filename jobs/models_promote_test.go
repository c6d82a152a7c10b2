package jobs

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"perennial/command"
	"perennial/models/purchase"
)

// TestImportedModelLoses keeps the shop's own model in office, and lets a person
// overrule the board and go back.
func TestImportedModelLoses(t *testing.T) {
	t.Parallel()
	skipIfShort(t)
	a := newAnalyst(t)
	truth := a.rows(a.plan.Judge)
	for i := range truth.Y {
		truth.Y[i] = 1 - truth.Y[i]
	}
	a.importAs(t, "upside_down", a.write(t, truth))
	b := board(t, a.night(t))
	if strings.HasPrefix(b.Winner, purchase.ImportedPrefix) {
		t.Fatalf("%s wins with the outcomes upside down: %s", b.Winner, b.Why)
	}
	models := listed(t, a.cfg, "imported_upside_down")
	judged := slices.IndexFunc(models, func(m listedModel) bool { return m.Metrics["auc"] > 0 })
	if judged < 0 || models[judged].Metrics["auc"] > 0.2 {
		t.Fatalf("listed as %+v, want a verdict with an AUC near 0", models)
	}
	before := listed(t, a.cfg, b.Winner)
	question := purchase.Question(importDays)
	for _, promoted := range []string{models[judged].Version, before[0].Version} {
		if err := PromoteModel(t.Context(), a.cfg, question, promoted, &bytes.Buffer{}); err != nil {
			t.Fatal(err)
		}
		next, err := RunStep(t.Context(), a.cfg, StepTrain, NightlyOptions{AsOf: a.asOf + 1}, a.env)
		if err != nil {
			t.Fatal(err)
		}
		if got := next.Source; (got == "model") != (promoted == models[judged].Version) {
			t.Errorf("%s is promoted, scores come from a %s", promoted, got)
		}
	}
	if err := PromoteModel(t.Context(), a.cfg, question, models[1-judged].Version, &bytes.Buffer{}); command.ExitCode(err) != command.ExitUsage {
		t.Errorf("promoting what nobody has judged: %v, want an error of usage", err)
	}
	if err := WithdrawModel(t.Context(), a.cfg, question, "upside_down", &bytes.Buffer{}); err != nil {
		t.Error(err)
	}
	if err := WithdrawModel(t.Context(), a.cfg, question, "upside_down", &bytes.Buffer{}); command.ExitCode(err) != command.ExitUsage {
		t.Errorf("withdrawing it twice: %v, want an error of usage", err)
	}
}
