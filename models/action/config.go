package action

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Config is what a shop decides about its actions. The zero value means the
// defaults named at each field; where 0 is a choice of its own the field is a
// pointer and nil is the default.
type Config struct {
	// Salt seeds who is in which group. Change it once a year: a new salt draws
	// new groups. Default "1".
	Salt string `yaml:"salt" json:"salt"`
	// Holdout is the share of customers that gets nothing, so that the effect of
	// all actions together can be measured. Default 0.1.
	Holdout *float64 `yaml:"holdout" json:"holdout"`
	// Baseline is the share that gets the shop's own simple rule: BaselineAction
	// after BaselineDays without an order. Defaults 0, soft_checkin, 90.
	Baseline       *float64 `yaml:"baseline" json:"baseline"`
	BaselineAction string   `yaml:"baseline_action" json:"baseline_action"`
	BaselineDays   int      `yaml:"baseline_days" json:"baseline_days"`
	// Explore is the share of decisions drawn by lot among the worthwhile actions
	// and none; without it the effects of single actions cannot be learnt.
	// Default 0.1; 0.02 is enough for ten million customers.
	Explore *float64 `yaml:"explore" json:"explore"`

	// Margin is the share of an order's value that the shop keeps. Default 0.4.
	Margin float64 `yaml:"margin" json:"margin"`
	// What one contact costs, in the shop's currency. Defaults 0.01, 0.08, 6.
	EmailCost float64 `yaml:"email_cost" json:"email_cost"`
	SMSCost   float64 `yaml:"sms_cost" json:"sms_cost"`
	PhoneCost float64 `yaml:"phone_cost" json:"phone_cost"`

	// Capacity limits how many customers get an action in one night; 0 is never.
	// Default 10 for each action done by a person, no limit for the others.
	Capacity map[string]int `yaml:"capacity" json:"capacity"`
	// DiscountBudget limits the face value of one night's discounts, were all of
	// them used on an average order. Default 0: no discounts.
	DiscountBudget float64 `yaml:"discount_budget" json:"discount_budget"`
	// ApproveDiscountOver is the face value above which a person must agree to a
	// discount. Default 0: to every one.
	ApproveDiscountOver float64 `yaml:"approve_discount_over" json:"approve_discount_over"`

	// Contact limits per customer, all actions together. Defaults 7, 4, 7.
	DaysBetweenContacts int `yaml:"days_between_contacts" json:"days_between_contacts"`
	ContactsIn30Days    int `yaml:"contacts_in_30_days" json:"contacts_in_30_days"`
	QuietDaysAfterOrder int `yaml:"quiet_days_after_order" json:"quiet_days_after_order"`

	// Currency stands behind amounts in reasons. The job sets it.
	Currency string `yaml:"-" json:"currency"`
}

// withDefaults returns c with every default spelt out.
func (c Config) withDefaults() Config {
	defaultTo(&c.Salt, "1")
	c.Holdout = orShare(c.Holdout, 0.1)
	c.Baseline = orShare(c.Baseline, 0)
	c.Explore = orShare(c.Explore, 0.1)
	defaultTo(&c.BaselineAction, "soft_checkin")
	defaultTo(&c.BaselineDays, 90)
	defaultTo(&c.Margin, 0.4)
	defaultTo(&c.EmailCost, 0.01)
	defaultTo(&c.SMSCost, 0.08)
	defaultTo(&c.PhoneCost, 6)
	defaultTo(&c.DaysBetweenContacts, 7)
	defaultTo(&c.ContactsIn30Days, 4)
	defaultTo(&c.QuietDaysAfterOrder, 7)
	capacity := maps.Clone(c.Capacity)
	if capacity == nil {
		capacity = map[string]int{}
	}
	for _, a := range Catalogue() {
		if _, set := capacity[a.Name]; a.Person && !set {
			capacity[a.Name] = 10
		}
	}
	c.Capacity = capacity
	return c
}

func defaultTo[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func orShare(share *float64, value float64) *float64 {
	if share != nil {
		value = *share
	}
	return &value
}

// check returns what is wrong with c, defaults spelt out.
func (c Config) check(catalogue []Action) error {
	shares := []struct {
		name  string
		value float64
	}{
		{"holdout", *c.Holdout}, {"baseline", *c.Baseline}, {"explore", *c.Explore},
		{"holdout and baseline together", *c.Holdout + *c.Baseline}, {"margin", c.Margin},
	}
	for _, s := range shares {
		if !(s.value >= 0 && s.value <= 1) {
			return fmt.Errorf("%s is %v (a share is between 0 and 1)", s.name, s.value)
		}
	}
	amounts := []struct {
		name  string
		value float64
	}{
		{"email_cost", c.EmailCost}, {"sms_cost", c.SMSCost}, {"phone_cost", c.PhoneCost},
		{"discount_budget", c.DiscountBudget}, {"approve_discount_over", c.ApproveDiscountOver},
		{"baseline_days", float64(c.BaselineDays)}, {"days_between_contacts", float64(c.DaysBetweenContacts)},
		{"contacts_in_30_days", float64(c.ContactsIn30Days)}, {"quiet_days_after_order", float64(c.QuietDaysAfterOrder)},
	}
	for _, a := range amounts {
		if !(a.value >= 0 && a.value <= maxAmount) {
			return fmt.Errorf("%s is %v (it is at least 0)", a.name, a.value)
		}
	}
	return c.checkActions(catalogue)
}

const maxAmount = 1e15 // cents of it still fit a float64

func (c Config) checkActions(catalogue []Action) error {
	find := func(name string) *Action {
		i := slices.IndexFunc(catalogue, func(a Action) bool { return a.Name == name })
		if i < 0 {
			return nil
		}
		return &catalogue[i]
	}
	for _, name := range slices.Sorted(maps.Keys(c.Capacity)) {
		switch a := find(name); {
		case a == nil:
			return fmt.Errorf("capacity: there is no action %q", name)
		case c.Capacity[name] < 0:
			return fmt.Errorf("capacity of %s is %d (it is at least 0)", name, c.Capacity[name])
		case a.Discount > 0:
			return fmt.Errorf("capacity: %s is limited by discount_budget (take it out)", name)
		}
	}
	baseline := find(c.BaselineAction)
	if baseline == nil {
		return fmt.Errorf("baseline_action: there is no action %q", c.BaselineAction)
	}
	_, limited := c.Capacity[baseline.Name]
	if limited || baseline.Service || baseline.Discount > 0 {
		return fmt.Errorf("baseline_action: %s is not a plain mailing (take soft_checkin or win_back)", baseline.Name)
	}
	return nil
}

// version names the rules, the shop's choices and the catalogue by their content.
func (c Config) version(catalogue []Action) (string, error) {
	text, err := json.Marshal(struct {
		Rules     int
		Config    Config
		Catalogue []Action
	}{rules, c, catalogue})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return fmt.Sprintf("%d-%s", rules, hex.EncodeToString(sum[:6])), nil
}
