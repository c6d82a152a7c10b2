package jobs

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"perennial/command"
	"perennial/features/label"
	"perennial/models/churn"
	"perennial/models/leaderboard"
	"perennial/models/nextpurchase"
	"perennial/models/purchase"
	"perennial/models/registry"
	"perennial/models/survival"
	"perennial/models/value"
	"perennial/pipeline/history"
)

// What the tiers need. A tier is used only where it beats the one below.
const (
	cohortCustomers = 50   // customers for rules fitted on the shop
	cohortDays      = 90   // and days of history
	learnerRows     = 1000 // labelled rows for learners
	learnerOutcomes = 100  // of each outcome
	learnerHorizons = 3    // and horizons of history
)

// answer is what one contest gave.
type answer struct {
	days  int // horizon
	plan  label.Plan
	board *leaderboard.Board
	judge leaderboard.Rows

	judged leaderboard.Model // the winner as it was judged, in tonight's season
	model  leaderboard.Model // that scores tonight: the winner fitted anew on what is known by now
	refit  []history.Day     // cutoffs of that fit

	imported []purchase.Imported // candidates that were trained elsewhere

	// The rows a year before the judging cutoff and before tonight; empty for a
	// shop that is too young, and for value, which is worth a whole year.
	judgeSeason, tonightSeason purchase.LastYear
}

// seasonal returns model moved to the season that lastYear is from, if it is
// one that knows seasons; others stay as they are.
func seasonal(model leaderboard.Model, lastYear purchase.LastYear) (leaderboard.Model, error) {
	if m, ok := model.(*purchase.Model); ok && m.Season != nil && len(lastYear.Y) > 0 {
		return m.InSeason(lastYear)
	}
	return model, nil
}

// neutral returns model without its season: what holds over a year.
func neutral(model leaderboard.Model) leaderboard.Model {
	if m, ok := model.(*purchase.Model); ok {
		return m.Neutral()
	}
	return model
}

// answers are all contests of one training.
type answers struct {
	purchase  []answer // the churn horizon first
	value     *answer
	hazard    *survival.Curve // nil when nothing could be labelled
	reference churn.Reference
}

// train lets the candidates of every question compete on the shop's past.
func (s *shop) train(ctx context.Context, t *training, churnDays int, progress command.Progress) (*answers, error) {
	if len(t.cutoffs) == 0 || s.survey.buyers < cohortCustomers || s.asOf-s.survey.first < cohortDays {
		return &answers{}, nil
	}
	if err := s.gather(ctx, t, progress); err != nil {
		return nil, err
	}
	all := &answers{reference: churn.NewReference(t.matrix.Names, t.matrix.X)}
	var err error
	if all.hazard, err = t.hazard(); err != nil {
		return nil, err
	}
	return all, s.trainQuestions(ctx, t, churnDays, all, progress.Step("train", len(t.plans)+1))
}

// trainQuestions answers every horizon that was planned, the churn horizon first,
// and value after the horizon that it is judged at. Two are at work at a time: one
// has all cores in its trees, where the other draws rows and curves.
func (s *shop) trainQuestions(ctx context.Context, t *training, churnDays int, all *answers, tick func()) error {
	var planned []label.Plan
	for _, days := range churnFirst(churnDays) {
		if plan, ok := t.plans[days]; ok {
			planned = append(planned, plan)
		}
	}
	chosen := sync.OnceValues(func() (purchase.Config, error) { return t.choose(ctx, s.cfg.Seed) })
	all.purchase = make([]answer, len(planned))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for i, plan := range planned {
		group.Go(func() (err error) {
			guests := plan.HorizonDays == churnDays && (s.cfg.Train.Guests == nil || *s.cfg.Train.Guests)
			a := &all.purchase[i]
			if *a, err = s.trainPurchase(ctx, t, plan, guests, chosen); err != nil {
				return err
			}
			tick()
			if plan.HorizonDays != t.valueDays {
				return nil
			}
			if all.value, err = s.trainValue(ctx, t, a); err == nil {
				tick()
			}
			return err
		})
	}
	return group.Wait()
}

// choose returns the settings that all contests share.
func (t *training) choose(ctx context.Context, seed uint64) (purchase.Config, error) {
	cfg := purchase.Config{Seed: seed}
	rows, times := t.rows(t.search.Train, t.search.HorizonDays), t.times(t.search)
	err := cfg.Choose(ctx, t.search.HorizonDays, rows, times)
	return cfg, err
}

func (s *shop) trainPurchase(ctx context.Context, t *training, plan label.Plan, guests bool, chosen func() (purchase.Config, error)) (a answer, err error) {
	train := t.rows(plan.Train, plan.HorizonDays)
	a = answer{days: plan.HorizonDays, plan: plan, judge: t.rows([]history.Day{plan.Judge}, plan.HorizonDays)}
	a.judgeSeason, a.tonightSeason = t.lastYearOf(plan.Judge, plan.HorizonDays), t.lastYearOf(t.known, plan.HorizonDays)
	a.imported = t.imported[plan.HorizonDays]
	cfg := purchase.Config{Seed: s.cfg.Seed, RulesOnly: !s.enough(train, plan.HorizonDays)}
	if !cfg.RulesOnly {
		if cfg, err = chosen(); err != nil {
			return a, err
		}
		cfg.Times = t.times(plan)
	}
	cfg.Guests, cfg.LastYear, cfg.Imported, cfg.PopulationGapDays = guests, a.judgeSeason, a.imported, s.survey.populationGap()
	if a.board, err = purchase.Train(ctx, cfg, a.days, train, a.judge); err != nil {
		return a, err
	}
	winner := a.board.Entry(a.board.Winner)
	if a.judged, err = seasonal(winner.Model, a.tonightSeason); err != nil {
		return a, err
	}
	a.refit = t.refits[plan.HorizonDays]
	fitted, err := t.refit(ctx, cfg, plan, winner)
	if err != nil {
		return a, err
	}
	a.model, err = seasonal(fitted, a.tonightSeason)
	return a, err
}

// refit fits the winner on what is known tonight. The judging rows stay apart.
func (t *training) refit(ctx context.Context, cfg purchase.Config, plan label.Plan, winner *leaderboard.Entry) (leaderboard.Model, error) {
	cutoffs := t.refits[plan.HorizonDays]
	if len(cutoffs) == 0 {
		return winner.Model, nil
	}
	if !cfg.RulesOnly {
		cfg.Times = t.refitTimes(plan)
	}
	return purchase.Refit(ctx, cfg, plan.HorizonDays, winner.Name, winner.Model, t.rows(cutoffs, plan.HorizonDays))
}

// enough reports whether learners may compete.
func (s *shop) enough(train leaderboard.Rows, days int) bool {
	positives := train.Positives()
	return len(train.Y) >= learnerRows &&
		min(positives, len(train.Y)-positives) >= learnerOutcomes &&
		int(s.asOf-s.survey.first) >= learnerHorizons*days
}

// trainValue judges value at the longest horizon that could be labelled.
func (s *shop) trainValue(ctx context.Context, t *training, longest *answer) (*answer, error) {
	growth, err := t.growth()
	if err != nil {
		return nil, err
	}
	plan := longest.plan
	cfg := value.Config{
		LabelDays: t.valueDays, Growth: growth, Purchase: neutral(longest.judged),
		Boosting: s.enough(t.rows(plan.Train, t.valueDays), t.valueDays), Seed: s.cfg.Seed,
	}
	judged := []history.Day{plan.Judge}
	a := &answer{days: t.valueDays, plan: plan, judge: t.rows(judged, t.valueDays)}
	truth := t.worthOf(judged)
	a.board, err = value.Train(ctx, cfg, t.rows(plan.Train, t.valueDays), t.worthOf(plan.Train), a.judge, truth)
	if err != nil {
		return nil, err
	}
	a.judge.Y = truth.Revenue
	a.judged = a.board.Entry(a.board.Winner).Model
	a.model = a.judged
	return a, nil
}

// fileOf returns what a model writes.
func fileOf(m interface{ Write(io.Writer) error }) ([]byte, error) {
	var text bytes.Buffer
	err := m.Write(&text)
	return text.Bytes(), err
}

// predictors are the models that score a night.
type predictors struct {
	when      *nextpurchase.When
	value     *value.Model // nil: not enough history
	churn     leaderboard.Model
	churnDays int
	source    string // model, cohort or rule
	reference churn.Reference
	cards     []registry.Card
	versions  map[string]string // question → version
}

// use remembers that the model of card takes part.
func (p *predictors) use(card registry.Card) {
	p.cards = append(p.cards, card)
	p.versions[card.Question] = card.Version
}

// baseRate reports whether some horizon is scored by the share of all
// customers who order.
func (p *predictors) baseRate() bool {
	return slices.ContainsFunc(p.cards, func(c registry.Card) bool { return c.Learner == "base_rate" })
}

// version lists the models in the order of their questions; a shop without
// models is scored by guesses.
func (p *predictors) version() string {
	if len(p.versions) == 0 {
		return "guess"
	}
	var text bytes.Buffer
	for i, question := range sortedKeys(p.versions) {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, "%s=%s", question, p.versions[question])
	}
	return text.String()
}

// guesses returns the predictors of a shop that nothing can be fitted for.
func (s *shop) guesses(churnDays int) (*predictors, error) {
	var anchors []nextpurchase.Anchor
	for _, days := range horizons(churnDays) {
		anchors = append(anchors, nextpurchase.Anchor{Days: days, Model: purchase.NewGuess(days, s.survey.populationGap())})
	}
	when, err := nextpurchase.NewWhen(anchors, churnDays, nil)
	if err != nil {
		return nil, err
	}
	return &predictors{
		when: when, churn: purchase.NewGuess(churnDays, s.survey.populationGap()),
		churnDays: churnDays, source: "rule", versions: map[string]string{},
	}, nil
}
