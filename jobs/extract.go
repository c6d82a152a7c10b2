package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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

// takeStock surveys the inputs on top of the latest extract, or from nothing if
// there is none, or a person wants it so.
func (n *night) takeStock(ctx context.Context) (*extract.Inputs, error) {
	var memory *extract.Memory
	if record, ok := n.lastExtract(ctx); ok && !n.opts.FullRefresh {
		dir, err := n.files.Path("history/" + record.Extract)
		if err != nil {
			return nil, err
		}
		if memory, err = extract.Recall(dir); err != nil {
			n.env.Log.Warn("everything is read", "cause", err)
		}
	}
	return memory.Survey(ctx, n.cfg.Config)
}

// noteExtract makes dir the extract on which the next one builds, unless there is
// one of a later day already: this is then a night that was made up for.
func (n *night) noteExtract(ctx context.Context, dir string) error {
	if record, ok := n.lastExtract(ctx); ok && record.AsOf > n.opts.AsOf {
		return nil
	}
	text, err := json.Marshal(extractRecord{filepath.Base(dir), n.opts.AsOf})
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

// extractInto extracts the inputs into dir, or returns the report of the extract
// that an earlier try has finished there, unless it is to be done again.
func extractInto(ctx context.Context, in *extract.Inputs, asOf history.Day, dir string, again bool, env Env) (*extract.Report, error) {
	if done, err := extract.Open(dir); err == nil && !again {
		env.Log.Info("extract is there already", "dir", dir)
		return done.Report(), nil
	}
	report, err := in.Run(ctx, asOf, dir, env.Log)
	return report, inputError(err)
}

// keepRejects copies the lists of rejected rows beside the night's manifest, also
// when there were too many of them to go on.
func (n *night) keepRejects(ctx context.Context, dir string) error {
	lists, err := filepath.Glob(filepath.Join(dir, "rejects", "*.csv"))
	if err != nil {
		return err
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			return err
		}
		key := "runs/" + n.runID + "/rejects/" + filepath.Base(list)
		if err := n.store.Replace(ctx, key, text); err != nil {
			return err
		}
		n.summary.Notes = append(n.summary.Notes, "Rejected rows are listed in "+filepath.Join(n.cfg.Store, key)+".")
	}
	return nil
}

// fresh returns an error if the newest order is too old for the as-of day: the
// export has stopped, and everybody would look lost.
func (s *shop) fresh() error {
	if s.survey.buyers == 0 {
		return &CodedError{ExitData, fmt.Errorf("extract: no orders before %s (check the files, the mapping and --as-of)", s.asOf)}
	}
	if age := int(s.asOf - s.survey.newest); age > int(s.cfg.MaxAge) {
		return &CodedError{ExitInput, fmt.Errorf("extract: the newest order is of %s, %d days before %s (refresh the export, run with --as-of %s, or raise max_age)",
			s.survey.newest, age, s.asOf, s.survey.newest+1)}
	}
	return nil
}
