package publish

import (
	"context"
	"errors"
	"fmt"

	"perennial/pipeline/store"
)

// Repair is what was found wrong in a store, what was mended, and what a person
// must do.
type Repair struct {
	Head    uint64         `json:"head"`             // newest commit record
	Hint    string         `json:"hint"`             // what CURRENT.json was: right, or what was wrong and mended
	Commits []VerifyReport `json:"commits"`          // newest first
	Whole   uint64         `json:"whole"`            // newest commit whose set can be read; 0 for none among those
	Advice  string         `json:"advice,omitempty"` // what to do; empty: nothing
}

// OK reports whether readers of the newest commit get all of it.
func (r *Repair) OK() bool { return r.Whole == r.Head }

// Mend mends the hint and reads every byte of the newest commits, all for 0 or where
// none of them is whole, that have not been collected. Nothing is deleted, and no commit is touched: where the
// newest is damaged, Advice says how an older one is shown again.
func Mend(ctx context.Context, st store.Store, commits int) (Repair, error) {
	t, err := findTip(ctx, st)
	if err != nil {
		return Repair{}, err
	}
	r := Repair{Head: t.n}
	if r.Hint, err = mendHint(ctx, st, t.n); err != nil {
		return r, err
	}
	if r.Commits, err = VerifyAll(ctx, st, commits); err != nil {
		return r, err
	}
	if r.Whole = newestWhole(r.Commits); r.Whole == 0 && len(r.Commits) == commits {
		if r.Commits, err = VerifyAll(ctx, st, 0); err != nil { // one that can be shown may be older
			return r, err
		}
		r.Whole = newestWhole(r.Commits)
	}
	r.Advice = r.advice()
	return r, nil
}

// newestWhole returns the number of the newest commit that can be read, 0 for none.
func newestWhole(reports []VerifyReport) uint64 {
	for i := range reports {
		if reports[i].Whole() {
			return reports[i].N
		}
	}
	return 0
}

func (r *Repair) advice() string {
	newest := &r.Commits[0]
	switch {
	case r.OK() && newest.OK():
		return ""
	case r.OK():
		return fmt.Sprintf("the delta of commit %d is damaged: who follows changes is told to read everything, nothing needs to be done", r.Head)
	case r.Whole > 0:
		return fmt.Sprintf("commit %d is damaged and commit %d is whole: bring the objects back from a backup, or show the older scores with: perennial rollback --to %d", r.Head, r.Whole, r.Whole)
	}
	return fmt.Sprintf("commit %d is damaged and no older one is whole: bring the objects back from a backup, or publish again with: perennial nightly --force", r.Head)
}

// mendHint makes CURRENT.json name commit n and says what it was.
func mendHint(ctx context.Context, st store.Store, n uint64) (string, error) {
	found, err := readHint(ctx, st)
	if err != nil {
		return "", err
	}
	var was string
	switch {
	case found == n:
		return "right", nil
	case found == 0:
		was = "absent or unreadable, mended"
	case found < n:
		was = fmt.Sprintf("behind at commit %d, mended", found)
	default:
		was = fmt.Sprintf("ahead at commit %d, which does not exist, mended", found)
	}
	return was, writeHint(ctx, st, n)
}

// VerifyAll verifies the newest commits, all for 0, newest first. It ends at a
// commit that has been collected: those before it are gone too, but for what later
// commits name.
func VerifyAll(ctx context.Context, st store.Store, commits int) ([]VerifyReport, error) {
	t, err := findTip(ctx, st)
	if err != nil {
		return nil, err
	}
	var reports []VerifyReport
	var head *Commit // the newest whose record is whole
	erased := false
	for n := t.n; n > 0 && (commits == 0 || len(reports) < commits); n-- {
		c, err := readCommit(ctx, st, n)
		if errors.Is(err, ErrCorrupt) {
			reports = append(reports, VerifyReport{N: n, Problems: []string{err.Error()}})
			continue
		}
		if err != nil {
			return reports, err
		}
		if head == nil {
			head = c
		}
		report, err := verify(ctx, st, c)
		if err != nil {
			return reports, err
		}
		if report.explain(c, head, erased); report.Gone == Collected {
			break
		}
		erased = erased || c.Kind == KindErasure
		reports = append(reports, report)
	}
	return reports, nil
}
