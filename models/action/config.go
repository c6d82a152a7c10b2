package action

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Config is what a shop decides about its actions. A field that is nil, empty or not
// in a map has its default; 0 is a choice of the shop's.
type Config struct {
	Salt           string   `yaml:"salt" json:"salt"`                       // seeds who is in which group; change it once a year, which draws new groups; default "1"
	Holdout        *float64 `yaml:"holdout" json:"holdout"`                 // share of customers that gets nothing, so that the effect of all actions together can be measured; default 0.1
	Baseline       *float64 `yaml:"baseline" json:"baseline"`               // share that gets the shop's own simple rule instead: baseline_action after baseline_days without an order; default 0
	BaselineAction string   `yaml:"baseline_action" json:"baseline_action"` // what that rule asks for, a plain mailing; default soft_checkin
	BaselineDays   *int     `yaml:"baseline_days" json:"baseline_days"`     // without an order after which it does; default 90
	Explore        *float64 `yaml:"explore" json:"explore"`                 // share of decisions drawn by lot among the worthwhile actions and none, without which effects of single actions cannot be learnt; default 0.1, and 0.02 is enough for ten million customers

	Margin    *float64 `yaml:"margin" json:"margin"`         // share of an order's value that the shop keeps; default 0.4
	EmailCost *float64 `yaml:"email_cost" json:"email_cost"` // of one e-mail, in the shop's currency; default 0.01
	SMSCost   *float64 `yaml:"sms_cost" json:"sms_cost"`     // of one SMS; default 0.08
	PhoneCost *float64 `yaml:"phone_cost" json:"phone_cost"` // of one call; default 6

	Capacity            map[string]int `yaml:"capacity" json:"capacity"`                           // how many customers get an action in one night, by its name; 0 is never; default 10 for each that a person does, no limit for the others
	DiscountBudget      float64        `yaml:"discount_budget" json:"discount_budget"`             // face value of one night's discounts, were all of them used on an average order; default 0, no discounts
	ApproveDiscountOver float64        `yaml:"approve_discount_over" json:"approve_discount_over"` // face value above which a person must agree to a discount; default 0, to every one

	DaysBetweenContacts *int `yaml:"days_between_contacts" json:"days_between_contacts"`   // that a customer is left alone after any contact; default 7
	ContactsIn30Days    *int `yaml:"contacts_in_30_days" json:"contacts_in_30_days"`       // contacts of a customer after which she is left alone; default 4
	QuietDaysAfterOrder *int `yaml:"quiet_days_after_order" json:"quiet_days_after_order"` // without advertising after an order; default 7

	Currency string `yaml:"-" json:"currency"` // stands behind amounts in reasons; the job sets it
}

// withDefaults returns c with every default spelt out.
func (c Config) withDefaults() Config {
	c.Salt = cmp.Or(c.Salt, "1")
	c.BaselineAction = cmp.Or(c.BaselineAction, "soft_checkin")
	c.Holdout = cmp.Or(c.Holdout, new(0.1))
	c.Baseline = cmp.Or(c.Baseline, new(0.0))
	c.Explore = cmp.Or(c.Explore, new(0.1))
	c.Margin = cmp.Or(c.Margin, new(0.4))
	c.EmailCost = cmp.Or(c.EmailCost, new(0.01))
	c.SMSCost = cmp.Or(c.SMSCost, new(0.08))
	c.PhoneCost = cmp.Or(c.PhoneCost, new(6.0))
	c.BaselineDays = cmp.Or(c.BaselineDays, new(90))
	c.DaysBetweenContacts = cmp.Or(c.DaysBetweenContacts, new(7))
	c.ContactsIn30Days = cmp.Or(c.ContactsIn30Days, new(4))
	c.QuietDaysAfterOrder = cmp.Or(c.QuietDaysAfterOrder, new(7))
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

// check returns what is wrong with c, defaults spelt out.
func (c Config) check(catalogue []Action) error {
	shares := []struct {
		name  string
		value float64
	}{
		{"holdout", *c.Holdout}, {"baseline", *c.Baseline}, {"explore", *c.Explore},
		{"holdout and baseline together", *c.Holdout + *c.Baseline}, {"margin", *c.Margin},
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
		{"email_cost", *c.EmailCost}, {"sms_cost", *c.SMSCost}, {"phone_cost", *c.PhoneCost},
		{"discount_budget", c.DiscountBudget}, {"approve_discount_over", c.ApproveDiscountOver},
		{"baseline_days", float64(*c.BaselineDays)}, {"days_between_contacts", float64(*c.DaysBetweenContacts)},
		{"contacts_in_30_days", float64(*c.ContactsIn30Days)}, {"quiet_days_after_order", float64(*c.QuietDaysAfterOrder)},
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
