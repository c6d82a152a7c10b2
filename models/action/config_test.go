package action

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

func TestZeroConfigIsTheDefaults(t *testing.T) {
	want := Config{
		Salt: "1", Holdout: new(0.1), Baseline: new(0.0), BaselineAction: "soft_checkin", BaselineDays: new(90), Explore: new(0.1),
		Margin: new(0.4), EmailCost: new(0.01), SMSCost: new(0.08), PhoneCost: new(6.0),
		Capacity:            map[string]int{"personal_call": 10, "vip_care": 10},
		DaysBetweenContacts: new(7), ContactsIn30Days: new(4), QuietDaysAfterOrder: new(7),
	}
	if diff := cmp.Diff(want, Config{}.withDefaults()); diff != "" {
		t.Error(diff)
	}
	if newPolicy(t, want).Version() != newPolicy(t, Config{}).Version() {
		t.Error("the defaults spelt out are another policy")
	}
}

// A shop that writes 0 means it, even where the default is something else.
func TestZeroIsAChoice(t *testing.T) {
	var config Config
	text := "holdout: 0\nexplore: 0\ncapacity: {personal_call: 0}\nemail_cost: 0\nsms_cost: 0.05\nmargin: 0\n" +
		"baseline_days: 0\ndays_between_contacts: 0\ncontacts_in_30_days: 0\nquiet_days_after_order: 0\n"
	if err := yaml.UnmarshalWithOptions([]byte(text), &config, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	want := Config{
		Salt: "1", Holdout: new(0.0), Baseline: new(0.0), BaselineAction: "soft_checkin", BaselineDays: new(0), Explore: new(0.0),
		Margin: new(0.0), EmailCost: new(0.0), SMSCost: new(0.05), PhoneCost: new(6.0),
		Capacity:            map[string]int{"personal_call": 0, "vip_care": 10},
		DaysBetweenContacts: new(0), ContactsIn30Days: new(0), QuietDaysAfterOrder: new(0),
	}
	if diff := cmp.Diff(want, newPolicy(t, config).config); diff != "" {
		t.Error(diff)
	}
}

func TestEveryChoiceChangesTheVersion(t *testing.T) {
	versions := map[string]string{newPolicy(t, Config{}).Version(): "default"}
	for _, text := range []string{
		"salt: x", "holdout: 0.2", "baseline: 0.1", "baseline_action: win_back", "baseline_days: 60", "explore: 0",
		"margin: 0.3", "email_cost: 0.02", "sms_cost: 0.02", "phone_cost: 2", "capacity: {cross_sell: 5}",
		"discount_budget: 5", "approve_discount_over: 5", "days_between_contacts: 3", "contacts_in_30_days: 3", "quiet_days_after_order: 3",
	} {
		var config Config
		if err := yaml.UnmarshalWithOptions([]byte(text), &config, yaml.Strict()); err != nil {
			t.Fatal(err)
		}
		version := newPolicy(t, config).Version()
		if other, taken := versions[version]; taken {
			t.Errorf("%q and %q are both %s", text, other, version)
		}
		versions[version] = text
	}
}

func TestNewRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"holdout: 1.5":                    "holdout is 1.5",
		"holdout: -0.1":                   "holdout",
		"holdout: .nan":                   "holdout",
		"holdout: 0.6\nbaseline: 0.6":     "together",
		"explore: 2":                      "explore",
		"margin: 40":                      "margin",
		"phone_cost: -1":                  "phone_cost",
		"discount_budget: .inf":           "discount_budget",
		"contacts_in_30_days: -1":         "contacts_in_30_days",
		"capacity: {cal: 3}":              `no action "cal"`,
		"capacity: {personal_call: -3}":   "at least 0",
		"capacity: {price_offer: 3}":      "discount_budget",
		"baseline_action: spam":           `no action "spam"`,
		"baseline_action: personal_call":  "plain mailing",
		"baseline_action: price_offer":    "plain mailing",
		"baseline_action: ask_consent":    "plain mailing",
		"capacity: {soft_checkin: 100}\n": "plain mailing",
	} {
		var config Config
		if err := yaml.UnmarshalWithOptions([]byte(text), &config, yaml.Strict()); err != nil {
			t.Fatal(err)
		}
		if _, err := New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error about %q", text, err, want)
		}
	}
}
