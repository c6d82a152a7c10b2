package lab

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"perennial/command"
)

// labParams are the parameters given for one learner. A learner takes each one
// it knows by kind and key; check then says what is wrong. A parameter that was
// not given is 0 or "", a learner's default.
type labParams struct {
	learner string
	given   map[string]string
	known   []string
	err     error // the first
}

// shareParams gives every learner its parameters. key=value is enough for a
// single learner; several need learner.key=value.
func shareParams(learners, params []string) ([]*labParams, error) {
	shares := make([]*labParams, len(learners))
	for i, name := range learners {
		shares[i] = &labParams{learner: name, given: map[string]string{}}
	}
	for _, param := range params {
		key, value, ok := strings.Cut(param, "=")
		if !ok {
			return nil, command.Usage("--param %q: no value (write key=value)", param)
		}
		share := 0
		if learner, rest, dotted := strings.Cut(key, "."); dotted {
			key, share = rest, slices.Index(learners, learner)
			if share < 0 {
				return nil, command.Usage("--param %q: %s is not among the learners (there are %s)", param, learner, strings.Join(learners, ", "))
			}
		} else if len(learners) == 0 {
			return nil, command.Usage("--param %q: no learner runs (name one with --learner)", param)
		} else if len(learners) > 1 {
			return nil, command.Usage("--param %q: several learners run (write %s.%s, or the learner that is meant)", param, learners[0], param)
		}
		if _, twice := shares[share].given[key]; twice {
			return nil, command.Usage("--param %q: %s is given twice (give it once)", param, key)
		}
		shares[share].given[key] = value
	}
	return shares, nil
}

// take returns the value given for key.
func (p *labParams) take(key string) (value string, ok bool) {
	p.known = append(p.known, key)
	value, ok = p.given[key]
	return value, ok
}

// reject keeps the first value that is not what its parameter needs.
func (p *labParams) reject(key, value, need string) {
	p.fail(command.Usage("--param %s.%s=%s: not %s", p.learner, key, value, need))
}

// fail keeps the first error.
func (p *labParams) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// count takes a whole number of at least 1.
func (p *labParams) count(key string) int {
	value, ok := p.take(key)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		p.reject(key, value, "a whole number from 1 on")
	}
	return n
}

// positive takes a finite number above 0.
func (p *labParams) positive(key string) float64 {
	value, ok := p.take(key)
	if !ok {
		return 0
	}
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || !(v > 0) || math.IsInf(v, 1) {
		p.reject(key, value, "a number above 0")
	}
	return v
}

// share takes a number above 0 and at most 1.
func (p *labParams) share(key string) float64 {
	value, ok := p.take(key)
	if !ok {
		return 0
	}
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || !(v > 0 && v <= 1) {
		p.reject(key, value, "a number above 0, at most 1")
	}
	return v
}

// penalty takes a finite number from 0 on. It returns -1 for 0, which learners
// take for none.
func (p *labParams) penalty(key string) float64 {
	value, ok := p.take(key)
	if !ok {
		return 0
	}
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || !(v >= 0) || math.IsInf(v, 1) {
		p.reject(key, value, "a number from 0 on")
	}
	if v == 0 {
		return -1
	}
	return v
}

// list takes names with + between them.
func (p *labParams) list(key string) []string {
	value, ok := p.take(key)
	if !ok {
		return nil
	}
	names := strings.Split(value, "+")
	if slices.Contains(names, "") {
		p.reject(key, value, "names with + between them")
	}
	return names
}

// directions takes name:1 and name:-1 with + between them.
func (p *labParams) directions(key string) map[string]int {
	directions := map[string]int{}
	for _, one := range p.list(key) {
		i := strings.LastIndex(one, ":")
		sign := one[i+1:]
		if i < 1 || (sign != "1" && sign != "-1") {
			p.reject(key, one, "column:1 or column:-1, with + between several")
			return nil
		}
		directions[one[:i]] = 1
		if sign == "-1" {
			directions[one[:i]] = -1
		}
	}
	return directions
}

// only takes a value that has no alternative here.
func (p *labParams) only(key, sole, because string) {
	if value, ok := p.take(key); ok && value != sole {
		p.reject(key, value, sole+", because "+because)
	}
}

// seed takes a whole number.
func (p *labParams) seed(key string) uint64 {
	value, ok := p.take(key)
	if !ok {
		return 0
	}
	n, err := strconv.ParseUint(value, 10, 64)
	if err != nil {
		p.reject(key, value, "a whole number from 0 on")
	}
	return n
}

// choice takes one of words.
func (p *labParams) choice(key string, words []string) string {
	value, ok := p.take(key)
	if ok && !slices.Contains(words, value) {
		p.reject(key, value, "one of "+strings.Join(words, ", "))
	}
	return value
}

// check returns the first parameter that the learner does not know, or whose
// value is wrong. Call it when the learner has taken all it knows.
func (p *labParams) check() error {
	for _, key := range slices.Sorted(maps.Keys(p.given)) {
		if slices.Contains(p.known, key) {
			continue
		}
		if len(p.known) == 0 {
			return command.Usage("--param %s.%s: %s has no parameters", p.learner, key, p.learner)
		}
		return command.Usage("--param %s.%s: unknown (%s has %s)", p.learner, key, p.learner, strings.Join(p.known, ", "))
	}
	return p.err
}
