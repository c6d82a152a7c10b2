package extract

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// safeMacros are DuckDB's macros, and ours, that look at one row only. Others may
// hold an aggregate or ask what time it is.
var safeMacros = []string{
	"clock", "clock_or_bad", "clock_text", "number",
	"nullif", "date_add", "fdiv", "fmod", "array_to_string", "days_in_month", "md5_number_lower", "md5_number_upper",
}

// clockNames are the names by which SQL asks the time without a function call.
var clockNames = []string{"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}

// notRowwise says why a mapping's syntax tree is not a plain projection and filter
// of the view input, or answers "" if it is one: then the rows that it yields for
// a file are the same whatever other files there are, and whenever it runs.
func notRowwise(ctx context.Context, d *database, tree any) (string, error) {
	statement, _ := tree.(map[string]any)
	node, _ := statement["node"].(map[string]any)
	if node["type"] != "SELECT_NODE" {
		return "it is not one SELECT", nil
	}
	ctes, _ := node["cte_map"].(map[string]any)
	from, _ := node["from_table"].(map[string]any)
	name, _ := from["table_name"].(string)
	switch {
	case filled(node["modifiers"]):
		return "it has DISTINCT, ORDER BY or LIMIT", nil
	case filled(ctes["map"]):
		return "it has WITH", nil
	case from["type"] != "BASE_TABLE" || !strings.EqualFold(name, "input"):
		return "it reads more than input", nil
	case filled(node["group_expressions"]) || filled(node["group_sets"]) || node["aggregate_handling"] != "STANDARD_HANDLING" || node["having"] != nil:
		return "it groups rows", nil
	case node["qualify"] != nil:
		return "it has QUALIFY", nil
	case node["sample"] != nil || from["sample"] != nil:
		return "it takes a sample", nil
	}
	safe, err := d.safeFunctions(ctx)
	if err != nil {
		return "", err
	}
	return notPlain([]any{node["select_list"], node["where_clause"]}, safe), nil
}

// filled reports whether a list of a syntax tree has entries.
func filled(list any) bool {
	entries, ok := list.([]any)
	return ok && len(entries) > 0
}

// safeFunctions returns the names that stand for nothing but functions of one
// row, with the same answer every time. DuckDB takes long to list them, so it is
// asked once.
func (d *database) safeFunctions(ctx context.Context) (map[string]bool, error) {
	if d.safe != nil {
		return d.safe, nil
	}
	safe := map[string]bool{}
	for _, name := range safeMacros {
		safe[name] = true
	}
	const query = "SELECT function_name FROM duckdb_functions() GROUP BY function_name HAVING bool_and(function_type = 'scalar' AND stability = 'CONSISTENT')"
	err := d.each(ctx, query, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		safe[name] = true
		return err
	})
	// age of one time is the time until now.
	delete(safe, "age")
	if err == nil {
		d.safe = safe
	}
	return safe, err
}

// notPlain looks for what reads more than one row below a node.
func notPlain(node any, safe map[string]bool) string {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			if why := notPlain(child, safe); why != "" {
				return why
			}
		}
	case map[string]any:
		if why := notPlainExpression(node, safe); why != "" {
			return why
		}
		for _, key := range sortedKeys(node) {
			if why := notPlain(node[key], safe); why != "" {
				return why
			}
		}
	}
	return ""
}

func notPlainExpression(node map[string]any, safe map[string]bool) string {
	switch node["class"] {
	case "WINDOW":
		return "it has a window function"
	case "SUBQUERY":
		return "it has a subquery"
	case "FUNCTION":
		if name, _ := node["function_name"].(string); !safe[strings.ToLower(name)] {
			return fmt.Sprintf("%s may look at more than one row, or at the clock", name)
		}
	case "COLUMN_REF":
		for _, name := range references(node) {
			if slices.Contains(clockNames, name) {
				return name + " asks the clock"
			}
		}
	}
	return ""
}
