package extract

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"perennial/pipeline/history"
)

// PullPlan is what a pull of one table would do.
type PullPlan struct {
	Table string
	Done  bool    // the night's pull is there already
	Since string  // largest watermark so far, from which the look-back is taken; "" pulls everything
	Rows  float64 // estimate of the database's planner; 0 when Done
	Loads int     // pulls that are there
}

// String says it to a person.
func (p *PullPlan) String() string {
	switch {
	case p.Done:
		return fmt.Sprintf("%s: pulled already", p.Table)
	case p.Since == "":
		return fmt.Sprintf("%s: would pull everything, about %.0f rows", p.Table, p.Rows)
	}
	return fmt.Sprintf("%s: would pull what changed since %s less the look-back, about %.0f rows and the others of their keys", p.Table, p.Since, p.Rows)
}

// PlanPulls finds out what Pull would do: it asks the databases for their plans
// and reads no row. The configuration that it returns reads what was pulled
// before; a table that has never been pulled stays one of its database.
func PlanPulls(ctx context.Context, cfg Config, asOf history.Day, dir string) (Config, []PullPlan, error) {
	options, err := cfg.Postgres.withDefaults()
	if err != nil {
		return cfg, nil, fmt.Errorf("extract: %w", err)
	}
	var plans []PullPlan
	for _, t := range tables {
		s := cfg.source(t.name)
		if s.Postgres == "" {
			continue
		}
		if err := s.validate(); err != nil {
			return cfg, nil, fmt.Errorf("extract: sources: %s: %w", t.name, err)
		}
		p := &puller{options: options, table: t.name, source: s, asOf: asOf, dir: filepath.Join(dir, t.name)}
		plan, files, err := p.foresee(ctx)
		if err != nil {
			return cfg, nil, fmt.Errorf("extract: %s: %w", t.name, err)
		}
		plans = append(plans, plan)
		if len(files) > 0 {
			s.pulled(files)
		}
	}
	return cfg, plans, nil
}

// Pulled returns the configuration that reads what Pull has brought to dir,
// without asking any database. It is ErrMissing if a table was never pulled.
func Pulled(cfg Config, dir string) (Config, error) {
	for _, t := range tables {
		s := cfg.source(t.name)
		if s.Postgres == "" {
			continue
		}
		have, err := readLoads(filepath.Join(dir, t.name))
		var files []string
		if err == nil {
			files, err = have.files()
		}
		if err == nil && len(files) == 0 {
			err = missingError("nothing was pulled from its database yet (run perennial extract)")
		}
		if err != nil {
			return cfg, fmt.Errorf("extract: %s: %w", t.name, err)
		}
		s.pulled(files)
	}
	return cfg, nil
}

// foresee plans a pull and returns the files of those before it.
func (p *puller) foresee(ctx context.Context) (plan PullPlan, files []string, err error) {
	have, err := readLoads(p.dir)
	if err != nil {
		return plan, nil, err
	}
	if files, err = have.files(); err != nil {
		return plan, nil, err
	}
	plan = PullPlan{Table: p.table, Done: p.done(have), Loads: len(files)}
	if plan.Done {
		return plan, files, nil
	}
	conn, err := p.options.connect(ctx, p.source.Postgres)
	if err != nil {
		return plan, nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	record, since, q, err := p.plan(ctx, conn, have)
	if err != nil {
		return plan, nil, err
	}
	plan.Since = record.Since
	rows := conn.ExecParams(ctx, "EXPLAIN (FORMAT JSON) "+q.fresh("*", since), nil, nil, nil, nil).Read()
	if rows.Err != nil {
		return plan, nil, p.options.failure(ctx, "", rows.Err)
	}
	var explained []struct {
		Plan struct {
			Rows float64 `json:"Plan Rows"`
		}
	}
	if err := json.Unmarshal(rows.Rows[0][0], &explained); err != nil || len(explained) == 0 {
		return plan, nil, fmt.Errorf("postgres: plan of the pull: %q", rows.Rows[0][0])
	}
	plan.Rows = explained[0].Plan.Rows
	return plan, files, nil
}
