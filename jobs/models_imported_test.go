package jobs

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/models/purchase"
	"perennial/models/registry"
)

// TestImportedModels lets four models compete: one that knows the outcomes which
// it is judged by and must win, one of noise, one whose file has been damaged and
// one that says it has seen the outcomes. None may stop the night.
func TestImportedModels(t *testing.T) {
	t.Parallel()
	skipIfShort(t)
	a := newAnalyst(t)
	truth := a.rows(a.plan.Judge)
	noise := truth
	noise.Y = slices.Clone(truth.Y)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(noise.Y), func(i, j int) { noise.Y[i], noise.Y[j] = noise.Y[j], noise.Y[i] })
	a.importAs(t, "oracle", a.write(t, truth))
	a.importAs(t, "noise", a.write(t, noise))
	a.importAs(t, "torn", a.write(t, truth))
	a.tear(t, "torn")
	opts := a.importAs(t, "late", a.write(t, truth))
	opts.TrainedAsOf = a.plan.Judge - importDays + 1
	if err := ImportModel(t.Context(), a.cfg, opts, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}

	summary := a.night(t)
	b := board(t, summary)
	if b.Winner != "imported_oracle" {
		t.Fatalf("winner is %s (%s), want imported_oracle", b.Winner, b.Why)
	}
	for name, want := range map[string]string{"noise": "", "torn": registry.ErrDamaged.Error(), "late": "would be judged on those from"} {
		e := b.Entry("imported_" + name)
		if e == nil || (e.Failure == "") != (want == "") || !strings.Contains(e.Failure, want) {
			t.Errorf("%s: entry %+v, want failure %q", name, e, want)
		}
	}
	if summary.Source != "model" {
		t.Errorf("scores come from a %s, want model", summary.Source)
	}
	for learner, want := range map[string][]string{
		"imported_oracle": {"challenger", "champion"}, "imported_noise": {"challenger", "challenger"}, "imported_late": {"challenger", "challenger", "rejected"},
	} {
		var states []string
		for _, m := range listed(t, a.cfg, learner) {
			states = append(states, m.State)
			if m.TrainedAsOf >= a.asOf {
				t.Errorf("%s: trained as of %s, want a day before the night", learner, m.TrainedAsOf)
			}
		}
		slices.Sort(states)
		if diff := cmp.Diff(want, states); diff != "" {
			t.Errorf("states of %s (-want +got):\n%s", learner, diff)
		}
	}
	a.checkReasons(t)
}

// checkReasons wants reasons of published churn scores: the imported champion is
// explained as any other.
func (a *analyst) checkReasons(t *testing.T) {
	t.Helper()
	scored, explained := 0, 0
	for _, row := range published(t, a.cfg.Store) {
		if row.ChurnProbability != nil {
			scored++
		}
		if len(row.Reasons) > 0 {
			explained++
		}
	}
	if scored == 0 || explained < scored/2 {
		t.Errorf("%d rows are scored and %d have reasons, want most", scored, explained)
	}
}

// tear damages the file of an imported model in the store.
func (a *analyst) tear(t *testing.T, name string) {
	t.Helper()
	st, err := openToRead(a.cfg.Store)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(st)
	entries, err := readImports(t.Context(), st, purchase.Question(importDays))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(entries, func(e importEntry) bool { return e.Name == name })
	path := filepath.Join(a.cfg.Store, "models", purchase.Question(importDays), entries[i].Version, importedFile)
	if err := os.WriteFile(path, []byte("tree\n"), 0o666); err != nil {
		t.Fatal(err)
	}
}
