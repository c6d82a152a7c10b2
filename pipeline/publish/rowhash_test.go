package publish

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// A row hash changes with every column that a CRM shows and with no other.
func TestRowHashFollowsTheTags(t *testing.T) {
	for i := range contract {
		c := &contract[i]
		s := sampleScore(rand.New(rand.NewPCG(1, 1)), "C1")
		before := RowHash(&s)
		alter(t, reflect.ValueOf(&s).Elem().Field(c.field))
		if changed := RowHash(&s) != before; changed != (c.crm != "") {
			t.Errorf("%s (crm %q): hash changed is %t", c.name, c.crm, changed)
		}
	}
}

// alter gives v another value, far enough for any rounding.
func alter(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		} else {
			alter(t, v.Elem())
		}
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Int32:
		v.SetInt(v.Int() + 1)
	case reflect.Float64:
		v.SetFloat(v.Float() + 7)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Slice:
		v.Set(v.Slice(0, v.Len()-1))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(1, 0)))
		} else {
			alter(t, v.Field(0))
		}
	default:
		t.Fatalf("no way to alter a %v", v.Kind())
	}
}

func TestRowHashRounds(t *testing.T) {
	hash := func(change func(*Score)) string {
		s := Score{CustomerID: "C1", ChurnProbability: new(0.5), HistoricRevenue: 100, NextProducts: []string{"ab", "c"}}
		change(&s)
		return RowHash(&s)
	}
	same := hash(func(*Score) {})
	for name, tc := range map[string]struct {
		change func(*Score)
		equal  bool
	}{
		"a probability by less than 0.01":  {func(s *Score) { *s.ChurnProbability = 0.504 }, true},
		"a probability by 0.01":            {func(s *Score) { *s.ChurnProbability = 0.51 }, false},
		"a probability to null":            {func(s *Score) { s.ChurnProbability = nil }, false},
		"money by pennies":                 {func(s *Score) { s.HistoricRevenue = 100.4 }, true},
		"money by a unit":                  {func(s *Score) { s.HistoricRevenue = 101 }, false},
		"a reason's number":                {func(s *Score) { s.Reasons = []Reason{} }, true},
		"a product moves to the next text": {func(s *Score) { s.NextProducts = []string{"a", "bc"} }, false},
		"the order of products":            {func(s *Score) { s.NextProducts = []string{"c", "ab"} }, false},
	} {
		if equal := hash(tc.change) == same; equal != tc.equal {
			t.Errorf("%s: hash equal is %t", name, equal)
		}
	}
	minus := hash(func(s *Score) { s.HistoricRevenue = -0.3 })
	if plus := hash(func(s *Score) { s.HistoricRevenue = 0.3 }); plus != minus {
		t.Error("zero and minus zero have different hashes")
	}
}

// The hashes a CRM holds stay valid from one program to the next.
func TestRowHashIsStable(t *testing.T) {
	s := Score{CustomerID: "C1", Eligibility: "ok", ChurnProbability: new(0.25), Reasons: []Reason{{Code: "overdue"}}}
	if got, want := RowHash(&s), "67764c8f05756e71"; got != want {
		t.Errorf("RowHash = %s, want %s: every row of every CRM would be sent again", got, want)
	}
}
