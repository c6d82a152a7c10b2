package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"perennial/command"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
	"perennial/pipeline/store"
)

// Catchup says what a night does about the nights before it that did not run. It
// always publishes its own day first: yesterday's scores are of no use to whoever
// acts on today's.
type Catchup string

// The ways to catch up.
const (
	CatchupLatest Catchup = "latest" // say which days are missing and how to fill them
	CatchupAll    Catchup = "all"    // fill them, oldest first, each in a series of its own
)

// noteMissed finds the days since the last published one that have no scores.
func (n *night) noteMissed(ctx context.Context) error {
	if n.previous == nil || n.opts.past || n.summary.Outcome != "published" {
		return nil
	}
	undone, err := n.undoneDays(ctx)
	if err != nil {
		return err
	}
	for day := n.previous.Commit.AsOf + 1; day < n.opts.AsOf; day++ {
		if undone[day] {
			continue
		}
		_, err := publish.Head(ctx, store.Within(n.store, seriesOf(day)))
		if errors.Is(err, publish.ErrNoCommit) {
			n.summary.Missed = append(n.summary.Missed, day)
		} else if err != nil {
			return err
		}
	}
	if len(n.summary.Missed) > 0 && n.cfg.Catchup == CatchupLatest {
		n.summary.Notes = append(n.summary.Notes, fmt.Sprintf("%s had no night. Their scores can be filled beside these: %s", daysText(n.summary.Missed), n.summary.backfill(ReprocessMissing)))
	}
	return nil
}

// undoneDays returns the days whose nights a rollback has undone since the last one:
// they had a night, and somebody did not want its scores.
func (n *night) undoneDays(ctx context.Context) (map[history.Day]bool, error) {
	c := n.previous.Commit
	for c.Kind == publish.KindErasure && c.N > 1 {
		before, err := publish.At(ctx, n.store, c.N-1)
		if err != nil {
			return nil, err
		}
		c = before.Commit
	}
	undone := map[history.Day]bool{}
	if c.Kind != publish.KindRollback {
		return undone, nil
	}
	for m := c.RestoredFrom + 1; m < c.N; m++ {
		reader, err := publish.At(ctx, n.store, m)
		if errors.Is(err, publish.ErrCorrupt) {
			continue
		}
		if err != nil {
			return nil, err
		}
		undone[reader.Commit.AsOf] = true
	}
	return undone, nil
}

// backfill returns the command that fills the missed days.
func (s *Summary) backfill(reprocess Reprocess) string {
	line := fmt.Sprintf("perennial backfill --from %s --to %s", s.Missed[0], s.Missed[len(s.Missed)-1])
	if reprocess != ReprocessMissing {
		line += " --reprocess " + string(reprocess)
	}
	return line
}

// daysText says how many days there are, and which.
func daysText(days []history.Day) string {
	if len(days) == 1 {
		return days[0].String()
	}
	return fmt.Sprintf("%d days from %s to %s", len(days), days[0], days[len(days)-1])
}

// catchUp fills the missed days if the configuration says so. The night is
// published whatever becomes of them.
func (s *Summary) catchUp(ctx context.Context, cfg Config, env command.Env) error {
	if cfg.Catchup != CatchupAll {
		return nil
	}
	var lines bytes.Buffer
	err := Backfill(ctx, cfg, BackfillOptions{From: s.Missed[0], To: s.Missed[len(s.Missed)-1]}, env, &lines)
	if errors.Is(err, context.Canceled) {
		return err
	}
	s.Notes = append(s.Notes, fmt.Sprintf("%s had no night and were filled:\n%s", daysText(s.Missed), bytes.TrimSpace(lines.Bytes())))
	if err != nil {
		env.Log.Warn("not every missed day could be filled", "cause", err)
		s.Notes = append(s.Notes, fmt.Sprintf("Not every missed day could be filled; when it is mended: %s", s.backfill(ReprocessFailed)))
	}
	return nil
}
