package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"

	"perennial/pipeline/extract"
	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

// latestExtract is the key of the record that names the extract on which the next
// one builds.
const latestExtract = "history/latest.json"

// extractRecord is latestExtract.
type extractRecord struct {
	Extract string      `json:"extract"` // folder below history
	AsOf    history.Day `json:"as_of"`
}

var extractName = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{16}$`)

// lastExtract reads the record of the latest extract; ok is false if there is
// none that can be used.
func (n *night) lastExtract(ctx context.Context) (record extractRecord, ok bool) {
	text, err := n.store.Read(ctx, latestExtract)
	if err == nil {
		err = json.Unmarshal(text, &record)
	}
	if err == nil && !extractName.MatchString(record.Extract) {
		err = fmt.Errorf("%q is no name of an extract", record.Extract)
	}
	if err != nil && !errors.Is(err, store.ErrNotExist) {
		n.env.Log.Warn("no extract to build on", "record", latestExtract, "cause", err)
	}
	return record, err == nil
}

// recall returns what the latest extract remembers, if the workspace has it; nil
// if there is none, a person wants everything read, or the day is a past one.
func (n *night) recall(ctx context.Context) *extract.Memory {
	if n.opts.FullRefresh || n.opts.past {
		return nil
	}
	record, ok := n.lastExtract(ctx)
	if !ok {
		return nil
	}
	memory, err := extract.Recall(n.work.path("history/" + record.Extract))
	if err != nil {
		n.env.Log.Warn("everything is read", "cause", err)
		return nil
	}
	return memory
}

// noteExtract makes the night's extract the one on which the next builds, unless
// there is one of a later day already: this is then a night that was made up for.
func (n *night) noteExtract(ctx context.Context) error {
	if n.opts.past {
		return nil
	}
	if record, ok := n.lastExtract(ctx); ok && record.AsOf > n.opts.AsOf {
		return nil
	}
	text, err := json.Marshal(extractRecord{path.Base(n.history), n.opts.AsOf})
	if err != nil {
		return err
	}
	return n.store.Replace(ctx, latestExtract, text)
}

// noteLate says in the summary which sources arrive late.
func (n *night) noteLate(report *extract.Report) {
	for i := range report.Sources {
		if late := report.Sources[i].Late(); late != "" {
			n.env.Log.Warn("late arrivals", "cause", late)
			n.summary.Notes = append(n.summary.Notes, late)
		}
	}
}
