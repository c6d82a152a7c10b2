package extract_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"perennial/pipeline/extract"
	"perennial/pipeline/history"
)

func Example() {
	dir, err := os.MkdirTemp("", "bakery-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	export := "Customer,Receipt,Day,Total\nmo,17,2025-03-01,4.50\nmo,23,2025-03-08,5.25\n,24,2025-03-08,2.00\n"
	if err := os.WriteFile(filepath.Join(dir, "till.csv"), []byte(export), 0o666); err != nil {
		panic(err)
	}
	cfg := extract.Config{
		Timezone: "Europe/London", Currency: "GBP", BaseDir: dir,
		Sources: extract.Sources{Orders: extract.Source{
			Files: []string{"till.csv"},
			SQL:   `SELECT Customer AS customer_id, Receipt AS order_id, Day AS ordered_at, Total AS amount FROM input WHERE Customer IS NOT NULL`,
		}},
	}
	asOf, err := history.ParseDay("2025-03-10")
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	report, err := extract.Run(ctx, cfg, asOf, filepath.Join(dir, "extract"), nil)
	if err != nil {
		panic(err)
	}
	fmt.Print(report)
	shop, err := extract.Open(filepath.Join(dir, "extract"))
	if err != nil {
		panic(err)
	}
	bucket, err := shop.Bucket(ctx, 0)
	if err != nil {
		panic(err)
	}
	for _, h := range bucket.Histories {
		for _, line := range h.Lines {
			fmt.Println(h.Customer, line.At.Day(), line.Amount)
		}
	}
	// Output:
	// orders       read 3 = kept 2 + rejected 0 + filtered 1; 2025-03-01 to 2025-03-08; 1 customers, 2 orders, 9.75 GBP
	// mo 2025-03-01 4.5
	// mo 2025-03-08 5.25
}
