package publish

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite SCORES.md from the struct tags")

const documentFile = "../../SCORES.md"

// SCORES.md is what the tags of the contract say. After a change of the contract:
//
//	go test ./pipeline/publish -run TestScoresDocument -update
func TestScoresDocument(t *testing.T) {
	want := document()
	if *update {
		if err := os.WriteFile(documentFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(documentFile)
	if err != nil {
		t.Fatalf("%v (write it: go test ./pipeline/publish -run TestScoresDocument -update)", err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("SCORES.md is not what the tags say; run this test with -update (-tags +file):\n%s", diff)
	}
}

func TestEveryColumnIsDocumented(t *testing.T) {
	score := reflect.TypeFor[Score]()
	seen := make(map[string]bool)
	for i := range contract {
		c := &contract[i]
		field := score.Field(c.field)
		doc := field.Tag.Get("doc")
		if doc == "" || !strings.HasSuffix(doc, ".") && !strings.HasSuffix(doc, "…") {
			t.Errorf("%s: doc %q is no sentence", c.name, doc)
		}
		if seen[c.name] {
			t.Errorf("two columns are named %s", c.name)
		}
		seen[c.name] = true
		if pointer := field.Type.Kind() == reflect.Pointer; pointer && !c.optional {
			t.Errorf("%s is a pointer and not optional", c.name)
		}
		switch c.crm {
		case "", "yes", "probability", "money", "codes":
		default:
			t.Errorf("%s: crm %q is not a way to show it", c.name, c.crm)
		}
	}
	if group := score.Field(0).Tag.Get("group"); group == "" {
		t.Error("the first column has no heading")
	}
}

const documentHead = `# Published scores

<!-- Written by: go test ./pipeline/publish -run TestScoresDocument -update -->

Contract %s: one row per customer per commit, as Parquet. Within a major version columns are only added.
"CRM" marks the columns that count in ` + "`row_hash`" + `, and how a number is rounded there.
Null means unknown now; a list is empty, never null.
`

const nestedHead = "\n## Within the columns\n"

const deltaHead = `
## What changed

Each commit but the first names, under ` + "`delta`" + ` of its record, the difference to the commit before, as Parquet:
one part for each part of the set, one row per customer to write or remove, sorted by customer_id.

| column | type | null | meaning |
|---|---|---|---|
`

const deltaTail = `
Only a changed ` + "`row_hash`" + ` makes an upsert. A delete is a tombstone: the customer has left the set or is excluded now, and must
be removed wherever scores are shown. ` + "`delta.counts`" + ` adds up: upserted + unchanged + deleted + ineligible = total, the
customers of either commit; tombstones are the deleted and ineligible whom the commit before showed.

To follow: keep the number of the last commit applied. Read the records after it, one by one, up to the newest; check size
and SHA-256 of each delta part against the record; write and remove, in the order of commits; then keep the new number. Applying
a commit twice does no harm. Read everything instead — all rows of the newest commit but the excluded, removing whomever else is
shown — at the beginning, when a commit on the way has no delta (` + "`no_delta`" + ` says why), when a delta has been
collected (sets and deltas are kept for 14 commits and 30 days) or is damaged, and when the store does not have
the number yet. A rollback is a commit like any other.
`

// document returns SCORES.md.
func document() string {
	var b strings.Builder
	fmt.Fprintf(&b, documentHead, SchemaVersion)
	score := reflect.TypeFor[Score]()
	for i := range contract {
		c := &contract[i]
		field := score.Field(c.field)
		if group := field.Tag.Get("group"); group != "" {
			fmt.Fprintf(&b, "\n## %s\n\n| column | type | null | CRM | meaning |\n|---|---|---|---|---|\n", strings.ToUpper(group[:1])+group[1:])
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", c.name, c.typeName(field.Type), yes(c.optional), crmWords(c.crm), c.meaning(field))
	}
	b.WriteString(nestedHead)
	for _, nested := range []reflect.Type{reflect.TypeFor[Reason](), reflect.TypeFor[Change]()} {
		fmt.Fprintf(&b, "\n%s:\n\n| field | type | null | meaning |\n|---|---|---|---|\n", strings.ToLower(nested.Name()))
		columns := columnsOf(nested, "")
		for i := range columns {
			c := &columns[i]
			field := nested.Field(c.field)
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", c.name, c.typeName(field.Type), yes(c.optional), c.meaning(field))
		}
	}
	b.WriteString(deltaHead)
	row := reflect.TypeFor[DeltaRow]()
	columns := columnsOf(row, "")
	for i := range columns {
		c := &columns[i]
		field := row.Field(c.field)
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", c.name, c.typeName(field.Type), yes(c.optional), c.meaning(field))
	}
	b.WriteString(deltaTail)
	return b.String()
}

func (c *column) meaning(field reflect.StructField) string {
	doc := field.Tag.Get("doc")
	if len(c.values) > 0 {
		doc += " One of: " + strings.Join(c.values, ", ") + "."
	}
	return doc
}

func (c *column) typeName(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[Score]():
		return "a row as above"
	case c.date:
		return "date"
	case t == reflect.TypeFor[time.Time]():
		return "timestamp (UTC)"
	case t.Kind() == reflect.Slice:
		return "list of " + (&column{}).typeName(t.Elem())
	case t.Kind() == reflect.Struct:
		return strings.ToLower(t.Name())
	case t.Kind() == reflect.String:
		return "text"
	}
	return map[reflect.Kind]string{reflect.Int32: "int32", reflect.Float64: "double", reflect.Bool: "boolean"}[t.Kind()]
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func crmWords(crm string) string {
	switch crm {
	case "probability":
		return "to 0.01"
	case "money":
		return "to units"
	}
	return crm
}
