package features

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"perennial/pipeline/history"
)

// script is a history script: one customer's events, and what the features
// must be as of some days. A line is one of
//
//	# a remark
//	signed up DAY [TIME]
//	feature {YAML of an own feature}
//	DAY [TIME] order ID PRODUCT [(CATEGORY)] QUANTITY × PRICE [less DISCOUNT] [via CHANNEL] [learnt DAY [TIME]]
//	DAY [TIME] sent ACTION [via CHANNEL]
//	DAY [TIME] KIND [of PRODUCT] [via CHANNEL] [for CAMPAIGN] [value NUMBER] [learnt DAY [TIME]]
//	as of DAY
//	FEATURE VALUE
//
// PRODUCT is `something` where the source has none. A line without `less` has
// no discount column. Without TIME an event is at 00:00. VALUE is `missing` or
// a number: a whole one is exact, others are good to the last digit shown.
type script struct {
	name     string
	signedUp history.Instant
	own      []Own
	events   []event
	checks   []check
}

// event is a line of a script that happened. Texts are "" where missing.
type event struct {
	at, known                         history.Instant
	verb                              string // order, sent or the kind of an engagement
	order, product, category, channel string
	campaign, action                  string
	quantity, price, discount, value  float64
}

// check is one expected feature.
type check struct {
	line    int
	asOf    history.Day
	feature string
	want    string
}

// readScripts reads every history script, sorted by name.
func readScripts(t testing.TB) []script {
	t.Helper()
	paths, err := filepath.Glob("testdata/histories/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no history scripts in testdata/histories: %v", err)
	}
	var scripts []script
	for _, path := range paths {
		s, err := readScript(path)
		if err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, s)
	}
	return scripts
}

func readScript(path string) (script, error) {
	file, err := os.Open(path)
	if err != nil {
		return script{}, err
	}
	defer file.Close()
	s := script{name: strings.TrimSuffix(filepath.Base(path), ".txt"), signedUp: history.Never}
	var asOf *history.Day
	lines := bufio.NewScanner(file)
	for number := 1; lines.Scan(); number++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if err := s.add(text, number, &asOf); err != nil {
			return script{}, fmt.Errorf("%s:%d: %s: %w", path, number, text, err)
		}
	}
	slices.SortStableFunc(s.events, func(a, b event) int { return int(a.at - b.at) })
	return s, lines.Err()
}

// add reads one line of a script. asOf is the day of the checks that follow.
func (s *script) add(text string, number int, asOf **history.Day) (err error) {
	w := &words{rest: strings.Fields(text)}
	switch {
	case w.accept("as", "of"):
		day, err := history.ParseDay(w.next())
		*asOf = &day
		return err
	case w.accept("signed", "up"):
		s.signedUp, err = w.instant()
		return err
	case w.accept("feature"):
		var own Own
		s.own = append(s.own, own)
		return yaml.UnmarshalWithOptions([]byte(strings.TrimPrefix(text, "feature")), &s.own[len(s.own)-1], yaml.Strict())
	case text[0] >= '0' && text[0] <= '9':
		e, err := w.event()
		s.events = append(s.events, e)
		return err
	case *asOf == nil:
		return fmt.Errorf("an `as of` line must come first")
	}
	s.checks = append(s.checks, check{number, **asOf, w.next(), w.next()})
	return w.end()
}

// words reads a line word by word; next returns "" at its end.
type words struct{ rest []string }

func (w *words) next() string {
	if len(w.rest) == 0 {
		return ""
	}
	word := w.rest[0]
	w.rest = w.rest[1:]
	return word
}

// accept consumes the next words if they are want.
func (w *words) accept(want ...string) bool {
	if len(w.rest) < len(want) || !slices.Equal(w.rest[:len(want)], want) {
		return false
	}
	w.rest = w.rest[len(want):]
	return true
}

func (w *words) end() error {
	if len(w.rest) > 0 {
		return fmt.Errorf("%q was not expected", w.rest[0])
	}
	return nil
}

// instant reads DAY [TIME].
func (w *words) instant() (history.Instant, error) {
	day, err := history.ParseDay(w.next())
	if err != nil || len(w.rest) == 0 || !strings.Contains(w.rest[0], ":") {
		return day.Start(), err
	}
	clock, err := time.Parse("15:04", w.next())
	return day.Start() + history.Instant(clock.Hour()*60+clock.Minute())*60_000_000, err
}

func (w *words) number() (float64, error) { return strconv.ParseFloat(w.next(), 64) }

// event reads what follows DAY.
func (w *words) event() (e event, err error) {
	if e.at, err = w.instant(); err != nil {
		return e, err
	}
	e.known, e.discount, e.value, e.verb = e.at, math.NaN(), math.NaN(), w.next()
	switch e.verb {
	case "order":
		err = w.line(&e)
	case "sent":
		e.action = w.next()
	}
	for err == nil && len(w.rest) > 0 {
		err = w.option(&e)
	}
	return e, err
}

// line reads ID PRODUCT [(CATEGORY)] QUANTITY × PRICE.
func (w *words) line(e *event) (err error) {
	e.order, e.product = w.next(), w.next()
	if e.product == "something" {
		e.product = ""
	}
	if len(w.rest) > 0 && strings.HasPrefix(w.rest[0], "(") {
		e.category = strings.Trim(w.next(), "()")
	}
	if e.quantity, err = w.number(); err != nil {
		return err
	}
	if !w.accept("×") {
		return fmt.Errorf("a × must follow the quantity")
	}
	e.price, err = w.number()
	return err
}

// option reads one of the bracketed parts of an event.
func (w *words) option(e *event) (err error) {
	switch word := w.next(); word {
	case "via":
		e.channel = w.next()
	case "of":
		e.product = w.next()
	case "for":
		e.campaign = w.next()
	case "less":
		e.discount, err = w.number()
	case "value":
		e.value, err = w.number()
	case "learnt":
		e.known, err = w.instant()
	default:
		err = fmt.Errorf("%q was not expected", word)
	}
	return err
}

// vocabularyOf returns the dictionaries of all texts in scripts.
func vocabularyOf(scripts ...script) history.Vocabulary {
	var products, categories, channels, kinds, campaigns, actions []string
	for _, s := range scripts {
		for _, e := range s.events {
			products = append(products, e.product)
			categories = append(categories, e.category)
			channels = append(channels, e.channel)
			campaigns = append(campaigns, e.campaign)
			actions = append(actions, e.action)
			if e.verb != "order" && e.verb != "sent" {
				kinds = append(kinds, e.verb)
			}
		}
	}
	return history.Vocabulary{
		Products:   history.NewDictionary(products),
		Categories: history.NewDictionary(categories),
		Channels:   history.NewDictionary(channels),
		Kinds:      history.NewDictionary(kinds),
		Campaigns:  history.NewDictionary(campaigns),
		Actions:    history.NewDictionary(actions),
	}
}

// history returns the script's events in the codes of v.
func (s *script) history(v history.Vocabulary) history.History {
	h := history.History{
		Customer: history.CustomerID(s.name),
		Profile:  history.Profile{SignedUpAt: s.signedUp},
	}
	ordinals := map[string]int32{}
	for _, e := range s.events {
		product, channel := v.Products.Code(e.product), v.Channels.Code(e.channel)
		switch e.verb {
		case "order":
			if _, ok := ordinals[e.order]; !ok {
				ordinals[e.order] = int32(len(ordinals))
			}
			amount := e.quantity * e.price
			if !math.IsNaN(e.discount) {
				amount -= e.discount
			}
			h.Lines = append(h.Lines, history.Line{
				At: e.at, KnownAt: e.known, Order: ordinals[e.order],
				Product: product, Category: v.Categories.Code(e.category), Channel: channel,
				Quantity: float32(e.quantity), Amount: amount, Discount: float32(e.discount),
			})
		case "sent":
			h.Actions = append(h.Actions, history.Sent{At: e.at, Action: v.Actions.Code(e.action), Channel: channel})
		default:
			h.Engagements = append(h.Engagements, history.Engagement{
				At: e.at, KnownAt: e.known, Kind: v.Kinds.Code(e.verb), Channel: channel,
				Campaign: v.Campaigns.Code(e.campaign), Product: product, Value: float32(e.value),
			})
		}
	}
	return h
}

// agrees reports whether got is the VALUE of a check.
func agrees(got float32, want string) (bool, error) {
	if want == "missing" {
		return math.IsNaN(float64(got)), nil
	}
	number, err := strconv.ParseFloat(want, 64)
	if err != nil {
		return false, err
	}
	tolerance := 0.0
	if _, digits, ok := strings.Cut(want, "."); ok {
		tolerance = 0.5*math.Pow10(-len(digits)) + 1e-6*math.Abs(number) // float32
	}
	return math.Abs(float64(got)-number) <= tolerance, nil
}
