package lab

import (
	"slices"
	"strings"

	"perennial/command"
)

// namedOf returns the places in all of what is called names; each must be known
// and named once. flag is what the message blames.
func namedOf(flag string, names, all []string) ([]int, error) {
	var places []int
	for i, name := range names {
		k := slices.Index(all, name)
		if k < 0 {
			return nil, command.Usage("%s %q: unknown (choose from %s)", flag, name, strings.Join(all, ", "))
		}
		if slices.Contains(names[:i], name) {
			return nil, command.Usage("%s %q: named twice (name it once)", flag, name)
		}
		places = append(places, k)
	}
	return places, nil
}
