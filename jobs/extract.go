package jobs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"perennial/command"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
)

// extractInto extracts the inputs into dir, or returns the report of the extract
// that an earlier try has finished there.
func extractInto(ctx context.Context, in *extract.Inputs, asOf history.Day, dir string, env command.Env) (*extract.Report, error) {
	if done, err := extract.Open(dir); err == nil {
		env.Log.Info("extract is there already", "dir", dir)
		return done.Report(), in.Close()
	}
	report, err := in.Run(ctx, asOf, dir, env.Log)
	return report, command.Input(err)
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
		return &command.Error{Code: command.ExitData, Err: fmt.Errorf("extract: no orders before %s (check the files, the mapping and --as-of)", s.asOf)}
	}
	if age := int(s.asOf - s.survey.newest); age > int(s.cfg.MaxAge) {
		return &command.Error{Code: command.ExitInput, Err: fmt.Errorf("extract: the newest order is of %s, %d days before %s (refresh the export, run with --as-of %s, or raise max_age)",
			s.survey.newest, age, s.asOf, s.survey.newest+1)}
	}
	return nil
}
