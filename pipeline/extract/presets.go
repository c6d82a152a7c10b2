package extract

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed presets
var presetFiles embed.FS

// preset is a named mapping for the export of one system.
type preset struct {
	sql     string
	columns []string // that the sql names; those that a file lacks are null
	marks   []string // columns by which the export is known
}

// Presets returns the names of the presets for a canonical table, sorted.
func Presets(table string) []string {
	entries, err := presetFiles.ReadDir("presets")
	if err != nil {
		return nil
	}
	var names []string
	for _, entry := range entries {
		if _, err := presetFiles.ReadFile(path.Join("presets", entry.Name(), table+".sql")); err == nil {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	return names
}

// readPreset returns a preset's mapping to a canonical table. Comment lines of
// it list columns: "-- columns:" all that it names, "-- known by:" its marks.
func readPreset(name, table string) (preset, error) {
	text, err := presetFiles.ReadFile(path.Join("presets", path.Base(name), table+".sql"))
	if err != nil {
		return preset{}, configError("sources: %s: no preset %q (there are %s)", table, name, strings.Join(Presets(table), ", "))
	}
	p := preset{sql: string(text)}
	for line := range strings.Lines(p.sql) {
		if list, ok := strings.CutPrefix(line, "-- columns:"); ok {
			p.columns = append(p.columns, splitList(list)...)
		}
		if list, ok := strings.CutPrefix(line, "-- known by:"); ok {
			p.marks = append(p.marks, splitList(list)...)
		}
	}
	if len(p.columns) == 0 || len(p.marks) == 0 {
		return p, fmt.Errorf("preset %s/%s lists no columns", name, table)
	}
	return p, nil
}

// splitList splits a comma-separated list.
func splitList(list string) []string {
	var items []string
	for _, item := range strings.Split(list, ",") {
		items = append(items, strings.TrimSpace(item))
	}
	return items
}

// knows reports whether an export with these columns is one that the preset is
// for: it has those that no other export has.
func (p *preset) knows(columns []string) bool {
	for _, name := range p.marks {
		if !slices.ContainsFunc(columns, func(c string) bool { return strings.EqualFold(c, name) }) {
			return false
		}
	}
	return len(p.marks) > 0
}
