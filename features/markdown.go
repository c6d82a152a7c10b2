package features

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strings"
)

// units in the order in which they are documented.
var units = []struct {
	unit Unit
	doc  string
}{
	{Days, "calendar days of the shop's time zone"},
	{Count, "how many"},
	{Money, "the shop's currency"},
	{Share, "part of a whole; 1 for yes and 0 for no"},
	{Ratio, "one quantity over another"},
	{Log, "natural logarithm of a ratio: 0 is no change, 0.69 is twice, -0.69 is half"},
	{Any, "a measure in its source's own unit"},
}

// WriteMarkdown writes the reference of families that is kept in FEATURES.md:
// how to read a row, the units, and one table a family.
func WriteMarkdown(w io.Writer, families []Family) error {
	out := bufio.NewWriter(w)
	count := 0
	for _, family := range families {
		count += len(family.Features)
	}
	fmt.Fprintf(out, markdownHead, count, len(families))
	for _, u := range units {
		fmt.Fprintf(out, "| %s | %s | %s |\n", u.unit, rangeText(u.unit), u.doc)
	}
	for _, family := range families {
		fmt.Fprintf(out, "\n## %s\n\n%s\n\n", family.Name, family.Doc)
		fmt.Fprintf(out, "| name | unit | window | meaning | missing when | reads |\n|---|---|---|---|---|---|\n")
		for _, f := range family.Features {
			fmt.Fprintf(out, "| `%s` | %s | %s | %s | %s | %s |\n",
				f.Name, f.Unit, windowText(f.Window), cell(f.Doc), cell(missingText(f.Missing)), cell(strings.Join(f.From, ", ")))
		}
	}
	return out.Flush()
}

const markdownHead = `# Features

Generated from the declarations in package features: go test ./features -run Markdown -update

A row of the feature table describes one customer as of a cutoff, the first instant of a day in the shop's time
zone. It is computed from what had happened and was known before that instant. There are %d features in %d families.

- An **order** is the lines of one order id that are not returns. It happens on the day of the first of them.
- A **return** is a line with a negative quantity or amount. It counts on the day it happened, never as an order.
- An **order day** is a day with at least one order: two orders on one day make one order day, and no gap.
- A **window** of n days covers the n days before the cutoff. Without a window the whole history counts.
- A missing value is NaN, never 0. Whether a windowed feature is missing may depend on rows before its window.

| unit | range | what |
|---|---|---|
`

// rangeText returns the range of u as an interval.
func rangeText(u Unit) string {
	low, high := u.Range()
	switch {
	case math.IsInf(low, -1):
		return "any"
	case math.IsInf(high, 1):
		return fmt.Sprintf("%g or more", low)
	}
	return fmt.Sprintf("%g to %g", low, high)
}

func windowText(days int) string {
	if days == 0 {
		return "all"
	}
	return fmt.Sprintf("%d days", days)
}

func missingText(missing string) string {
	if missing == "" {
		return "never"
	}
	return missing
}

// cell escapes text for a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}
