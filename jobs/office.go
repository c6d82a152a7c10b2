package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"perennial/features/label"
	"perennial/models/nextpurchase"
	"perennial/models/purchase"
	"perennial/models/registry"
	"perennial/models/value"
	"perennial/pipeline/store"
)

// office is what the registry holds besides a night's own inputs: for every
// question the version in office and the imported models that compete. Two nights
// over the same inputs in the same office give the same scores.
type office map[string]string

// contestDays are the horizons that models may have been trained for: those that
// are published, and those that the churn horizon may be.
func contestDays(cfg Config) []int {
	days := slices.Concat(nextpurchase.Horizons, label.Horizons)
	if churn := int(cfg.Churn.HorizonDays); churn > 0 {
		days = append(days, churn)
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// questions are those that models answer: value, and an order within each of days.
func questions(days []int) []string {
	all := []string{value.Question}
	for _, d := range days {
		all = append(all, purchase.Question(d))
	}
	return all
}

// readOffice reads who is in office now.
func readOffice(ctx context.Context, st store.Store, cfg Config) (office, error) {
	o := office{}
	for _, question := range questions(contestDays(cfg)) {
		version, err := registry.InOffice(ctx, st, question)
		if errors.Is(err, registry.ErrDamaged) {
			version = "damaged"
		} else if err != nil {
			return nil, err
		}
		if version != "" {
			o[question] = version
		}
		imports, err := readImports(ctx, st, question)
		if err != nil {
			return nil, err
		}
		if len(imports) > 0 {
			o[question+" imports"] = shortHash(fmt.Append(nil, imports))
		}
	}
	return o, nil
}

// after returns the office once the promotions are made.
func (o office) after(promotions map[string]string) office {
	then := office{}
	maps.Copy(then, o)
	maps.Copy(then, promotions)
	return then
}

// between reports whether o is on the way from before to after: every entry is
// that of one or the other, as when promotions were cut short.
func (o office) between(before, after office) bool {
	for _, of := range []office{o, before, after} {
		for key := range of {
			if o[key] != before[key] && o[key] != after[key] {
				return false
			}
		}
	}
	return true
}

// String lists the entries in the order of questions.
func (o office) String() string {
	text := ""
	for _, key := range sortedKeys(o) {
		text += key + "=" + o[key] + ";"
	}
	return text
}
