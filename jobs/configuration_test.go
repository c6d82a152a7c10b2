package jobs

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perennial/features"
	"perennial/models/action"
	"perennial/pipeline/extract"
)

var update = flag.Bool("update", false, "rewrite CONFIGURATION.md from the fields of Config")

// CONFIGURATION.md is what the fields of Config and their comments say, the
// canonical tables and the catalogue of actions. After a change of them:
//
//	go test ./jobs -run TestConfigurationDocument -update
func TestConfigurationDocument(t *testing.T) {
	const name = "../CONFIGURATION.md"
	want := configurationDocument(t)
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v (write it: go test ./jobs -run TestConfigurationDocument -update)", err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("CONFIGURATION.md is out of date; run this test with -update (-want +got):\n%s", diff)
	}
}

const configurationHead = `# Configuration

<!-- Written by: go test ./jobs -run TestConfigurationDocument -update -->

One YAML file describes a shop; ` + "`perennial init orders.csv`" + ` writes a first one, and ` + "`perennial check`" + ` says what a night
would make of it. Only ` + "`sources.orders`" + ` must be there. Relative paths begin at the folder of the file. ` + "`${NAME}`" + ` is replaced
from the environment, which is where passwords belong: a secret that is written out is an error, and so is a key
that is not known, with its line. Spans are whole days, as ` + "`90d`" + `.

## Keys
`

const tablesHead = `
## Canonical tables

What ` + "`sql`" + ` or ` + "`preset`" + ` of a source must yield; columns of the export that are named so need neither. Columns that are not
required may be left out. Spaces and tabs around text are no part of it, and empty text is absent. A time without an offset is on the shop's wall clock.
`

const actionsHead = `
## Actions

What may be recommended, in the order that settles equal values. An action is taken whose expected value is highest:
uplift × margin × usual order value, less what contact and discount cost. Uplifts are guesses; what the actions brought
together says ` + "`perennial effects`" + `, by the customers who were left alone. An action is done again after "again" days at the earliest, and
needs a yes to one of its channels, but for services: a complaint is answered, and consent asked for, in any case.

| action | who | stages | tiers | risks | channels | again |
|---|---|---|---|---|---|---|
`

// configurationDocument returns CONFIGURATION.md.
func configurationDocument(t *testing.T) string {
	var b strings.Builder
	b.WriteString(configurationHead)
	sections := []struct {
		title string
		of    reflect.Type
		below string // prefix of its keys
	}{
		{"The shop", reflect.TypeFor[Config](), ""},
		{"A source, such as `sources.orders`", reflect.TypeFor[extract.Source](), ""},
		{"Features of the shop's own, a list", reflect.TypeFor[features.Own](), ""},
		{"Actions", reflect.TypeFor[action.Config](), "actions."},
	}
	for _, s := range sections {
		fmt.Fprintf(&b, "\n### %s\n\n| key | | what |\n|---|---|---|\n", s.title)
		writeKeys(t, &b, s.of, s.below)
	}
	b.WriteString(tablesHead)
	if err := extract.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	b.WriteString(actionsHead)
	for _, a := range action.Catalogue() {
		again := fmt.Sprintf("%d days", a.RepeatDays)
		if a.RepeatDays > 3650 {
			again = "never"
		}
		stages := slices.SortedFunc(maps.Keys(a.Uplift), func(x, y string) int { return slices.Index(stageNames, x) - slices.Index(stageNames, y) })
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", a.Name, a.Doc, anyOf(stages, stageNames), anyOf(a.Tiers, nil), anyOf(a.Risks, nil), strings.Join(a.Channels, ", "), again)
	}
	return b.String()
}

// stageNames are the lifecycle stages in the order in which a customer may pass through them.
var stageNames = []string{"prospect", "new", "active", "cooling", "at_risk", "lapsed", "lost", "reactivated"}

// anyOf lists names, "any" for none or all of them.
func anyOf(names, all []string) string {
	if len(names) == len(all) {
		return "any"
	}
	return strings.Join(names, ", ")
}

// writeKeys writes a row for each key of a struct, and of the structs in it that
// have no section of their own.
func writeKeys(t *testing.T, b *strings.Builder, of reflect.Type, below string) {
	comments := fieldComments(t, of)
	for i := range of.NumField() {
		f := of.Field(i)
		key, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			writeKeys(t, b, f.Type, below)
			continue
		case key == "" || key == "-":
			continue
		}
		word := typeWord(f.Type)
		comment := comments[f.Name]
		switch word {
		case "":
			writeKeys(t, b, f.Type, below+key+".")
			continue
		case "source":
			comment = "rows of the canonical table " + key
		}
		if comment == "" {
			t.Errorf("%s.%s: a key without a comment", of, f.Name)
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", below+key, word, strings.ReplaceAll(comment, "|", `\|`))
	}
}

// typeWord says what a key holds, "" for a struct whose keys stand beside those of
// the one that it is in.
func typeWord(of reflect.Type) string {
	switch of {
	case reflect.TypeFor[extract.Source]():
		return "source"
	case reflect.TypeFor[[]features.Own]():
		return "list"
	case reflect.TypeFor[action.Config]():
		return "keys"
	case reflect.TypeFor[features.Span](), reflect.TypeFor[extract.Lookback]():
		return "span"
	case reflect.TypeFor[time.Duration]():
		return "time, as 15s"
	case reflect.TypeFor[Horizon]():
		return "days, or auto"
	}
	switch of.Kind() {
	case reflect.Pointer:
		return typeWord(of.Elem())
	case reflect.Struct:
		return ""
	case reflect.Slice:
		return "list"
	case reflect.Map:
		return "numbers by name"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	}
	return "number"
}

// fieldComments returns the comments of a struct's fields by name, from its source.
func fieldComments(t *testing.T, of reflect.Type) map[string]string {
	t.Helper()
	dir := path.Join("..", strings.TrimPrefix(of.PkgPath(), "perennial"))
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	comments := map[string]string{}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path.Join(dir, file.Name()), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.Name.Name != of.Name() {
				return true
			}
			for _, f := range spec.Type.(*ast.StructType).Fields.List {
				for _, name := range f.Names {
					comments[name.Name] = strings.Join(strings.Fields(f.Doc.Text()+f.Comment.Text()), " ")
				}
			}
			return false
		})
	}
	return comments
}
