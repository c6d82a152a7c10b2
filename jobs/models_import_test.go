package jobs

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"perennial/command"
	"perennial/models/purchase"
)

func TestImportErrors(t *testing.T) {
	a := newAnalyst(t)
	rows := a.rows(a.plan.Judge)
	good, err := os.ReadFile(a.write(t, rows))
	if err != nil {
		t.Fatal(err)
	}
	edit := func(old, text string) string {
		changed := strings.Replace(string(good), old, text, 1)
		if changed == string(good) {
			t.Fatalf("the file has no %q", old)
		}
		return writeText(t, []byte(changed))
	}
	tests := []struct {
		name string
		edit func(*ImportOptions)
		code int
		want string
	}{
		{"no question", func(o *ImportOptions) { o.Question = "" }, command.ExitUsage, "--question is missing"},
		{"unknown question", func(o *ImportOptions) { o.Question = "churn" }, command.ExitUsage, `"churn": unknown (choose from "purchase_30d"`},
		{"no name", func(o *ImportOptions) { o.Name = "" }, command.ExitUsage, "not a name"},
		{"slash in name", func(o *ImportOptions) { o.Name = "../x" }, command.ExitUsage, "not a name"},
		{"name of a twin", func(o *ImportOptions) { o.Name = "x_in_season" }, command.ExitUsage, "not a name"},
		{"no day", func(o *ImportOptions) { o.TrainedAsOf = 0 }, command.ExitUsage, "--trained-as-of is missing"},
		{"no file", func(o *ImportOptions) { o.File = filepath.Join(t.TempDir(), "none.txt") }, command.ExitInput, "none.txt"},
		{"no model", func(o *ImportOptions) { o.File = writeText(t, []byte("hello")) }, command.ExitData, "not a LightGBM model text"},
		{"cut off", func(o *ImportOptions) { o.File = writeText(t, good[:len(good)/2]) }, command.ExitData, "model.txt: gbdt: read model"},
		{"regression", func(o *ImportOptions) { o.File = edit("objective=binary sigmoid:1", "objective=regression") }, command.ExitData, `train with "objective": "binary"`},
		{"sigmoid", func(o *ImportOptions) { o.File = edit("sigmoid:1", "sigmoid:2") }, command.ExitData, "sigmoid is 2"},
		{"unknown columns", func(o *ImportOptions) { o.File = edit("feature_names=recency_days ", "feature_names=Column_0 ") }, command.ExitData, `the shop has no feature "Column_0"`},
		{"categories", func(o *ImportOptions) {
			o.File = writeText(t, append(slices.Clone(good), "\npandas_categorical:[[\"a\", \"b\"]]\n"...))
		}, command.ExitData, "1 columns of the type category"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opts := ImportOptions{File: writeText(t, good), Question: purchase.Question(importDays), Name: "mine", TrainedAsOf: a.plan.Judge}
			tt.edit(&opts)
			var out bytes.Buffer
			err := ImportModel(t.Context(), a.cfg, opts, &out)
			if err == nil || !strings.HasPrefix(err.Error(), "models import: ") || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want models import: … %s", err, tt.want)
			}
			if code := command.ExitCode(err); code != tt.code {
				t.Errorf("exit code %d, want %d: %v", code, tt.code, err)
			}
			if got := listed(t, a.cfg, "imported_mine"); len(got) > 0 || out.Len() > 0 {
				t.Errorf("saved %v and printed %q beside an error", got, out.String())
			}
		})
	}
}
