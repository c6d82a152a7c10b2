package lab

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perennial/command"
	"perennial/pipeline/history"
)

// readPlain returns a table as "id: day amount, …" lines.
func readPlain(t *testing.T, opts CustomersOptions) (lines []string, table *orderTable) {
	t.Helper()
	table, err := readOrderTable(t.Context(), opts, command.Progress{})
	if err != nil {
		t.Fatal(err)
	}
	for _, person := range table.people {
		var orders []string
		for i, day := range person.days {
			orders = append(orders, history.Day(day).String()+" "+customerFigure(person.amounts[i], 2))
		}
		lines = append(lines, person.id+": "+strings.Join(orders, ", "))
	}
	return lines, table
}

func TestReadOrderTable(t *testing.T) {
	want := []string{"007: 2025-01-03 5.50, 2025-02-01 2.00", "20250103000000001: 2025-01-03 1.00"}
	for name, tt := range map[string]struct {
		text string
		opts CustomersOptions
	}{
		"usual names":           {"customer_id,order_date,total\n007,2025-01-03,5.5\n007,2025-02-01,2\n20250103000000001,2025-01-03,1\n", CustomersOptions{}},
		"days as numbers, tabs": {"card id\tdate\tdollar value\n007\t20250103\t5.5\n007\t20250201\t2\n20250103000000001\t20250103\t1\n", CustomersOptions{}},
		"flags": {`who,"on ""day""",paid,amount` + "\n007,03.01.2025 10:00,5.5,9\n007,01.02.2025 23:59,2,9\n20250103000000001,03.01.2025 00:00,1,9\n",
			CustomersOptions{Customer: "who", Date: `on "day"`, Amount: "paid", DateFormat: "%d.%m.%Y %H:%M"}},
		"a day's lines, in any order": {"customer,date,amount\n007,2025-02-01,2\n20250103000000001,2025-01-03,1\n007,2025-01-03,2.75\n007,2025-01-03,2.75\n", CustomersOptions{}},
		"returns":                     {"customer,date,amount\n007,2025-02-01,2\n20250103000000001,2025-01-03,1\n007,2025-01-03,7.5\n007,2025-01-03,-2\n007,2025-03-03,-2\n", CustomersOptions{}},
		"quantity times price":        {"customer,date,quantity,unit price\n007,2025-02-01,1,2\n20250103000000001,2025-01-03,1,1\n007,2025-01-03,2,2.75\n", CustomersOptions{}},
		"a currency":                  {"customer,date,amount,currency\n007,2025-02-01,2,EUR\n20250103000000001,2025-01-03,1,EUR\n007,2025-01-03,5.5,EUR\n", CustomersOptions{}},
		"nobody's orders":             {"customer,date,amount\n007,2025-02-01,2\n,2025-02-02,2\n20250103000000001,2025-01-03,1\n007,2025-01-03,5.5\n", CustomersOptions{}},
	} {
		t.Run(name, func(t *testing.T) {
			opts := tt.opts
			extension := ".csv"
			if strings.Contains(tt.text, "\t") {
				extension = ".tsv"
			}
			opts.Orders = textFile(t, "table"+extension, tt.text)
			got, table := readPlain(t, opts)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("orders (-want +got):\n%s", diff)
			}
			if !table.valued {
				t.Error("there are no amounts")
			}
		})
	}
}

func TestReadOrderTableNotes(t *testing.T) {
	opts := CustomersOptions{Orders: textFile(t, "t.csv", "customer,date,amount\nann,2025-01-01,1\n,2025-01-01,1\nbob,2025-01-02,-1\n")}
	_, table := readPlain(t, opts)
	want := []string{
		`customer is "customer", date "date", amount "amount"`, "rows: 2, 2025-01-01 to 2025-01-02",
		"rows left out because they have no customer: 1", "days on which a customer only sent things back, which are no orders: 1",
	}
	if diff := cmp.Diff(want, table.notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

func TestReadOrderTableWithoutAmounts(t *testing.T) {
	lines, table := readPlain(t, CustomersOptions{Orders: textFile(t, "t.csv", "who,day\nann,2025-01-01\n"), Customer: "who", Date: "day"})
	if table.valued || len(lines) != 1 || lines[0] != "ann: 2025-01-01 0.00" {
		t.Errorf("%q, with amounts: %t", lines, table.valued)
	}
}

func TestReadOrderTableErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		text, want string
		code       int
	}{
		"names say nothing": {"a,b\nx,2025-01-01\n", `the names of the columns, "a", "b", do not say which are the customer and the date (name them with --customer, --date and --amount)`, command.ExitUsage},
		"bad dates":         {"customer,date,amount\nann,yesterday,1\n", "not a date", command.ExitData},
		"bad line":          {"customer,date,amount\nann,2025-01-01\n", "not as many fields as the header", command.ExitData},
		"day or month":      {"customer,date,amount\nann,03/04/2025,1\n", "--date-format", command.ExitUsage},
	} {
		_, err := readOrderTable(t.Context(), CustomersOptions{Orders: textFile(t, "t.csv", tt.text)}, command.Progress{})
		if err == nil || !strings.Contains(err.Error(), tt.want) || command.ExitCode(err) != tt.code {
			t.Errorf("%s: exit code %d: %v", name, command.ExitCode(err), err)
		}
	}
}

func TestCovariatesErrors(t *testing.T) {
	opts := goldenOptions()
	opts.Models = []string{"bg_nbd"}
	for name, tt := range map[string]struct{ text, want string }{
		"no columns": {"id\nc0000\n", "one column (give the customer's id, then numbers)"},
		"missing":    {"id,fast\nc0000,1\n", `399 of 400 customers have no row, the first is "c0001" (give everybody one)`},
		"text":       {"id,fast\nc0000,yes\n", `line 2: "fast" of customer "c0000" is "yes" (give a number)`},
		"twice":      {"id,fast\nc0000,1\nc0000,1\n", `line 3: customer "c0000" has a row already (give one)`},
		"ragged":     {"id,fast\nc0000\n", "wrong number of fields"},
		"empty":      {"", "header: EOF"},
	} {
		opts.Covariates = textFile(t, "z.csv", tt.text)
		err := Customers(t.Context(), opts, testEnv(), &strings.Builder{})
		if command.ExitCode(err) != command.ExitData || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: exit code %d: %v", name, command.ExitCode(err), err)
		}
	}
	opts.Covariates = "none.csv"
	if err := Customers(t.Context(), opts, testEnv(), &strings.Builder{}); command.ExitCode(err) != command.ExitInput {
		t.Errorf("no file: exit code %d: %v", command.ExitCode(err), err)
	}
}
