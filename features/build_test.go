package features

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/pipeline/history"
)

// constant is a feature that always has value.
func constant(unit Unit, missing string, value float64) Feature {
	return Feature{Name: "constant", Unit: unit, Missing: missing, value: func(*past) float64 { return value }}
}

func TestBuildRefusesUndeclaredValues(t *testing.T) {
	for _, test := range []struct {
		name    string
		feature Feature
		want    string // in the error, "" for none
	}{
		{"a share above 1", constant(Share, "", 1.1), "constant = 1.1 is outside 0 to 1"},
		{"a negative count", constant(Count, "", -1), "constant = -1 is outside 0 to +Inf"},
		{"infinite money", constant(Money, "", math.Inf(-1)), "constant = -Inf is outside"},
		{"an infinite ratio", constant(Ratio, "never", math.Inf(1)), "constant = +Inf is outside"},
		{"missing, undeclared", constant(Days, "", math.NaN()), "constant is missing"},
		{"missing, declared", constant(Days, "sometimes", math.NaN()), ""},
		{"negative money", constant(Money, "", -3), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			good := constant(Count, "", 1)
			good.Name = "good"
			set, err := newSet(history.Vocabulary{}, []Family{{Features: []Feature{good, test.feature}}})
			if err != nil {
				t.Fatal(err)
			}
			m := set.NewMatrix()
			all := func(*history.View) bool { return true }
			err = set.NewBuilder().Build(m, []history.History{{Customer: "anna"}}, []history.Day{10}, all)
			if test.want == "" {
				if err != nil || m.Rows() != 1 {
					t.Fatalf("Build: %v, %d rows", err, m.Rows())
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), "features: customer anna as of 1970-01-11: "+test.want) {
				t.Errorf("Build: %v, want %q", err, test.want)
			}
			if m.Rows() != 0 || len(m.X[0]) != 0 {
				t.Errorf("the refused row left %d values in the table", len(m.X[0]))
			}
		})
	}
}

func TestBuildGoesCustomerByCustomer(t *testing.T) {
	line := func(day history.Day) history.Line {
		return history.Line{At: day.Start(), KnownAt: day.Start(), Quantity: 1}
	}
	histories := []history.History{
		{Customer: "anna", Profile: history.Profile{SignedUpAt: history.Never}, Lines: []history.Line{line(1)}},
		{Customer: "ben", Profile: history.Profile{SignedUpAt: history.Never}, Lines: []history.Line{line(25)}},
	}
	set := testSet()
	m := set.NewMatrix()
	if err := set.NewBuilder().Build(m, histories, []history.Day{20, 30}, Buyers); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]history.CustomerID{"anna", "anna", "ben"}, m.Customers); diff != "" {
		t.Errorf("customers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]history.Day{20, 30, 30}, m.Cutoffs); diff != "" {
		t.Errorf("cutoffs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]float32{19, 29, 5}, m.Column("recency_days")); diff != "" {
		t.Errorf("recency_days (-want +got):\n%s", diff)
	}
}

func TestMatrix(t *testing.T) {
	set := testSet()
	m := set.NewMatrix()
	if m.Rows() != 0 || m.Column("no_such") != nil || len(m.X) != len(set.Names()) {
		t.Errorf("a new matrix has %d rows and %d columns", m.Rows(), len(m.X))
	}
	one := row(t, set, history.History{Customer: "anna"}, 1)
	two := row(t, set, history.History{Customer: "ben"}, 2)
	m.Append(one)
	m.Append(two)
	if diff := cmp.Diff([]history.CustomerID{"anna", "ben"}, m.Customers); diff != "" {
		t.Errorf("customers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]history.Day{1, 2}, m.Cutoffs); diff != "" {
		t.Errorf("cutoffs (-want +got):\n%s", diff)
	}
	if got := m.Column("orders_total"); len(got) != 2 {
		t.Errorf("orders_total = %v", got)
	}
}

func TestPopulations(t *testing.T) {
	for _, test := range []struct {
		name             string
		view             history.View
		buyer, everybody bool
	}{
		{"nobody", history.View{}, false, false},
		{"signed up", history.View{SignedUpAt: 5}, false, true},
		{"returned", history.View{Lines: []history.Line{{Quantity: -1}}}, false, true},
		{"bought", history.View{Lines: []history.Line{{Quantity: -1}, {Quantity: 1}}}, true, true},
		{"visited", history.View{Engagements: make([]history.Engagement, 1)}, false, true},
		{"was sent something", history.View{Actions: make([]history.Sent, 1)}, false, true},
	} {
		if test.view.SignedUpAt == 0 {
			test.view.SignedUpAt = history.Never
		}
		if got := Buyers(&test.view); got != test.buyer {
			t.Errorf("%s: Buyers = %t", test.name, got)
		}
		if got := Everybody(&test.view); got != test.everybody {
			t.Errorf("%s: Everybody = %t", test.name, got)
		}
	}
}
