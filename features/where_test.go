package features

import (
	"math"
	"strings"
	"testing"

	"perennial/pipeline/history"
)

// whereLines are the rows that the conditions below select from, by letter.
func whereLines() []history.Line {
	product, category, channel := testVocabulary.Products.Code, testVocabulary.Categories.Code, testVocabulary.Channels.Code
	missing := float32(math.NaN())
	return []history.Line{
		{Product: product("apple"), Category: category("fruit"), Channel: channel("web"), Quantity: 3, Amount: 1.5, Discount: missing},  // a
		{Product: product("bow"), Category: category("gift"), Channel: channel("app"), Quantity: 1, Amount: 4, Discount: 1},             // b
		{Product: product("drill"), Category: category("tools"), Channel: channel("web"), Quantity: -1, Amount: -80, Discount: missing}, // c
		{Quantity: 2, Amount: 10, Discount: 0}, // d
	}
}

// selected returns the letters of the lines for which where holds.
func selected(t *testing.T, where string) string {
	t.Helper()
	c, err := parseWhere(where, orderSource(testVocabulary))
	if err != nil {
		t.Fatal(err)
	}
	p := &past{view: &history.View{Lines: whereLines()}}
	var letters []byte
	for i := range p.view.Lines {
		if c.holds(p, i) {
			letters = append(letters, byte('a'+i))
		}
	}
	return string(letters)
}

func TestWhere(t *testing.T) {
	for _, test := range []struct{ where, want string }{
		{"", "abcd"},
		{"  ", "abcd"},
		{"category = 'gift'", "b"},
		{"category != 'gift'", "ac"},
		{"category <> 'gift'", "ac"},
		{"category = 'no such'", ""},
		{"category != 'no such'", "abc"},
		{"channel IN ('web')", "ac"},
		{"channel in ('web', 'app', 'fax')", "abc"},
		{"channel NOT IN ('web', 'fax')", "b"},
		{"NOT channel IN ('web')", "bd"},
		{"channel IN ('fax')", ""},
		{"quantity > 1", "ad"},
		{"quantity>=1", "abd"},
		{"quantity = -1", "c"},
		{"quantity <> -1", "abd"},
		{"amount < 1.5", "c"},
		{"amount <= 1.5e0", "ac"},
		{"amount = +4", "b"},
		{"discount = 0", "d"},
		{"discount != 0", "b"},
		{"discount >= 0", "bd"},
		{"NOT discount >= 0", "ac"},
		{"channel = 'web' AND quantity > 0", "a"},
		{"channel = 'web' OR quantity > 1", "acd"},
		{"category = 'gift' OR channel = 'web' AND quantity > 0", "ab"},
		{"(category = 'gift' OR channel = 'web') and quantity < 0", "c"},
		{"not not category = 'gift'", "b"},
		{"NOT (category = 'gift' OR category = 'fruit')", "cd"},
		{"product_id='apple'or product_id='bow'", "ab"},
	} {
		if got := selected(t, test.where); got != test.want {
			t.Errorf("%s: selects %q, want %q", test.where, got, test.want)
		}
	}
}

func TestWhereReadsTextsAsWritten(t *testing.T) {
	vocabulary := history.Vocabulary{Kinds: history.NewDictionary([]string{"it's", "AND", "(", "käse", ""})}
	for _, test := range []struct{ where, want string }{
		{"kind = 'it''s'", "it's"}, {"kind = 'AND'", "AND"}, {"kind = '('", "("}, {"kind = 'käse'", "käse"},
	} {
		c, err := parseWhere(test.where, engagementSource(vocabulary))
		if err != nil {
			t.Fatal(err)
		}
		for code := history.Code(0); int(code) <= vocabulary.Kinds.Len(); code++ {
			p := &past{view: &history.View{Engagements: []history.Engagement{{Kind: code}}}}
			if got, want := c.holds(p, 0), vocabulary.Kinds.Name(code) == test.want; got != want {
				t.Errorf("%s holds for %q: %t", test.where, vocabulary.Kinds.Name(code), got)
			}
		}
	}
}

func TestWhereErrors(t *testing.T) {
	for _, test := range []struct{ where, want string }{
		{"colour = 'red'", "orders has no column colour (use category, channel, product_id, amount, discount or quantity)"},
		{"Category = 'gift'", "no column Category"},
		{"category", "category is a text column"},
		{"category > 'gift'", "category is a text column"},
		{"category NOT 'gift'", "category is a text column"},
		{"category = gift", `"gift" is not a text (write 'text')`},
		{"category = ", `"" is not a text`},
		{"category = 'gift", "'gift is not understood"},
		{`category = "gift"`, "texts are in single quotes"},
		{"category IN 'gift'", "IN needs a list"},
		{"category IN ('gift'", "a , or ) is missing"},
		{"category IN ()", `")" is not a text`},
		{"amount = 'much'", "not a number"},
		{"amount > ", "not a number"},
		{"amount > inf", "not a number"},
		{"amount > nan", "not a number"},
		{"amount 3", "amount is a number column"},
		{"amount IN (3)", "amount is a number column"},
		{"amount > 1 quantity > 1", "quantity was not expected (join conditions with AND or OR)"},
		{"amount > 1)", ") was not expected"},
		{"(amount > 1", "a ) is missing"},
		{"amount > 1 AND", "ends where a column should follow"},
		{"NOT", "ends where a column should follow"},
		{"amount > 1; DROP", "; DROP is not understood"},
		{strings.Repeat("(", 200) + "amount > 1", "nested deeper than 100"},
		{strings.Repeat("NOT ", 200) + "amount > 1", "nested deeper than 100"},
	} {
		_, err := parseWhere(test.where, orderSource(testVocabulary))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.40s: error %v, want one with %q", test.where, err, test.want)
		}
	}
}

// FuzzParseWhere looks for conditions that crash the parser or the predicate,
// or that brackets around them change.
func FuzzParseWhere(f *testing.F) {
	for _, seed := range []string{
		"category = 'gift' AND (quantity >= 2 OR NOT channel IN ('web', 'app'))",
		"amount<>-1.5e3 or discount<=0", "product_id != 'it''s'", "channel NOT IN ('')", "((", "'", "NOT NOT", "é = 1",
	} {
		f.Add(seed)
	}
	p := &past{view: &history.View{Lines: whereLines()}}
	source := orderSource(testVocabulary)
	f.Fuzz(func(t *testing.T, where string) {
		c, err := parseWhere(where, source)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "where ") {
				t.Errorf("the error does not say where: %v", err)
			}
			return
		}
		for _, column := range c.columns {
			if _, err := source.number(column); err != nil && source.texts[column].code == nil {
				t.Errorf("%q reads column %q", where, column)
			}
		}
		if strings.TrimSpace(where) == "" {
			return
		}
		negated, err := parseWhere("NOT ("+where+")", source)
		if err != nil {
			if !strings.Contains(err.Error(), "nested deeper") {
				t.Errorf("%q is understood, but not in brackets: %v", where, err)
			}
			return
		}
		for i := range p.view.Lines {
			if c.holds(p, i) == negated.holds(p, i) {
				t.Errorf("%q and its NOT agree about line %d", where, i)
			}
		}
	})
}
