package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perennial/command"
)

func TestCustomersOptionsAreChecked(t *testing.T) {
	dir := t.TempDir()
	file := textFile(t, "orders.csv", "customer,date,amount\nann,2025-01-01,3\n")
	for name, tt := range map[string]struct {
		opts CustomersOptions
		want string
	}{
		"no file":              {CustomersOptions{}, "no file (name a table of orders)"},
		"no such file":         {CustomersOptions{Orders: filepath.Join(dir, "none.csv")}, "none.csv"},
		"unit":                 {CustomersOptions{Orders: file, Unit: "year"}, `--unit "year": unknown (choose day, week or month)`},
		"date":                 {CustomersOptions{Orders: file, CalibrateUntil: "30/06/2025"}, `--calibrate-until "30/06/2025": no day (write it as 2026-06-30)`},
		"holdout alone":        {CustomersOptions{Orders: file, HoldoutUntil: "2025-06-30"}, "--holdout-until needs --calibrate-until"},
		"holdout before":       {CustomersOptions{Orders: file, CalibrateUntil: "2025-06-30", HoldoutUntil: "2025-06-30"}, "is not after --calibrate-until 2025-06-30 (choose a later day)"},
		"model":                {CustomersOptions{Orders: file, Models: []string{"bgnbd"}}, `--models "bgnbd": unknown (choose from nbd, bg_nbd,`},
		"model twice":          {CustomersOptions{Orders: file, Models: []string{"nbd", "nbd"}}, `--models "nbd": named twice`},
		"no covariates":        {CustomersOptions{Orders: file, Covariates: file, Models: []string{"nbd"}}, "none of --models takes them (choose bg_nbd or pareto_nbd)"},
		"rate":                 {CustomersOptions{Orders: file, DiscountRate: -1}, "--discount-rate -1: not between 0 and 10"},
		"picture format":       {CustomersOptions{Orders: file, Pictures: dir, PictureFormat: "gif"}, `--picture-format "gif": unknown (choose png or svg)`},
		"customer unseen":      {CustomersOptions{Orders: file, CustomerID: "ann"}, "name a folder with --pictures"},
		"intervals of nothing": {CustomersOptions{Orders: file, Intervals: true}, "--revenue-intervals are columns of --customers"},
		"over the input":       {CustomersOptions{Orders: file, Customers: file}, "is also the table of orders (write to another file)"},
		"no folder":            {CustomersOptions{Orders: file, Customers: filepath.Join(dir, "a", "b.csv")}, "(make the folder first)"},
		"folder is a file":     {CustomersOptions{Orders: file, Pictures: file}, "is a file (name a folder)"},
		"deep folder":          {CustomersOptions{Orders: file, Pictures: filepath.Join(dir, "a", "b")}, "(make the folder that it is in first)"},
		"column":               {CustomersOptions{Orders: file, Customer: "client"}, `--customer "client": no such column (orders.csv has "customer", "date", "amount")`},
		"before all orders":    {CustomersOptions{Orders: file, CalibrateUntil: "2024-12-31"}, "the first is of 2025-01-01 (choose a later day)"},
	} {
		var out strings.Builder
		err := Customers(t.Context(), tt.opts, testEnv(), &out)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "lab customers: ") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := command.ExitUsage
		switch name {
		case "no such file":
			want = command.ExitInput
		case "before all orders":
			want = command.ExitData
		}
		if got := command.ExitCode(err); got != want {
			t.Errorf("%s: exit code %d, want %d", name, got, want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v: %v", left, err)
	}
}

func TestUnknownCustomerIsNotDrawn(t *testing.T) {
	opts := goldenOptions()
	opts.Models, opts.CustomerID, opts.Pictures = []string{"nbd"}, "nobody", filepath.Join(t.TempDir(), "pictures")
	err := Customers(t.Context(), opts, testEnv(), &strings.Builder{})
	if command.ExitCode(err) != command.ExitUsage || !strings.Contains(err.Error(), `--customer-id "nobody": nobody with an order until`) {
		t.Errorf("exit code %d: %v", command.ExitCode(err), err)
	}
	if _, err := os.Stat(opts.Pictures); !os.IsNotExist(err) {
		t.Errorf("the folder of pictures: %v", err)
	}
}
