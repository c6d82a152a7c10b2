package extract

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// kindWords say what a value of a kind may look like.
var kindWords = map[kind]string{
	textKind:    "text",
	instantKind: "time",
	moneyKind:   "money",
	numberKind:  "number",
	answerKind:  "yes or no",
}

// WriteMarkdown writes the reference of canonical tables that is kept in
// CONFIGURATION.md: one table each, its presets and its columns.
func WriteMarkdown(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, t := range tables {
		fmt.Fprintf(out, "\n### %s\n\n%s", t.name, t.doc)
		switch t.unique {
		case distinctRows:
			fmt.Fprintf(out, " Of equal rows one is kept, the others are rejected, but with repeats.")
		case distinctFirstColumn:
			fmt.Fprintf(out, " Of rows that share a %s one is kept, the others are rejected.", t.columns[0].name)
		}
		if presets := Presets(t.name); len(presets) > 0 {
			fmt.Fprintf(out, " Presets: %s.", strings.Join(presets, ", "))
		}
		fmt.Fprintf(out, "\n\n| column | | what |\n|---|---|---|\n")
		for _, c := range t.columns {
			must := ""
			if c.required {
				must = ", required"
			}
			fmt.Fprintf(out, "| `%s` | %s%s | %s |\n", c.name, kindWords[c.kind], must, c.doc)
		}
	}
	return out.Flush()
}
