package extract

import (
	"context"
	"encoding/json"
	"strings"
)

// lineage says which columns a mapping reads, and for what.
type lineage struct {
	from map[string][]string // output or intermediate name → names it is computed from, lower case
}

// parseMapping parses a source's SQL, which must be one SELECT. DuckDB's own
// parser does it: it writes the syntax tree as JSON.
func parseMapping(ctx context.Context, d *database, sql string) (tree any, err error) {
	var text string
	if err := d.row(ctx, "SELECT CAST(json_serialize_sql("+quote(sql)+") AS VARCHAR)", &text); err != nil {
		return nil, err
	}
	var answer struct {
		Error      bool   `json:"error"`
		Message    string `json:"error_message"`
		Statements []any  `json:"statements"`
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		return nil, err
	}
	switch {
	case answer.Error && strings.HasPrefix(answer.Message, "Only SELECT"):
		return nil, configError("sql: not a SELECT (write one SELECT over the view input)")
	case answer.Error:
		return nil, configError("sql: %s (write one SELECT over the view input)", oneLine(answer.Message))
	case len(answer.Statements) != 1:
		return nil, configError("sql: %d statements (write one SELECT over the view input)", len(answer.Statements))
	}
	return answer.Statements[0], nil
}

// lineageOf collects, at any depth of a syntax tree, what every named
// expression is computed from.
func lineageOf(tree any) *lineage {
	l := &lineage{from: map[string][]string{}}
	l.walk(tree)
	return l
}

func (l *lineage) walk(node any) {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			l.walk(child)
		}
	case map[string]any:
		// Expressions have a class, table references do not.
		alias, _ := node["alias"].(string)
		if _, expression := node["class"]; expression && alias != "" {
			name := strings.ToLower(alias)
			l.from[name] = append(l.from[name], references(node)...)
		}
		for _, child := range node {
			l.walk(child)
		}
	}
}

// references returns the column names below a node, without their tables.
func references(node any) []string {
	var names []string
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			names = append(names, references(child)...)
		}
	case map[string]any:
		if path, ok := node["column_names"].([]any); ok && len(path) > 0 {
			if name, ok := path[len(path)-1].(string); ok {
				names = append(names, strings.ToLower(name))
			}
		}
		for _, child := range node {
			names = append(names, references(child)...)
		}
	}
	return names
}

// sources returns all names that a canonical column is computed from, through
// any number of steps, itself included: a column may be passed on by a star.
func (l *lineage) sources(name string) map[string]bool {
	seen := map[string]bool{name: true}
	queue := []string{name}
	for len(queue) > 0 {
		for _, from := range l.from[queue[0]] {
			if !seen[from] {
				seen[from] = true
				queue = append(queue, from)
			}
		}
		queue = queue[1:]
	}
	return seen
}

// withLine returns the mapping with a column added in front of its outermost
// select list. It may not bind, or mean something else where rows are
// grouped or made distinct: the caller must check what it yields.
func withLine(ctx context.Context, d *database, tree any, column string) (string, error) {
	statement, _ := tree.(map[string]any)
	node, _ := statement["node"].(map[string]any)
	list, ok := node["select_list"].([]any)
	if !ok {
		return "", configError("sql: no plain SELECT")
	}
	node["select_list"] = append([]any{map[string]any{
		"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": "", "query_location": 0, "column_names": []string{column},
	}}, list...)
	defer func() { node["select_list"] = list }()
	text, err := json.Marshal(map[string]any{"error": false, "statements": []any{statement}})
	if err != nil {
		return "", err
	}
	var sql string
	err = d.row(ctx, "SELECT json_deserialize_sql(CAST("+quote(string(text))+" AS JSON))", &sql)
	return sql, err
}
