package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"perennial/command"
	"perennial/features"
	"perennial/features/label"
	"perennial/models/action"
	"perennial/models/evaluate"
	"perennial/pipeline/extract"
	"perennial/pipeline/history"
	"perennial/pipeline/publish"
)

// EffectsOptions say over which days the groups are compared, both included.
type EffectsOptions struct {
	From history.Day // 0 is that of the first published night
	To   history.Day // 0 is that of the newest order
	JSON bool
}

// EffectsReport compares what the groups of the experiment did: those who got what
// the policy recommends, those under the shop's own rule, and those left alone. A
// customer's group is drawn from her name alone, so that the difference between groups
// is what the treatment makes, whoever really was contacted (intention to treat).
// Customers count who had ordered before the first day, but for those whom the shop has
// taken out.
type EffectsReport struct {
	Shop     string          `json:"shop"`
	Currency string          `json:"currency"`
	From     history.Day     `json:"from"`
	To       history.Day     `json:"to"`
	Days     int             `json:"days"`
	Nights   int             `json:"nights"` // how many of the days have one
	Groups   []GroupOutcomes `json:"groups"`
	Effects  []GroupEffect   `json:"effects"`
	Notes    []string        `json:"notes,omitempty"` // what speaks against believing it
}

// GroupOutcomes is what a group did, on average for each of its customers.
type GroupOutcomes struct {
	Group     string   `json:"group"`
	Customers int64    `json:"customers"`
	Contacts  *float64 `json:"contacts"` // nil: the shop has no source of actions
	Ordered   float64  `json:"ordered"`  // share with an order
	Orders    float64  `json:"orders"`
	Revenue   float64  `json:"revenue"` // net of returns
}

// GroupEffect is the difference that a treatment makes for a customer.
type GroupEffect struct {
	Group   string `json:"group"`
	Against string `json:"against"`
	Outcome string `json:"outcome"` // ordered, orders or revenue
	evaluate.Effect
}

// Effects says what the actions have brought. Nothing is published.
func Effects(ctx context.Context, cfg Config, opts EffectsOptions, env command.Env, out io.Writer) (err error) {
	policy, err := action.New(cfg.Actions)
	if err != nil {
		return configError(err)
	}
	if cfg, err = withoutErased(ctx, cfg); err != nil {
		return err
	}
	nights, closeNights, err := publishedNights(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeNights()) }()
	report := &EffectsReport{Shop: cfg.Shop, Currency: cfg.Currency}
	err = withExtract(ctx, cfg, "effects", env, func(dir string, newest history.Day) error {
		first := slices.MinFunc(nights, func(a, b *publish.Reader) int { return cmp.Compare(a.Commit.AsOf, b.Commit.AsOf) })
		if err := report.over(opts, first.Commit.AsOf, newest); err != nil {
			return err
		}
		if err := report.checkGroups(ctx, policy, nights); err != nil {
			return err
		}
		opened, err := extract.Open(dir)
		if err != nil {
			return err
		}
		s := &shop{cfg: cfg, asOf: report.From, extract: opened}
		groups, err := s.groupSums(ctx, policy, report.From, report.Days, env.Progress)
		if err != nil {
			return err
		}
		return report.compare(groups, opened.Report().Source("actions") != nil)
	})
	if err != nil {
		return err
	}
	if opts.JSON {
		return command.WriteJSON(out, report)
	}
	return report.print(out)
}

// publishedNights returns the commits of nights, the first one first, at least one.
func publishedNights(ctx context.Context, cfg Config) (nights []*publish.Reader, closeNights func() error, err error) {
	st, err := openToRead(cfg.Store)
	if err != nil {
		return nil, nil, err
	}
	newest, err := openCommit(ctx, st, 0)
	for n := uint64(1); err == nil && n <= newest.Commit.N; n++ {
		reader, failed := publish.At(ctx, st, n)
		switch {
		case errors.Is(failed, publish.ErrCorrupt): // one night of many
		case failed != nil:
			err = failed
		case reader.Commit.Kind == publish.KindPublish:
			nights = append(nights, reader)
		}
	}
	if err == nil && len(nights) == 0 {
		err = &command.Error{Code: command.ExitInput, Err: errors.New("effects: no night is published yet (run one: perennial nightly)")}
	}
	if err != nil {
		return nil, nil, errors.Join(err, closeStore(st))
	}
	return nights, func() error { return closeStore(st) }, nil
}

// over settles the days that are compared.
func (r *EffectsReport) over(opts EffectsOptions, first, newest history.Day) error {
	r.From, r.To = cmp.Or(opts.From, first), cmp.Or(opts.To, newest)
	switch {
	case r.From < first:
		return command.Usage("effects: nothing was published before %s (choose a later --from)", first)
	case r.To > newest:
		return command.Usage("effects: the newest order is of %s (choose an earlier --to, or export again)", newest)
	case r.From > r.To:
		return command.Usage("effects: no day lies between the first, %s, and the last, %s (wait for orders after the first night, or choose others)", r.From, r.To)
	}
	r.Days = int(r.To-r.From) + 1
	return nil
}

// checkGroups counts the nights of these days and returns an error if one of them
// has drawn other groups than the configuration does now.
func (r *EffectsReport) checkGroups(ctx context.Context, policy *action.Policy, nights []*publish.Reader) error {
	days, collected := map[history.Day]bool{}, false
	for _, night := range slices.Backward(nights) {
		c := night.Commit
		if c.AsOf < r.From || c.AsOf > r.To {
			continue
		}
		days[c.AsOf] = true
		if collected {
			continue
		}
		rows, err := night.Bucket(ctx, 0, len(c.Parts))
		switch {
		case errors.Is(err, publish.ErrExpired): // and so are those before it
			collected = true
		case errors.Is(err, publish.ErrCorrupt): // the others tell
		case err != nil:
			return err
		}
		for customer, row := range rows {
			if row.ExperimentGroup != policy.Group(customer) {
				return configError(fmt.Errorf("effects: the night of %s has drawn other groups: actions.salt, holdout or baseline has changed since (choose a --from after the change, or configure what was)", c.AsOf))
			}
		}
	}
	r.Nights = len(days)
	return nil
}

// groupSums is what a group did: pairs of an outcome in as many days before and since.
type groupSums struct {
	contacts                 int64
	ordered, orders, revenue evaluate.Moments
}

func (g *groupSums) merge(o *groupSums) {
	g.contacts += o.contacts
	g.ordered.Merge(o.ordered)
	g.orders.Merge(o.orders)
	g.revenue.Merge(o.revenue)
}

// groupNames are the groups in the order in which they are shown.
var groupNames = [...]string{action.GroupPolicy, action.GroupBaseline, action.GroupHoldout}

// groupSums sums up what the groups did from the day from on.
func (s *shop) groupSums(ctx context.Context, policy *action.Policy, from history.Day, days int, progress command.Progress) (*[len(groupNames)]groupSums, error) {
	buckets := make([][len(groupNames)]groupSums, s.extract.Buckets())
	err := s.eachBucket(ctx, progress.Step("compare groups", len(buckets)), func(k int, bucket *history.Bucket) error {
		for i := range bucket.Histories {
			h := &bucket.Histories[i]
			if view := h.At(from); h.Profile.Excluded || !features.Buyers(&view) {
				continue
			}
			group := &buckets[k][slices.Index(groupNames[:], policy.Group(string(h.Customer)))]
			before, since := label.Of(h, from-history.Day(days), days), label.Of(h, from, days)
			group.contacts += int64(label.Contacts(h, from, days))
			group.ordered.Add(zeroOne(before.Ordered()), zeroOne(since.Ordered()))
			group.orders.Add(float64(before.Orders), float64(since.Orders))
			group.revenue.Add(before.Revenue, since.Revenue)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var total [len(groupNames)]groupSums
	for k := range buckets {
		for g := range total {
			total[g].merge(&buckets[k][g])
		}
	}
	return &total, nil
}

func zeroOne(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// compare fills in groups, effects and notes.
func (r *EffectsReport) compare(groups *[len(groupNames)]groupSums, contactsKnown bool) error {
	for g, name := range groupNames {
		sums := &groups[g]
		if sums.revenue.N == 0 {
			continue
		}
		outcomes := GroupOutcomes{Group: name, Customers: sums.revenue.N, Ordered: sums.ordered.Y, Orders: sums.orders.Y, Revenue: sums.revenue.Y}
		if contactsKnown {
			outcomes.Contacts = new(float64(sums.contacts) / float64(sums.revenue.N))
		}
		r.Groups = append(r.Groups, outcomes)
		for other := g + 1; other < len(groupNames); other++ {
			r.add(name, groupNames[other], "ordered", sums.ordered, groups[other].ordered)
			r.add(name, groupNames[other], "orders", sums.orders, groups[other].orders)
			r.add(name, groupNames[other], "revenue", sums.revenue, groups[other].revenue)
		}
	}
	if len(r.Effects) == 0 {
		return command.Data("effects: %s, so that nothing can be compared (a share of actions.holdout draws a group that is left alone)", groupsText(r.Groups))
	}
	r.note(contactsKnown)
	return nil
}

func groupsText(groups []GroupOutcomes) string {
	if len(groups) == 1 {
		return fmt.Sprintf("all %d customers are in one group, %s", groups[0].Customers, groups[0].Group)
	}
	return "a group has less than two customers who had ordered before"
}

func (r *EffectsReport) add(group, against, outcome string, treated, control evaluate.Moments) {
	if effect, ok := evaluate.Compare(treated, control); ok {
		r.Effects = append(r.Effects, GroupEffect{group, against, outcome, effect})
	}
}

// note says what speaks against believing the report.
func (r *EffectsReport) note(contactsKnown bool) {
	treated, last := &r.Groups[0], &r.Groups[len(r.Groups)-1]
	switch {
	case !contactsKnown:
		r.Notes = append(r.Notes, "The shop has no source of actions: whether the holdout was left alone is not known.")
	case *treated.Contacts == 0:
		r.Notes = append(r.Notes, fmt.Sprintf("Nothing was sent to the %s group: there is nothing whose effect could be seen.", treated.Group))
	case last.Group == action.GroupHoldout && *last.Contacts > *treated.Contacts/2:
		r.Notes = append(r.Notes, fmt.Sprintf("The holdout was contacted %.2f times a customer, the %s group %.2f times: it was not left alone, and the differences do not say what contacts bring.", *last.Contacts, treated.Group, *treated.Contacts))
	}
	if missed := r.Days - r.Nights; missed > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d of the %d days had no night.", missed, r.Days))
	}
}

func (r *EffectsReport) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s, what customers did from %s to %s (%d days) who had ordered before, by group:\n\n", r.Shop, r.From, r.To, r.Days)
	fmt.Fprintf(w, "group\tcustomers\tcontacts\tordered\torders\trevenue\n")
	for _, g := range r.Groups {
		contacts := "unknown"
		if g.Contacts != nil {
			contacts = fmt.Sprintf("%.2f", *g.Contacts)
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%.1f%%\t%.3f\t%.2f %s\n", g.Group, g.Customers, contacts, 100*g.Ordered, g.Orders, g.Revenue, r.Currency)
	}
	for i, e := range r.Effects {
		if i == 0 || r.Effects[i-1].Group != e.Group || r.Effects[i-1].Against != e.Against {
			fmt.Fprintf(w, "\n%s against %s, a customer, less what the %d days before tell:\n\n", e.Group, e.Against, r.Days)
			fmt.Fprintf(w, "outcome\tdifference\t95%% interval\t\tdetectable 4 times in 5\n")
		}
		fmt.Fprintln(w, e.line(r.Currency))
	}
	for _, e := range r.Effects {
		if e.Outcome != "revenue" || e.Group != action.GroupPolicy {
			continue
		}
		n := float64(r.Groups[0].Customers)
		fmt.Fprintf(w, "\nAll %d customers of %s against %s: %+.0f %s (%+.0f to %+.0f).\n", r.Groups[0].Customers, e.Group, e.Against, n*e.Difference, r.Currency, n*e.Low, n*e.High)
	}
	for i, note := range r.Notes {
		if i == 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, note)
	}
	return w.Flush()
}

// line is the row of an effect: shares in points, money in the shop's currency.
func (e *GroupEffect) line(currency string) string {
	scale, format, unit := 1.0, "%+.3f", ""
	switch e.Outcome {
	case "ordered":
		scale, format, unit = 100, "%+.1f", " points"
	case "revenue":
		format, unit = "%+.2f", " "+currency
	}
	told := "cannot be told from nothing"
	if e.Decided() {
		told = "is told from nothing"
	}
	number := func(v float64) string { return fmt.Sprintf(format, scale*v) }
	return fmt.Sprintf("%s\t%s%s\t%s to %s\t%s\tfrom %s%s", e.Outcome, number(e.Difference), unit, number(e.Low), number(e.High), told, number(e.Detectable)[1:], unit)
}
