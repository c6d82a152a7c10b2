package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"perennial/command"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
	"perennial/pipeline/store"
)

// extractInto extracts the inputs into dir, or finds the extract that an earlier try
// has finished there or kept in the store, unless everything is to be read again.
func (n *night) extractInto(ctx context.Context, dir string) (*extract.Report, error) {
	if n.opts.FullRefresh {
		if err := n.forgetExtract(ctx, dir); err != nil {
			return nil, errors.Join(err, n.inputs.Close())
		}
		return n.extractAnew(ctx, dir)
	}
	done, err := extract.Open(dir)
	if err != nil && n.work.apart {
		if err := n.fetchExtract(ctx, dir); err != nil {
			return nil, err
		}
		done, err = extract.Open(dir)
	}
	if err == nil {
		if err = done.Verify(); err == nil {
			n.env.Log.Info("extract is there already", "dir", dir)
			return done.Report(), errors.Join(n.inputs.Close(), n.keepExtract(ctx))
		}
		n.env.Log.Warn("the extract that is there is of no use; the sources are read again", "cause", err)
	}
	return n.extractAnew(ctx, dir)
}

// extractAnew extracts the inputs into dir.
func (n *night) extractAnew(ctx context.Context, dir string) (*extract.Report, error) {
	report, err := n.inputs.Run(ctx, n.opts.AsOf, dir, n.env.Log)
	if err != nil {
		return report, command.Input(err)
	}
	return report, n.keepExtract(ctx)
}

// keepExtract copies the extract into a store elsewhere; that of a past day is read
// from the sources when it is needed again.
func (n *night) keepExtract(ctx context.Context) error {
	if n.opts.past {
		return nil
	}
	return n.work.keepFolder(ctx, n.history)
}

// fetchExtract brings the extract from the store if it is there. One that is damaged
// is read from the sources again, and put in its place.
func (n *night) fetchExtract(ctx context.Context, dir string) error {
	err := n.work.fetch(ctx, n.history, dir, func(string) bool { return true })
	if err == nil || errors.Is(err, store.ErrNotExist) {
		return nil
	}
	n.env.Log.Warn("the extract in the store is of no use; the sources are read again", "cause", err)
	return n.forgetExtract(ctx, dir)
}

// forgetExtract removes the extract, and its mark from a store elsewhere, so that
// another one takes its place.
func (n *night) forgetExtract(ctx context.Context, dir string) error {
	err := os.RemoveAll(dir)
	if n.work.apart {
		err = errors.Join(err, n.store.Delete(ctx, n.history+"/"+filesFile))
	}
	return err
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
		n.summary.Notes = append(n.summary.Notes, "Rejected rows are listed in "+n.cfg.object(key)+".")
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

// withExtract reads all that the sources hold by today into a folder that is removed
// again, and calls do with it and the day of the newest order. name is the command's.
func withExtract(ctx context.Context, cfg Config, name string, env command.Env, do func(dir string, newest history.Day) error) (err error) {
	dir, err := os.MkdirTemp("", "perennial-"+name+"-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	inputs, err := localInputs(ctx, cfg)
	if err == nil {
		inputs, err = extract.Pulled(inputs, newWorkspace(cfg, nil).path(loads))
	}
	if err != nil {
		return command.Input(err)
	}
	report, err := extract.Run(ctx, inputs, cfg.Today(env.Clock()), dir, env.Log)
	if err != nil {
		return command.Input(err)
	}
	newest := report.Source("orders").Last
	if newest == nil {
		return command.Data("%s: there are no orders", name)
	}
	return do(dir, *newest)
}
